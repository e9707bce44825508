import PackageIdentity
import SeededRandom

/// Packages of a distribution, drawn by popularity.
struct PackageDraw: Sendable {
    private static let names = 60_000
    /// Sums of the weights of all names up to each.
    private let sums: [Double]

    init() {
        var sum = 0.0
        sums = (0..<Self.names).map { rank in
            sum += 1 / Double(rank + 50)
            return sum
        }
    }

    /// Adds names with a version each until there are as many as wanted.
    func fill(_ held: inout [Int32: Int32], upTo count: Int, using generator: inout SplitMix) {
        while held.count < min(count, Self.names) {
            let place = Double.random(in: 0..<sums[Self.names - 1], using: &generator)
            var (low, high) = (0, Self.names - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > place { high = middle } else { low = middle + 1 }
            }
            guard held[Int32(low)] == nil else { continue }
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<70: held[Int32(low)] = 0
            case ..<90: held[Int32(low)] = 1
            case ..<97: held[Int32(low)] = 2
            default: held[Int32(low)] = 3
            }
        }
    }

    /// The package URL of a name in a version.
    static func package(_ name: Int32, version: Int32) throws -> PackageURL {
        let digits = String(name)
        return try PackageURL(
            type: "deb", namespace: "debian",
            name: "sample-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits,
            version: "\(1 + name % 5).\(version + name % 7)-1", qualifiers: ["arch": "amd64", "distro": "debian-12"])
    }
}
