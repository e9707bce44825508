import Advisories
import Testing

private func read(_ text: String) throws -> CollectedAdvisories {
    var sink = CollectedAdvisories()
    try DebianSecurityListFeed.parse(Array(text.utf8), feed: FeedID(rawValue: "debian-dsa"), into: &sink)
    return sink
}

@Suite struct DebianSecurityListTests {
    static let sample = """
        [25 Mar 2023] DSA-5378-1 xen - security update
        \t{CVE-2022-42331 CVE-2022-42332}
        \t[bullseye] - xen 4.14.5+94-ge49571868d-1
        \t[buster] - xen <end-of-life>
        \tNOTE: embargoed
        [17 Mar 2023] DSA-5356-2 sox - regression update
        \t[bullseye] - sox 14.4.2+git20190427-2+deb11u2
        [03 Sep 2012] DSA-2538-1 moinmoin - privilege escalation
        \t{CVE-2012-4404}
        \t[squeeze] - moin <not-affected>
        \t[sid] - moin 1.9.4-8

        """

    @Test func eachEntryContainsItsVulnerabilities() throws {
        let sink = try read(Self.sample)
        #expect(sink.issues == [])
        #expect(sink.advisories.map(\.id) == ["DSA-5378-1", "DSA-5356-2", "DSA-2538-1"])
        #expect(
            sink.advisories.map(\.upstream) == [["CVE-2022-42331", "CVE-2022-42332"], [], ["CVE-2012-4404"]])
        #expect(sink.advisories.map(\.published) == [1_679_702_400, 1_679_011_200, 1_346_630_400])
        let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("4.14.5+94-ge49571868d-1")])
        let open = AffectedRange(kind: .ecosystem, events: [.introduced("0")])
        #expect(
            sink.advisories.map(\.affected) == [
                [
                    AffectedPackage(scope: "Debian:11", name: "xen", ranges: [range], state: .fixed),
                    AffectedPackage(scope: "Debian:10", name: "xen", ranges: [open], state: .endOfLife),
                ],
                // A repair of a repair names no vulnerability.
                [], [AffectedPackage(scope: "Debian:6.0", name: "moin", state: .notAffected)],
            ])
        #expect(sink.advisories.first?.summary == "xen - security update")
    }

    @Test func brokenLinesAreSetAside() throws {
        let text = Self.sample + "[32 Foo 2023] DSA-1\n\t[bullseye] - a 1\n[01 Jan 2023] DSA-2-1 a\n\t[bookworm] a 1\n"
        let sink = try read(text + "\t[bookworm] - a <odd>\n")
        #expect(sink.advisories.count == 4)
        #expect(
            sink.issues.map { "\($0.record): \($0.reason)" } == [
                "line 12: is no header of an advisory",
                "DSA-2-1 line 15: the release is not followed by package and version",
                "DSA-2-1 line 16: the state is unknown",
            ])
    }

    @Test func aTextWithoutEntriesIsAnError() {
        #expect(throws: FeedError.unexpected(path: "list", reason: "holds no advisory")) { try read("hello\n") }
    }
}

@Suite struct DebianSupportTests {
    static let ended = """
        # 1. source package name

        tor\t0.2.9.16-1   2020-03-20  https://lists.debian.org/x
        node-.*  0  2020-02-20  Only build dependency
        """

    @Test func endedSupportHasVersionAndDate() throws {
        let result = try DebianSupportFeed.parse(Array(Self.ended.utf8), named: "security-support-ended.deb9")
        #expect(
            result.intelligence.supportNotes == [
                SupportNote(
                    scope: "Debian:9", name: "tor", isEnded: true, lastSupportedVersion: "0.2.9.16-1",
                    endDate: "2020-03-20", text: "https://lists.debian.org/x"),
                SupportNote(
                    scope: "Debian:9", name: "node-.*", isEnded: true, endDate: "2020-02-20",
                    text: "Only build dependency"),
            ])
        #expect(result.reading.records == 2)
        #expect(result.reading.date == 1_584_662_400)
    }

    @Test func aFolderGivesListsWithoutReleaseTheNewest() throws {
        let limited = "binutils Only suitable for trusted content  \n"
        let files = [
            "security-support-ended.deb9": Self.ended, "security-support-ended.deb12": "pdns 4.7 2025-10-01\n",
            "security-support-ended": "pdns 4.7 2025-10-01\n", "security-support-limited": limited, "other": "x",
        ]
        try withFiles(files.mapValues { Array($0.utf8) }) { folder in
            let notes = try DebianSupportFeed.read(folder).intelligence.supportNotes
            #expect(
                notes.map { "\($0.scope) \($0.name) \($0.isEnded) \($0.text)" }.sorted() == [
                    "Debian:12 binutils false Only suitable for trusted content", "Debian:12 pdns true ",
                    "Debian:9 node-.* true Only build dependency", "Debian:9 tor true https://lists.debian.org/x",
                ])
        }
    }

    @Test(arguments: [
        ("tor", "the last supported version is missing"), ("tor 1", "the date is missing"),
        ("tor 1 soon", "the date is none"), ("tor 1 2020-02-30 x", "the date is none"),
    ])
    func brokenLinesAreSetAside(line: String, reason: String) throws {
        let result = try DebianSupportFeed.parse(
            Array("# head\n\(line)\n".utf8), named: "security-support-ended.deb12")
        #expect(result.intelligence.supportNotes == [])
        #expect(
            result.issues.map { "\($0.record): \($0.reason)" } == ["security-support-ended.deb12 line 2: \(reason)"])
    }

    @Test(arguments: ["security-support-ended", "security-support-limited.deb", "security-support-ended.debx", "a"])
    func aNameWithoutReleaseIsRefused(name: String) {
        #expect(throws: FeedError.self) { try DebianSupportFeed.parse([], named: name) }
    }
}
