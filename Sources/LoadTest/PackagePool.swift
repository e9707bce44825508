import Matching
import PackageIdentity
import SeededRandom

/// The packages that inventories are drawn from: names of which the feeds speak, in versions of which they speak, and names of which
/// nobody speaks, as most of what a host has.
struct PackagePool: Sendable {
    private let index: AdvisoryIndex
    /// Systems that a host may have. Never empty.
    let distributions: [PackageSource]
    /// What may be installed beside the system.
    let registries: [PackageSource]

    /// A package of a host, and where it came from.
    struct Item: Sendable {
        var package: PackageURL
        let source: PackageSource
        /// Number of its name in the index; `nil` when no feed speaks of it.
        let number: Int?
    }

    /// Distributions with fewer names than this share of the largest are left out, unless there is no other.
    private static let smallest = 0.1
    /// Different names of which no feed speaks.
    private static let unknownNames = 1_000_000

    /// Finds the scopes of an index.
    init(_ index: AdvisoryIndex) throws(IndexError) {
        self.index = index
        var sources: [PackageSource] = []
        for scope in index.scopes {
            let start = try Self.firstName(of: index) { !Self.precedes($0, scope) }
            let end = try Self.firstName(of: index) { Self.precedes(scope, $0) }
            if let source = PackageSource(scope: scope, numbers: start..<end), !source.numbers.isEmpty {
                sources.append(source)
            }
        }
        let systems = sources.filter { $0.isDistribution && $0.package("unlisted-1", version: "1.0") != nil }
        let largest = systems.map(\.numbers.count).max() ?? 0
        let fallback = PackageSource(scope: "Debian:12", numbers: 0..<0).map { [$0] } ?? []
        distributions =
            systems.isEmpty
            ? fallback : systems.filter { Double($0.numbers.count) >= Self.smallest * Double(largest) }
        registries = sources.filter { !$0.isDistribution }
    }

    /// The first number whose scope satisfies a condition that all later ones satisfy, too.
    private static func firstName(
        of index: AdvisoryIndex, where condition: (String) -> Bool
    ) throws(IndexError) -> Int {
        var (low, high) = (0, index.nameCount)
        while low < high {
            let middle = (low + high) / 2
            if condition(try index.knownName(middle).scope) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    /// A package of which the feeds speak, mostly in the newest version that they name; `nil` when eight draws gave none that a package
    /// URL can spell.
    func known(of source: PackageSource, using generator: inout SplitMix) -> Item? {
        for _ in 0..<8 {
            guard let number = source.numbers.randomElement(using: &generator),
                let name = try? index.knownName(number)
            else { return nil }
            let versions = Self.usable(name.versions)
            let isNewest = Int.random(in: 0..<10, using: &generator) < 7
            guard let version = isNewest ? versions.last : versions.randomElement(using: &generator),
                let package = source.package(name.name, version: version)
            else { continue }
            return Item(package: package, source: source, number: number)
        }
        return nil
    }

    /// A package of which no feed speaks.
    ///
    /// - Parameter source: One of ``distributions``.
    func unknown(of source: PackageSource, using generator: inout SplitMix) -> Item {
        let name = "unlisted-\(Int.random(in: 0..<Self.unknownNames, using: &generator))"
        let version = "\(Int.random(in: 1..<9, using: &generator)).\(Int.random(in: 0..<30, using: &generator))"
        guard let package = source.package(name, version: version) else {
            preconditionFailure("\(source.scope) was let in though it spells no plain name")
        }
        return Item(package: package, source: source, number: nil)
    }

    /// The same package in another version: the next that the feeds name, else one of a name that they do not know counts up.
    ///
    /// - Returns: `nil` when there is no other.
    func upgraded(_ item: Item, using generator: inout SplitMix) -> Item? {
        guard let present = item.package.version, let coordinates = item.package.advisoryCoordinates else { return nil }
        var versions: [String]
        if let number = item.number {
            versions = Self.usable((try? index.knownName(number))?.versions ?? [])
            let place = versions.firstIndex(of: present).map { $0 + 1 } ?? 0
            if place < versions.count { versions = [versions[place]] }
        } else {
            versions = ["\(Int.random(in: 9..<99, using: &generator)).\(Int.random(in: 0..<30, using: &generator))"]
        }
        guard let version = versions.randomElement(using: &generator), version != present,
            let package = item.source.package(coordinates.name, version: version)
        else { return nil }
        var upgraded = item
        upgraded.package = package
        return upgraded
    }

    /// "0" is how advisories say "in no version".
    private static func usable(_ versions: [String]) -> [String] { versions.filter { $0 != "0" && !$0.isEmpty } }
}
