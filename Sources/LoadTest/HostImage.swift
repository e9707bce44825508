import Inventory
import PackageIdentity
import SeededRandom

/// What the hosts of one group have in common: the system and most of its packages.
struct HostImage: Sendable {
    let system: PackageSource
    let items: [PackagePool.Item]

    /// Hosts that share an image.
    static let groupSize = 25
    /// Of a host's packages, as many percent are those of its image; the others are its own.
    static let sharedPercent = 60

    /// - Parameter seed: The same seed draws the same image from the same pool.
    init(pool: PackagePool, packages: Int, seed: UInt64) {
        var generator = SplitMix(seed: seed)
        system = pool.distributions[Int.random(in: 0..<pool.distributions.count, using: &generator)]
        let count = packages * Self.sharedPercent / 100
        var drawn = HostPackages()
        // Half of them are known to the feeds, as far as there are that many names.
        for _ in 0..<min(count / 2, max(1, system.numbers.count / 2)) {
            if let item = pool.known(of: system, using: &generator) { drawn.insert(item) }
        }
        while drawn.items.count < count { drawn.insert(pool.unknown(of: system, using: &generator)) }
        items = drawn.items
    }

    /// What a host of the group says of itself.
    func facts(hostname: String) -> HostFacts {
        let system = self.system.system.map {
            OperatingSystem(
                id: $0.id, versionID: $0.version, codename: nil, prettyName: "\($0.id) \($0.version)", idLike: [])
        }
        return HostFacts(hostname: hostname, os: system, kernelRelease: nil, bootTime: nil, architecture: "x86_64")
    }
}

/// Packages, each name of each source once.
struct HostPackages: Sendable {
    private(set) var items: [PackagePool.Item] = []
    private var names: Set<String> = []

    init() {}

    init(_ items: [PackagePool.Item]) { for item in items { insert(item) } }

    private static func name(of item: PackagePool.Item) -> String {
        "\(item.source.scope)\u{0}\(item.package.advisoryCoordinates?.name ?? item.package.name)"
    }

    /// Adds one, unless the name is there.
    mutating func insert(_ item: PackagePool.Item) {
        if names.insert(Self.name(of: item)).inserted { items.append(item) }
    }

    mutating func remove(at place: Int) {
        names.remove(Self.name(of: items[place]))
        items.remove(at: place)
    }

    /// Puts another version in the place of one.
    mutating func replace(at place: Int, with item: PackagePool.Item) { items[place] = item }
}
