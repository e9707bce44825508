import Advisories
import Archives
import JSONDocuments
import Testing

private func read(_ text: String) throws -> CollectedAdvisories {
    try withFile(Array(text.utf8)) { path in
        var sink = CollectedAdvisories()
        let reading = try DebianTrackerFeed.read(path, into: &sink)
        #expect(reading.records == sink.advisories.count)
        #expect(reading.setAside == sink.issues.count)
        return sink
    }
}

/// One source with one vulnerability that has the given entry for bookworm.
private func entry(_ fields: String) -> String {
    #"{"src":{"CVE-2024-1000":{"releases":{"bookworm":{\#(fields)}}}}}"#
}

@Suite struct DebianTrackerTests {
    @Test func eachPairOfSourceAndVulnerabilityIsAnAdvisory() throws {
        let advisories = try read(Samples.tracker).advisories
        #expect(advisories.map(\.id) == ["CVE-2023-0464", "CVE-2023-4863", "TEMP-0000000-ABCDEF"])
        let openssl = try #require(advisories.first)
        #expect(openssl.feed == .debianTracker)
        #expect(openssl.details == "Exponential time.")
        #expect(
            openssl.references == [
                "https://security-tracker.debian.org/tracker/CVE-2023-0464", "https://bugs.debian.org/1034720",
            ])
        let open = AffectedRange(kind: .ecosystem, events: [.introduced("0")])
        let fixed = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("3.0.9-1")])
        #expect(
            openssl.affected == [
                AffectedPackage(
                    scope: "Debian:12", name: "openssl", ranges: [fixed], state: .fixed, urgency: "not yet assigned"),
                AffectedPackage(scope: "Debian:11", name: "openssl", ranges: [open], state: .unfixed, urgency: "low"),
                AffectedPackage(scope: "Debian:13", name: "openssl", state: .notAffected, urgency: "unimportant"),
            ])
        #expect(advisories[1].affected.map(\.state) == [.endOfLife, .undetermined, .ignored])
        #expect(advisories[1].affected.map(\.scope) == ["Debian:11", "Debian:12", "Debian:13"])
        #expect(advisories[2].affected == [])
    }

    @Test(arguments: [
        (entry(#""status":"resolved""#), "src CVE-2024-1000: releases.bookworm.fixed_version is missing"),
        (
            entry(#""status":"resolved","fixed_version":7"#),
            "src CVE-2024-1000: releases.bookworm.fixed_version is not a string"
        ),
        (
            entry(#""status":"odd""#),
            "src CVE-2024-1000: releases.bookworm.status is none of resolved, open and undetermined"
        ),
        (entry(#""status":1"#), "src CVE-2024-1000: releases.bookworm.status is not a string"),
        (entry(#""status":"open","urgency":[]"#), "src CVE-2024-1000: releases.bookworm.urgency is not a string"),
        (
            #"{"src":{"CVE-2024-1000":{"releases":{"bookworm":1}}}}"#,
            "src CVE-2024-1000: releases.bookworm is not an object"
        ),
        (#"{"src":{"CVE-2024-1000":{}}}"#, "src CVE-2024-1000: releases is missing or not an object"),
        (#"{"src":{"CVE-2024-1000":3}}"#, "src CVE-2024-1000: the record is not an object"),
        (#"{"src":{"a b":{"releases":{}}}}"#, "src a b: the id is empty, too long or holds spaces"),
        (#"{"src":3}"#, "src: is not an object of vulnerabilities"),
        (#"{"":null}"#, "source at byte 1: has no name"),
        (#"{"src":tru}"#, "source at byte 1: malformed JSON at byte 7: expected a value"),
    ])
    func brokenRecordsAreSetAside(text: String, issue: String) throws {
        let good = #""good":{"CVE-2024-2000":{"releases":{"bookworm":{"status":"open"}}}}}"#
        let sink = try read(String(text.dropLast()) + "," + good)
        #expect(sink.advisories.map(\.id) == ["CVE-2024-2000"])
        #expect(sink.issues.map { "\($0.record): \($0.reason)" } == [issue])
    }

    @Test func aBrokenFrameIsAnErrorThatNamesFileAndPlace() throws {
        try withFile(Array(Samples.tracker.utf8.dropLast(10))) { path in
            var sink = CollectedAdvisories()
            let offset = Samples.tracker.utf8.count - 10
            #expect(
                throws: FeedError.malformed(path: path, fault: .malformed(offset: offset, reason: "unexpected end"))
            ) {
                try DebianTrackerFeed.read(path, into: &sink)
            }
            #expect(sink.advisories.map(\.id) == ["CVE-2023-0464"])
        }
    }

    @Test func aHugeSourceEndsAtTheLimit() throws {
        _ = try withFile(Array(Samples.tracker.utf8)) { path in
            var sink = CollectedAdvisories()
            let limits = FeedLimits(recordBytes: 100, feedBytes: 1 << 20, records: 10)
            #expect(throws: FeedError.malformed(path: path, fault: .tooLarge(limit: 100))) {
                try DebianTrackerFeed.read(path, limits: limits, into: &sink)
            }
        }
    }
}
