import Inventory
import PackageIdentity
import SeededRandom

/// The machine behind a simulated agent: its packages, and what happens to them.
struct SimulatedHost: Sendable {
    let facts: HostFacts
    private let pool: PackagePool
    private let system: PackageSource
    private let size: Int
    private var packages: HostPackages
    private var generator: SplitMix

    /// What a scan of it would find.
    private(set) var inventory: Inventory

    /// - Parameters:
    ///   - packages: How many, those of the image included.
    ///   - seed: The same seed draws the same packages, and lets the same happen to them.
    init(hostname: String, image: HostImage, pool: PackagePool, packages count: Int, seed: UInt64) {
        self.pool = pool
        facts = image.facts(hostname: hostname)
        system = image.system
        size = count
        generator = SplitMix(seed: seed)
        packages = HostPackages(image.items)
        inventory = Inventory([])
        drawOwn()
        inventory = Inventory(packages.items.map(\.package))
    }

    /// Half of its own packages are known to the feeds, but so few of what the pool knows that two hosts rarely draw the same.
    private mutating func drawOwn() {
        let sources = [system] + pool.registries
        let names = sources.reduce(0) { $0 + $1.numbers.count }
        for _ in 0..<min((size - packages.items.count) / 2, max(1, names / 8)) {
            if let source = sources.randomElement(using: &generator),
                let item = pool.known(of: source, using: &generator)
            {
                packages.insert(item)
            }
        }
        while packages.items.count < size { packages.insert(pool.unknown(of: system, using: &generator)) }
    }

    /// One run of a package manager: up to three packages are upgraded, installed or removed. It always changes something.
    mutating func drift() {
        let before = inventory.digest
        repeat {
            for _ in 0..<Int.random(in: 1...3, using: &generator) { change() }
            inventory = Inventory(packages.items.map(\.package))
        } while inventory.digest == before
    }

    private mutating func change() {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<6: upgrade()
        case 6..<8 where packages.items.count > size / 2:
            packages.remove(at: Int.random(in: 0..<packages.items.count, using: &generator))
        default: install()
        }
    }

    private mutating func upgrade() {
        for _ in 0..<4 where !packages.items.isEmpty {
            let place = Int.random(in: 0..<packages.items.count, using: &generator)
            guard let item = pool.upgraded(packages.items[place], using: &generator) else { continue }
            return packages.replace(at: place, with: item)
        }
        install()
    }

    private mutating func install() {
        let source = ([system] + pool.registries).randomElement(using: &generator) ?? system
        let known = Bool.random(using: &generator) ? pool.known(of: source, using: &generator) : nil
        packages.insert(known ?? pool.unknown(of: system, using: &generator))
    }
}
