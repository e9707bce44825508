import PackageIdentity
import SeededRandom

/// Packages of a distribution, drawn by popularity.
struct PackageDraw: Sendable {
    /// Names with the version that the distribution has, the most popular first.
    private let sources: [(name: String, version: String)]
    /// Sums of the weights of all names up to each.
    private let sums: [Double]

    /// Reads lines of a name, a tab and a version.
    init(_ text: String) {
        sources = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        var sum = 0.0
        sums = sources.indices.map { rank in
            sum += 1 / Double(rank + 50)
            return sum
        }
    }

    /// Adds names with a version each until there are as many as wanted, or all.
    func fill(_ held: inout [Int32: Int32], upTo count: Int, using generator: inout SplitMix) {
        while held.count < min(count, sums.count) {
            let place = Double.random(in: 0..<sums[sums.count - 1], using: &generator)
            var (low, high) = (0, sums.count - 1)
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

    /// The package URL of a name in the distribution's version, or in a build a little older.
    func package(_ name: Int32, build: Int32) throws -> PackageURL {
        let source = sources[Int(name)]
        return try PackageURL(
            type: "deb", namespace: "debian", name: source.name,
            version: build == 0 ? source.version : "\(source.version)~\(build)",
            qualifiers: ["arch": "amd64", "distro": "debian-12"])
    }
}
