import Matching
import PackageIdentity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `zerotrace-bench INDEX [SEED [ECOSYSTEM [--list]]]`, see this target's README.
@main struct EngineBenchmark {
    private static let mixedCount = 100_000
    private static let ecosystemCount = 20_000

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let path = arguments.first else {
            print("usage: zerotrace-bench INDEX [SEED [ECOSYSTEM [--list]]]")
            exit(2)
        }
        let seed = arguments.count > 1 ? UInt64(arguments[1]) ?? 1 : 1
        let index = try AdvisoryIndex(path: path)
        let catalogue = try Catalogue(index)
        if arguments.count > 2 {
            let list = catalogue.draw(ecosystemCount, of: [arguments[2]], seed: seed)
            return try arguments.last == "--list" ? write(list, index) : report(arguments[2], list, index, rounds: 10)
        }
        print("ecosystem\tpackage versions\tknown\tverdicts\tper CPU second")
        let mixed = catalogue.draw(mixedCount, of: catalogue.ecosystems, seed: seed)
        try report("all, mixed", mixed, index, rounds: 20)
        for ecosystem in catalogue.ecosystems {
            let list = catalogue.draw(ecosystemCount, of: [ecosystem], seed: seed)
            try report(ecosystem, list, index, rounds: 5)
        }
    }

    /// Runs once to warm up, then prints the rate of the middle round.
    private static func report(_ what: String, _ list: PackageList, _ index: AdvisoryIndex, rounds: Int) throws {
        var verdicts = CompactVerdicts()
        var known = try list.ask(index, into: &verdicts)
        var times: [Double] = []
        for _ in 0..<rounds {
            verdicts.removeAll()
            let start = processSeconds()
            known = try list.ask(index, into: &verdicts)
            times.append(processSeconds() - start)
        }
        let rate = Double(list.count) / times.sorted()[rounds / 2]
        print("\(what)\t\(list.count)\t\(known)\t\(verdicts.records.count)\t\(Int(rate))")
    }

    /// Writes the list and what the index says of it, for those who compare: scope, name, version, ids of the vulnerabilities.
    private static func write(_ list: PackageList, _ index: AdvisoryIndex) throws {
        var verdicts = CompactVerdicts()
        for number in 0..<list.count {
            verdicts.removeAll()
            try list.ask(number, index, into: &verdicts)
            let ids = try verdicts.records.map { try index.vulnerabilityID(number: $0.vulnerability) }
            let package = list[number]
            print("\(package.scope)\t\(package.name)\t\(package.version)\t\(ids.joined(separator: " "))")
        }
    }

    private static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
