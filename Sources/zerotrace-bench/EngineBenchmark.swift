import Matching
import PackageIdentity
import SeededRandom

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `zerotrace-bench INDEX [SEED]`, see this target's README.
@main struct EngineBenchmark {
    private static let count = 100_000

    static func main() throws {
        guard CommandLine.arguments.count > 1 else {
            print("usage: zerotrace-bench INDEX [SEED]")
            exit(2)
        }
        let seed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 1 : 1
        let index = try AdvisoryIndex(path: CommandLine.arguments[1])
        var catalogue = try Catalogue(index)
        for isProducts in [false, true] {
            let list = catalogue.packages(count, seed: seed, products: isProducts)
            guard !list.isEmpty else { continue }
            print(isProducts ? "products by CPE, no CPE name given" : "mixed list of all ecosystems")
            try measure(list, index)
        }
    }

    private static func measure(_ list: [AdvisoryCoordinates], _ index: AdvisoryIndex) throws {
        var compact = CompactVerdicts()
        var known = 0
        try report("  numbers", list.count, rounds: 10) {
            compact.removeAll()
            known = 0
            for coordinates in list where try index.match(coordinates, into: &compact) { known += 1 }
            return compact.records.count
        }
        report("  texts  ", list.count, rounds: 2) {
            list.reduce(0) { $0 + index.verdicts(at: $1, purl: nil).count }
        }
        print("  \(list.count) package versions, \(known) of names that the index knows")
    }

    /// Runs once to warm up, then prints the rate of the best round.
    private static func report(_ what: String, _ count: Int, rounds: Int, _ body: () throws -> Int) rethrows {
        var verdicts = try body()
        var best = Double.infinity
        for _ in 0..<rounds {
            let start = processSeconds()
            verdicts = try body()
            best = min(best, processSeconds() - start)
        }
        print("\(what) \(Int(Double(count) / best)) package versions per CPU second, \(verdicts) verdicts")
    }

    private static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The names of an index by ecosystem and release.
struct Catalogue {
    private let index: AdvisoryIndex
    /// Name numbers by scope, scopes by ecosystem, ecosystems ascending.
    private var ecosystems: [(name: String, scopes: [(name: String, numbers: [Int])])] = []

    /// Reads all names once.
    init(_ index: AdvisoryIndex) throws {
        self.index = index
        for number in 0..<index.nameCount {
            let scope = try index.knownName(number).scope
            let ecosystem = String(scope.prefix { $0 != ":" })
            if ecosystems.last?.name != ecosystem { ecosystems.append((ecosystem, [])) }
            let last = ecosystems.count - 1
            if ecosystems[last].scopes.last?.name != scope { ecosystems[last].scopes.append((scope, [])) }
            ecosystems[last].scopes[ecosystems[last].scopes.count - 1].numbers.append(number)
        }
    }

    /// A seeded list of package versions, see the README; empty when the index has none of the kind.
    mutating func packages(_ count: Int, seed: UInt64, products: Bool) -> [AdvisoryCoordinates] {
        let candidates = ecosystems.filter { ($0.name == "cpe") == products && $0.name != "GIT" }
        var generator = SplitMix(seed: seed)
        return (0..<count).compactMap { number in
            guard let scope = candidates.randomElement(using: &generator)?.scopes.randomElement(using: &generator),
                let name = scope.numbers.randomElement(using: &generator), let known = try? index.knownName(name)
            else { return nil }
            let isUnknown = Bool.random(using: &generator)
            return AdvisoryCoordinates(
                scope: known.scope, name: isUnknown ? "\(known.name)-\(number)" : known.name,
                version: version(of: known, using: &generator))
        }
    }

    private func version(of known: AdvisoryIndex.KnownName, using generator: inout SplitMix) -> String {
        let newest = known.versions.last ?? "1.0"
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return newest + ".1"
        case 1: return newest
        default: return known.versions.randomElement(using: &generator) ?? newest
        }
    }
}
