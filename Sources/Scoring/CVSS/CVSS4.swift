/// The scoring of CVSS 4.0: look up the macrovector, then interpolate towards the next lower ones.
///
/// All in integers: the specification's result is a sum of fractions with small denominators, rounded half up, and it
/// needs an epsilon only where calculators use binary floating point.
///
/// - Source: section 8.2 of <https://www.first.org/cvss/v4.0/specification-document>
struct CVSS4: Sendable {
    private let metrics: CVSSMetricValues<CVSS4Metric>

    init(_ metrics: CVSSMetricValues<CVSS4Metric>) {
        self.metrics = metrics
    }

    /// CVSS-B; CVSS-BT when the threat is defined; CVSS-BE or -BTE when the environment is.
    var scores: CVSSScores {
        CVSSScores(
            base: Self.score(metrics.keeping([.base])),
            threat: metrics.defines(.threat) ? Self.score(metrics.keeping([.base, .threat])) : nil,
            environmental: metrics.defines(.environmental) ? Self.score(metrics) : nil)
    }

    private static func score(_ metrics: CVSSMetricValues<CVSS4Metric>) -> Double {
        let levels = CVSS4Levels(metrics)
        guard !levels.harmless else { return 0 }
        let set = CVSS4MacroVector(levels)
        let steps = set.interpolations(levels)
        // 840 is a multiple of every depth (1, 2, 4, 5, 6, 7, 8, 10).
        let unit = 840
        let reduction = steps.reduce(0) { $0 + $1.available * $1.distance * (unit / $1.depth) }
        let divisor = unit * max(1, steps.count)
        let value = min(max(0, set.tenths * divisor - reduction), 100 * divisor)
        return Double((2 * value + divisor) / (2 * divisor)) / 10
    }
}

/// How far one equivalence class pulls the score towards the next lower macrovector.
struct CVSS4Interpolation: Sendable, Hashable {
    /// Difference of the scores of this macrovector and the one below in this class, in tenths.
    let available: Int
    /// Steps of severity between the vector and the most severe ones of its set.
    let distance: Int
    /// Steps of severity that the set is deep.
    let depth: Int
}

extension CVSS4MacroVector {
    /// One entry for each class below which there is another macrovector.
    ///
    /// The specification measures the distance to a "highest severity vector" of the set, of which some sets have up to
    /// five. Within a set these all have the same sum of levels, so the distance is a difference of two sums.
    func interpolations(_ levels: CVSS4Levels) -> [CVSS4Interpolation] {
        let sums = [
            levels.attackVector + levels.privilegesRequired + levels.userInteraction,
            levels.attackComplexity + levels.attackRequirements,
            levels.vulnerable.reduce(0, +) + levels.requirements.reduce(0, +),
            levels.subsequent.reduce(0, +),
        ]
        let ladders = [
            step(next: lower(\.eq1, last: 2), sum: sums[0], highest: [0, 1, 3][eq1], depth: [1, 4, 5][eq1]),
            step(next: lower(\.eq2, last: 1), sum: sums[1], highest: [0, 1][eq2], depth: [1, 2][eq2]),
            step(
                next: lowerJointImpact, sum: sums[2], highest: [0, 3, 1, 3, 3][eq3and6],
                depth: [7, 6, 8, 8, 10][eq3and6]),
            step(next: lower(\.eq4, last: 2), sum: sums[3], highest: [1, 3, 6][eq4], depth: [6, 5, 4][eq4]),
            // A set has one exploit maturity only: the class counts in the mean but pulls by nothing.
            step(next: lower(\.eq5, last: 2), sum: 0, highest: 0, depth: 1),
        ]
        return ladders.compactMap(\.self)
    }

    private func step(next: Int?, sum: Int, highest: Int, depth: Int) -> CVSS4Interpolation? {
        guard let next, next <= tenths else { return nil }
        return CVSS4Interpolation(available: tenths - next, distance: sum - highest, depth: depth)
    }

    /// The score one level further down in a class, `nil` at its last level.
    private func lower(_ level: WritableKeyPath<Self, Int>, last: Int) -> Int? {
        guard self[keyPath: level] < last else { return nil }
        var next = self
        next[keyPath: level] += 1
        return next.tenths
    }

    /// The same for the joint class, where two sets lie below set 0; the specification takes the higher score.
    private var lowerJointImpact: Int? {
        let below: [[Int]] = [[1, 2], [3], [3], [4], []]
        return below[eq3and6].map { set in
            var next = self
            next.eq3and6 = set
            return next.tenths
        }.max()
    }
}
