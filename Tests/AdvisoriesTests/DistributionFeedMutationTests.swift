import Advisories
import JSONDocuments
import SeededRandom
import Testing

/// Every loader of this kind, as "bytes in, counts out".
private struct Loader: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let samples: [String]
    let read: @Sendable (_ bytes: [UInt8]) throws -> (records: Int, received: Int)

    init(
        _ name: String, _ samples: [String],
        _ read: @escaping @Sendable (_ bytes: [UInt8], _ sink: inout CollectedAdvisories) throws -> FeedReading
    ) {
        testDescription = name
        self.samples = samples
        self.read = { bytes in
            var sink = CollectedAdvisories()
            let reading = try read(bytes, &sink)
            return (reading.records, sink.advisories.count)
        }
    }

    static let all = [
        Loader("secdb", [AlpineSecdbTests.sample]) { try AlpineSecdbFeed.parse($0, feed: .test, into: &$1) },
        Loader("csaf", CSAFSamples.all) { try CSAFFeed.parse($0, feed: .test, into: &$1) },
        Loader("dsa", [DebianSecurityListTests.sample]) {
            try DebianSecurityListFeed.parse($0, feed: .test, into: &$1)
        },
        Loader("support", [DebianSupportTests.ended]) { bytes, sink in
            // It gives notes instead of advisories: one stands for each.
            let result = try DebianSupportFeed.parse(bytes, named: "security-support-ended.deb12")
            for note in result.intelligence.supportNotes { sink.receive(Advisory(id: note.name, feed: .test)) }
            return result.reading
        },
    ]
}

@Suite struct DistributionFeedMutationTests {
    @Test(arguments: Loader.all)
    fileprivate func mutatedFilesNeverTrap(loader: Loader) {
        var generator = SplitMix(seed: 2026)
        var good = 0
        for round in 0..<1_000 {
            let bytes = generator.mutated(Array(loader.samples[round % loader.samples.count].utf8))
            guard let counts = try? loader.read(bytes) else { continue }
            #expect(counts.records == counts.received)
            good += 1
        }
        #expect(good > 0)
    }

    @Test(arguments: [AlpineSecdbTests.sample] + CSAFSamples.all)
    func aValueOfAnotherKindAnywhereNeverTraps(sample: String) throws {
        let tree = try #require(Self.tree(sample))
        for path in tree.paths() {
            for other in ["null", "7", #""x""#, "[]", "{}", "[{}]", #"{"a":1}"#] {
                let bytes = Array(tree.replacing(path[...], with: other).utf8)
                var sink = CollectedAdvisories()
                _ = try? AlpineSecdbFeed.parse(bytes, feed: .test, into: &sink)
                _ = try? CSAFFeed.parse(bytes, feed: .test, into: &sink)
            }
        }
    }

    private static func tree(_ sample: String) -> JSONTree? {
        (try? JSONParser().parse(Array(sample.utf8))).map { JSONTree($0) }
    }
}
