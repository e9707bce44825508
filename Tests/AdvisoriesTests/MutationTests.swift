import Advisories
import JSONDocuments
import Testing

/// A seeded generator, so that a failing run can be repeated (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with a few of them changed, cut, doubled or moved.
    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...5, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            let end = min(bytes.count, at + Int.random(in: 1...40, using: &self))
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &self))
            case 3: bytes[at] = Array(#"{}[]",:0-#\n"#.utf8).randomElement(using: &self) ?? 0
            case 4: bytes.removeSubrange(end...)
            default:
                bytes.insert(contentsOf: [0xF0, 0x9F, 0x92, 0xA9].prefix(Int.random(in: 1...4, using: &self)), at: at)
            }
        }
        return bytes
    }
}

@Suite struct MutationTests {
    @Test func mutatedRecordsNeverTrap() throws {
        var generator = SplitMix(state: 2026)
        let parser = JSONParser()
        var good = 0
        var faulty = 0
        for round in 0..<30_000 {
            let bytes = generator.mutated(Array(Samples.all[round % Samples.all.count].utf8))
            guard let root = try? parser.parse(bytes) else { continue }
            do throws(FeedRecordIssue) {
                let advisory = try OSVFeed.parse(record: root, feed: .test)
                #expect(
                    !advisory.id.isEmpty && advisory.summary.utf8.count <= 400 && advisory.details.utf8.count <= 4096)
                good += 1
            } catch {
                faulty += 1
            }
        }
        // Most mutations break the JSON; enough must reach each outcome for the run to mean something.
        #expect(good > 1_000)
        #expect(faulty > 100)
    }

    @Test func mutatedFilesOfEveryKindNeverTrap() throws {
        var generator = SplitMix(state: 42)
        let originals = [
            Array(Samples.tracker.utf8), Array(Samples.kev.utf8), Array(Samples.epss.utf8),
            zip([("a.json", Samples.github), ("b.json", Samples.notice)]),
        ]
        for round in 0..<2_000 {
            let original = originals[round % originals.count]
            try withFile(generator.mutated(original)) { path in
                var sink = CollectedAdvisories()
                _ = try? FeedLayout.discover(path)
                for kind in FeedSource.Kind.allCases {
                    let source = FeedSource(feed: .test, kind: kind, path: path)
                    if let reading = try? source.readAdvisories(into: &sink) {
                        #expect(reading.records <= sink.advisories.count)
                    }
                    _ = try? source.readIntelligence()
                }
            }
        }
    }
}
