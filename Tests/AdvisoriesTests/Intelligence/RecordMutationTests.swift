import Advisories
import SeededRandom
import Testing

/// Damaged bytes are read, refused or set aside, and never trap.
@Suite struct RecordMutationTests {
    private static let rounds = 1000

    private func mutate(_ originals: [String], seed: UInt64, _ body: ([UInt8]) throws -> Void) {
        var random = SplitMix(seed: seed)
        for round in 0..<Self.rounds {
            try? body(random.mutated(Array(originals[round % originals.count].utf8)))
        }
    }

    @Test func `of the NVD's pages`() {
        var sink = CollectedAdvisories()
        mutate([NVDSamples.page([NVDSamples.record, NVDSamples.rejected])], seed: 1) { bytes in
            _ = try NVDFeed.head(ofPage: bytes)
            try NVDFeed.read(bytes: bytes, into: &sink)
        }
        #expect(sink.advisories.count > 10 && sink.issues.count > 10)
        #expect(sink.advisories.allSatisfy { $0.id.hasPrefix("CVE-") && $0.references.count <= 8 })
    }

    @Test func `of the CVE list`() {
        var sink = CollectedAdvisories()
        mutate([CVESamples.record, CVESamples.rejected], seed: 2) { try CVEListFeed.read(bytes: $0, into: &sink) }
        #expect(sink.advisories.count > 10 && sink.issues.count > 10)
        #expect(sink.advisories.allSatisfy { $0.id.hasPrefix("CVE-") && $0.summary.utf8.count <= 400 })
    }

    @Test func `of exploits and ends of support`() {
        var records = 0
        mutate([ExploitSamples.index], seed: 3) { records += try ExploitDatabaseFeed.read(bytes: $0).reading.records }
        mutate([ExploitSamples.modules], seed: 4) { records += try MetasploitFeed.read(bytes: $0).reading.records }
        mutate([EndOfLifeSamples.full, EndOfLifeSamples.legacy], seed: 5) { bytes in
            records += try EndOfLifeFeed.read(bytes: bytes, named: "exampled.json").reading.records
        }
        #expect(records > 100)
    }

    /// Records whose parts multiply are refused in part, not worked through.
    @Test func `of records made to be slow`() throws {
        let match = #"{"vulnerable": true, "criteria": "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"}"#
        let matches = Array(repeating: match, count: 4_000).joined(separator: ",")
        let node = #"{"operator": "AND", "cpeMatch": [\#(matches)]}"#
        var sink = CollectedAdvisories()
        try NVDFeed.read(
            bytes: Array(NVDSamples.page([NVDSamples.configured(#"{"nodes": [\#(node)]}"#)]).utf8), into: &sink)
        #expect(sink.issues.map(\.reason) == ["configurations[0] has more combinations than are read"])

        let versions = (0..<4_000).map { #"{"version": "\#($0)", "lessThan": "\#($0).5", "status": "affected"}"# }
        let names = (0..<4_000).map { #""cpe:2.3:a:v:p\#($0)""# }
        let product =
            #"{"cpes": [\#(names.joined(separator: ","))], "versions": [\#(versions.joined(separator: ","))]}"#
        sink = CollectedAdvisories()
        try CVEListFeed.read(bytes: Array(CVESamples.affected(product).utf8), into: &sink)
        #expect(sink.issues.map(\.reason) == ["containers.cna.affected[0].cpes say more of versions than is read"])
    }
}
