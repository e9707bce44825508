import Advisories
import Scoring
import Testing

/// A record of one package.
private func advisory(
    id: String = "X-1", summary: String = "", ecosystem: String, package: String = "p", entry: String
) throws -> Advisory {
    try Advisory.sample(
        #"""
        {"id":"\#(id)","summary":"\#(summary)","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(package)"},\#(entry)}]}
        """#)
}

private func fixed(_ version: String) -> String {
    #""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"\#(version)"}]}]"#
}

@Suite struct OSVEcosystemTests {
    @Test(arguments: [
        ("Red Hat:enterprise_linux:9::baseos", ["Red Hat:enterprise_linux:9"]),
        ("Red Hat:enterprise_linux:10.1", ["Red Hat:enterprise_linux:10"]),
        ("Red Hat:rhel_eus:9.2::appstream", ["Red Hat:rhel_eus:9.2"]), ("Red Hat", ["Red Hat"]),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", ["SUSE:Linux Enterprise Server 15 SP5"]),
        ("SUSE:Linux Enterprise Server for SAP Applications 12 SP4", ["SUSE:Linux Enterprise Server 12 SP4"]),
        (
            "SUSE:Linux Enterprise Server 15 SP3-LTSS",
            ["SUSE:Linux Enterprise Server 15 SP3-LTSS", "SUSE:Linux Enterprise Server 15 SP3"]
        ),
        (
            "SUSE:Linux Enterprise Server 15-LTSS",
            ["SUSE:Linux Enterprise Server 15-LTSS", "SUSE:Linux Enterprise Server 15"]
        ),
        ("SUSE:Linux Enterprise Server 16.0", ["SUSE:Linux Enterprise Server 16.0"]),
        ("SUSE:Linux Enterprise Micro 5.3", ["SUSE:Linux Enterprise Micro 5.3"]),
        ("SUSE:Manager Server 4.3", ["SUSE:Manager Server 4.3"]), ("openSUSE:Leap 15.5", ["openSUSE:Leap 15.5"]),
        ("Ubuntu:Pro:18.04:LTS", ["Ubuntu:Pro:18.04:LTS"]), ("Oracle:9", ["Oracle Linux:9"]),
        ("Amazon Linux:2023", ["Amazon Linux:2023"]), ("Rocky Linux:9", ["Rocky Linux:9"]),
        ("Alpine:v3.18", ["Alpine:v3.18"]),
    ])
    func ecosystemsAreFiledAsHostsAreLookedUp(ecosystem: String, scopes: [String]) throws {
        #expect(try advisory(ecosystem: ecosystem, entry: fixed("1-1")).affected.map(\.scope) == scopes)
    }

    @Test func suseNamesBinaryPackagesBesideTheSource() throws {
        let entry =
            fixed("8.0-1") + #","ecosystem_specific":{"binaries":[{"curl":"8.0-1","libcurl4":"8.0-1","odd":3}]}"#
        let packages = try advisory(ecosystem: "openSUSE:Leap 15.5", package: "curl", entry: entry).affected
        #expect(packages.map(\.name) == ["curl", "libcurl4"])
        #expect(packages[0].ranges == packages[1].ranges)
    }

    @Test(arguments: [
        ("Important: nodejs:18 security update", "nodejs:18"), ("httpd:2.4/mod_http2 update", "httpd:2.4"),
        ("new module: php:7.4", "php:7.4"), ("389-ds:1.4 update", "389-ds:1.4"), ("ruby security update", nil),
        ("Moderate: virt:rhel and virt-devel:rhel update", nil), ("Important: kernel update", nil), ("", nil),
    ])
    func theStreamOfAModularUpdateIsInItsSummary(summary: String, stream: String?) throws {
        for (version, expected) in [("1-1.module+el8.9.0+1+a", stream), ("1-1.el8", nil)] {
            let advisory = try advisory(
                id: "RLSA-2024:1", summary: summary, ecosystem: "Rocky Linux:8", entry: fixed(version))
            #expect(advisory.affected.map(\.condition?.moduleStream) == [expected])
        }
    }

    @Test func aStreamThatTheEntryStatesCounts() throws {
        let entry = fixed("1-1.module+el8") + #","ecosystem_specific":{"rpmmod":"perl:5.32:8060:abc"}"#
        let advisory = try advisory(
            id: "ALSA-2024:1", summary: "perl:5.30 update", ecosystem: "AlmaLinux:8", entry: entry)
        #expect(advisory.affected.map(\.condition) == [Condition(moduleStream: "perl:5.32")])
    }

    @Test func ofRebuildsForMinorReleasesTheLowestCounts() throws {
        let versions = [
            "1.18-1.module_el8.5.0+85+79", "1.18-1.module_el8.3.0+2023+d2", "1.18-1.module_el8.4.0+2224+b0",
            "1.19-1.module_el8.4.0+1+a", "1.18-1.el8",
        ]
        let entries = versions.map { #"{"package":{"ecosystem":"AlmaLinux:8","name":"n"},\#(fixed($0))}"# }
        let text = #"{"id":"ALSA-2024:2","affected":[\#(entries.joined(separator: ","))]}"#
        let kept = try Advisory.sample(text).affected.map { $0.ranges[0].events[1] }
        #expect(
            kept == [
                .fixed("1.18-1.module_el8.3.0+2023+d2"), .fixed("1.19-1.module_el8.4.0+1+a"), .fixed("1.18-1.el8"),
            ])
    }

    @Test(
        arguments: [
            (#"[{"introduced":"0"}]"#, "< 5.2", [.introduced("0"), .limit("5.2")]),
            (#"[{"introduced":"0"},{"fixed":"6"}]"#, "< 5.2", [.introduced("0"), .fixed("6")]),
            (#"[{"introduced":"0"}]"#, "<= 5.2", [.introduced("0"), .lastAffected("5.2")]),
            (#"[{"introduced":"0"}]"#, "= 5.2", [.introduced("0")]),
            (#"[{"introduced":"0"},{"last_affected":"5"}]"#, "<= 5", [.introduced("0"), .lastAffected("5")]),
        ] as [(String, String, [AffectedRange.Event])])
    func gitHubsLastKnownRangeEndsWhatNothingElseEnds(
        events: String, known: String, expected: [AffectedRange.Event]
    ) throws {
        let entry =
            #""ranges":[{"type":"ECOSYSTEM","events":\#(events)}],"database_specific":{"last_known_affected_version_range":"\#(known)"}"#
        let found = try advisory(id: "GHSA-1", ecosystem: "npm", entry: entry).affected
        #expect(found.map(\.ranges) == [[AffectedRange(kind: .ecosystem, events: expected)]])
    }

    @Test(
        arguments: [
            (#"{"introduced":"0"}"#, [.introduced("0"), .fixed("1.9.0")]),
            (#"{"introduced":"0"},{"fixed":"1.2.0"}"#, [.introduced("0"), .fixed("1.2.0")]),
        ] as [(String, [AffectedRange.Event])])
    func goPutsVersionsItCannotOrderElsewhere(events: String, expected: [AffectedRange.Event]) throws {
        let entry =
            #""ranges":[{"type":"SEMVER","events":[\#(events)]}],"ecosystem_specific":{"custom_ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.9.0"}]}],"imports":[{"path":"a","symbols":["B"]}]}"#
        let found = try advisory(id: "GO-2024-1", ecosystem: "Go", entry: entry).affected
        #expect(found.map { $0.ranges.map(\.events) } == [[expected]])
    }

    @Test func malwareIsCriticalInEveryVersion() throws {
        let all = try advisory(id: "MAL-2024-1", ecosystem: "npm", entry: #""versions":[]"#)
        #expect(all.affected.map { $0.ranges.map(\.events) } == [[[.introduced("0")]]])
        #expect(all.severities == [SeverityStatement(word: .critical, origin: .vendor)])
        let some = try advisory(id: "MAL-2024-2", ecosystem: "npm", entry: #""versions":["1.0.1"]"#)
        #expect(some.affected.map(\.versions) == [["1.0.1"]])
        #expect(some.affected.map(\.ranges) == [[]])
    }

    @Test func relatedIdsAreNoAliases() throws {
        let advisory = try Advisory.sample(#"{"id":"GHSA-1","aliases":["CVE-2024-1000"],"related":["CVE-2024-2000"]}"#)
        #expect(advisory.aliases == ["CVE-2024-1000"])
        #expect(advisory.upstream == [])
    }
}

@Suite struct OSVModifiedListTests {
    static let text = """
        2024-08-15T00:05:00.123456Z,PyPI/GHSA-aaaa
        2024-08-15T00:04:00Z,Rocky Linux/RLSA-2024:1\r
        2024-08-14T00:00:00Z,PYSEC-2024-1

        """

    @Test func linesNameRecordAndTime() {
        let list = OSVModifiedList.read(Array(Self.text.utf8))
        #expect(
            list.entries == [
                OSVModifiedList.Entry(ecosystem: "PyPI", id: "GHSA-aaaa", modified: 1_723_680_300),
                OSVModifiedList.Entry(ecosystem: "Rocky Linux", id: "RLSA-2024:1", modified: 1_723_680_240),
                OSVModifiedList.Entry(ecosystem: nil, id: "PYSEC-2024-1", modified: 1_723_593_600),
            ])
        #expect(list.malformed == 0)
    }

    @Test(arguments: [(1_723_680_300, 1), (1_723_680_301, 0), (1_723_680_240, 2), (0, 3)] as [(Int64, Int)])
    func onlyWhatChangedSinceIsKept(since: Int64, count: Int) {
        #expect(OSVModifiedList.read(Array(Self.text.utf8), since: since).entries.count == count)
    }

    @Test(arguments: [
        "GHSA-1", "yesterday,GHSA-1", "2024-08-14T00:00:00Z,", "2024-08-14T00:00:00Z,PyPI/", "2024-08-14T00:00:00Z,a,b",
        "2024-08-14T00:00:00Z,PyPI/../x/.y", "2024-08-14T00:00:00Z,a\u{1}b",
    ])
    func brokenLinesAreCounted(line: String) {
        let list = OSVModifiedList.read(Array("\(line)\n\(Self.text)".utf8))
        #expect(list.malformed == 1)
        #expect(list.entries.count == 3)
    }
}
