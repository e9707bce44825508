@testable import Scoring

/// A small repeatable source of random numbers (SplitMix64), so that a failing vector fails again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Writes valid vectors of every version.
enum VectorGenerator {
    /// - Parameter optional: Probability that an optional metric is given, 0 to 1.
    static func vector(_ version: CVSSVersion, optional: Double, using random: inout SplitMix) -> String {
        switch version {
        case .v2: randomElements(CVSS2Metric.self, optional, &random)
        case .v3_0, .v3_1: "CVSS:\(version.rawValue)/" + randomElements(CVSS3Metric.self, optional, &random)
        case .v4_0: "CVSS:4.0/" + randomElements(CVSS4Metric.self, optional, &random)
        }
    }

    /// Every base vector of a version, 729 in CVSS 2.0, 2592 in 3.x, 104,976 in 4.0.
    static func baseVectors(_ version: CVSSVersion) -> [String] {
        switch version {
        case .v2: allBase(CVSS2Metric.self)
        case .v3_0, .v3_1: allBase(CVSS3Metric.self).map { "CVSS:\(version.rawValue)/" + $0 }
        case .v4_0: allBase(CVSS4Metric.self).map { "CVSS:4.0/" + $0 }
        }
    }

    private static func randomElements<Metric: CVSSMetric>(
        _: Metric.Type, _ optional: Double, _ random: inout SplitMix
    ) -> String {
        var elements: [String] = []
        for metric in Metric.allCases {
            let given = metric.group == .base || Double.random(in: 0..<1, using: &random) < optional
            let values = metric.values + (metric.group == .base ? [] : [Metric.notDefined])
            if given, let value = values.randomElement(using: &random) {
                elements.append("\(metric.rawValue):\(value)")
            }
        }
        return elements.joined(separator: "/")
    }

    private static func allBase<Metric: CVSSMetric>(_: Metric.Type) -> [String] {
        Metric.allCases.filter { $0.group == .base }.reduce([""]) { vectors, metric in
            vectors.flatMap { vector in
                metric.values.map { (vector.isEmpty ? "" : vector + "/") + "\(metric.rawValue):\($0)" }
            }
        }
    }
}
