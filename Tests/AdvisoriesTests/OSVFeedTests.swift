import Advisories
import Archives
import Testing

/// What reading a zip of the given entries gives.
private func read(
    _ bytes: [UInt8], limits: FeedLimits = .standard
) throws -> (sink: CollectedAdvisories, outcome: Result<FeedReading, any Error>) {
    try withFile(bytes) { path in
        var sink = CollectedAdvisories()
        let outcome = Result { try OSVFeed.read(zip: path, feed: .test, limits: limits, into: &sink) }
        return (sink, outcome)
    }
}

@Suite struct OSVFeedTests {
    @Test func brokenRecordsAreSetAsideByNameAndTheRestGoesOn() throws {
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        let entries: [(name: String, content: [UInt8])] = [
            ("first.json", Array(Samples.github.utf8)),
            ("cut.json", Array(Samples.github.utf8.prefix(100))),
            ("empty.json", []),
            ("latin1.json", Array(#"{"id":"caf"#.utf8) + [0xE9] + Array(#""}"#.utf8)),
            ("deep.json", Array(#"{"id":"X","affected":\#(deep)}"#.utf8)),
            ("type.json", Array(#"{"id":"X","aliases":7}"#.utf8)),
            ("huge.json", Array(#"{"id":"X","affected":1e999}"#.utf8)),
            ("README.md", Array("# Hello".utf8)),
            ("last.json", Array(Samples.notice.utf8)),
        ]
        let (sink, outcome) = try read(zip(entries))
        #expect(sink.advisories.map(\.id) == ["GHSA-462w-v97r-4m45", "ALSA-2024:0897"])
        #expect(
            sink.issues.map { "\($0.record): \($0.reason)" } == [
                "cut.json: malformed JSON at byte 100: unexpected end",
                "empty.json: malformed JSON at byte 0: unexpected end",
                "latin1.json: invalid UTF-8 at byte 10",
                "deep.json: nested deeper than 64 levels",
                "type.json: aliases is not an array",
                "huge.json: a number is out of range",
                "README.md: is not a .json file",
            ])
        let reading = try outcome.get()
        #expect(reading.records == 2)
        #expect(reading.setAside == 7)
        #expect(reading.date == 1_727_211_600)
    }

    @Test func aCutArchiveIsAnErrorThatNamesTheFile() throws {
        let whole = zip([("a.json", Samples.github), ("b.json", Samples.notice)])
        for length in [0, 10, whole.count / 2, whole.count - 1] {
            let (sink, outcome) = try read(Array(whole.prefix(length)))
            #expect(throws: ArchiveError.self) { try outcome.get() }
            #expect(sink.advisories.isEmpty)
        }
    }

    @Test func limitsEndTheReading() throws {
        let bytes = zip([("a.json", Samples.github), ("b.json", Samples.notice)])
        let size = Samples.github.utf8.count
        func failure(_ limits: FeedLimits) throws -> ArchiveError? {
            guard case .failure(let error) = try read(bytes, limits: limits).outcome else { return nil }
            return error as? ArchiveError
        }
        #expect(try failure(FeedLimits(recordBytes: size, feedBytes: 10_000, records: 2)) == nil)
        guard
            case .entryTooLarge(_, "a.json", _)? = try failure(
                FeedLimits(recordBytes: size - 1, feedBytes: 10_000, records: 2))
        else {
            Issue.record("a large record must be named")
            return
        }
        guard case .totalTooLarge? = try failure(FeedLimits(recordBytes: size, feedBytes: size, records: 2)),
            case .tooManyEntries? = try failure(FeedLimits(recordBytes: size, feedBytes: 10_000, records: 1))
        else {
            Issue.record("the whole is limited as well")
            return
        }
    }

    @Test func errorsOfTheSinkPassThrough() throws {
        struct Full: Error {}
        struct FullSink: AdvisorySink {
            mutating func receive(_ advisory: Advisory) throws { throw Full() }
            mutating func setAside(_ issue: FeedRecordIssue) {}
        }
        _ = try withFile(zip([("a.json", Samples.github)])) { path in
            var sink = FullSink()
            #expect(throws: Full.self) { try OSVFeed.read(zip: path, feed: .test, into: &sink) }
        }
    }

    @Test func aSingleRecordIsReadOrSetAside() throws {
        var sink = CollectedAdvisories()
        try withFile(Array(Samples.github.utf8), named: "good.json") {
            _ = try OSVFeed.read(file: $0, feed: .osv("PyPI"), into: &sink)
        }
        try withFile(Array("{".utf8), named: "bad.json") {
            _ = try OSVFeed.read(file: $0, feed: .osv("PyPI"), into: &sink)
        }
        #expect(sink.advisories.map(\.feed) == [.osv("PyPI")])
        #expect(sink.issues.map(\.record) == ["bad.json"])
    }
}
