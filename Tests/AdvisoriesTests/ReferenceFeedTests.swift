import Advisories
import Testing

/// Keeps counts, not records: the feeds are large.
private struct Tally: AdvisorySink {
    var withdrawn = 0
    var withoutSeverity = 0
    var cves: Set<String> = []
    var scopes: Set<String> = []
    var issues: [FeedRecordIssue] = []

    mutating func receive(_ advisory: Advisory) {
        if advisory.withdrawn != nil { withdrawn += 1 }
        if advisory.severities.isEmpty { withoutSeverity += 1 }
        cves.formUnion(([advisory.id] + advisory.aliases + advisory.upstream).filter { $0.hasPrefix("CVE-") })
        for package in advisory.affected { scopes.insert(package.scope) }
    }

    mutating func setAside(_ issue: FeedRecordIssue) {
        issues.append(issue)
    }
}

@Suite(.enabled(if: ReferenceFeeds.folder != nil, "reference feeds are missing"))
struct ReferenceFeedTests {
    /// Records, and records without any severity, as the snapshots' README counts them; malicious packages count as rated.
    private static let expected: [String: (records: Int, withoutSeverity: Int)] = [
        "AlmaLinux": (5637, 1198), "Alpine": (3, 3), "Bitnami": (7444, 11), "Debian": (39055, 17475), "GHC": (3, 0),
        "GIT": (146, 132), "Go": (4313, 4291), "Hackage": (32, 0), "Hex": (30, 0), "Homebrew": (43, 4), "Linux": (1, 1),
        "Maven": (5417, 84), "NuGet": (747, 0), "OSS-Fuzz": (3, 0), "Packagist": (4935, 615), "Pub": (12, 0),
        "PyPI": (6870, 2625), "Rocky Linux": (1491, 0), "RubyGems": (1134, 9), "SwiftURL": (36, 0), "Ubuntu": (16, 1),
        "crates.io": (1230, 789), "npm": (3964, 4),
    ]

    @Test func everyFeedIsFound() throws {
        let folder = try #require(ReferenceFeeds.folder)
        let sources = try FeedLayout.discover(folder)
        let named = sources.map(\.feed.rawValue)
        #expect(Set(named).count == named.count)
        #expect(named.filter { $0.hasPrefix("osv/") } == Self.expected.keys.sorted().map { "osv/\($0)" })
        #expect(named.filter { $0.hasPrefix("alpine-secdb/") }.count == 41)
        let others: Set = [
            "debian-tracker", "kev", "epss", "nvd", "cve-list", "exploit-database", "metasploit", "end-of-life",
            "debian-security-support",
        ]
        #expect(others.subtracting(named) == [])
    }

    @Test(arguments: expected.keys.sorted())
    func everyRecordOfAnExportIsRead(ecosystem: String) throws {
        let folder = try #require(ReferenceFeeds.folder)
        let expected = try #require(Self.expected[ecosystem])
        var tally = Tally()
        let reading = try OSVFeed.read(zip: "\(folder)/osv/\(ecosystem)/all.zip", feed: .osv(ecosystem), into: &tally)
        #expect(reading.records == expected.records)
        #expect(tally.withoutSeverity == expected.withoutSeverity)
        #expect(tally.issues == [])
        #expect(tally.scopes.contains { $0.prefix { $0 != ":" } == ecosystem })
    }

    @Test func theTrackerIsReadWhole() throws {
        let folder = try #require(ReferenceFeeds.folder)
        var tally = Tally()
        let reading = try DebianTrackerFeed.read("\(folder)/debian/tracker.json.gz", into: &tally)
        #expect(reading.records == 42_418)
        #expect(tally.issues == [])
        #expect(tally.scopes == ["Debian:11", "Debian:12", "Debian:13"])
    }

    @Test func theIntelligenceIsReadWhole() throws {
        let folder = try #require(ReferenceFeeds.folder)
        for source in try FeedLayout.discover(folder) {
            // The other kinds are read whole in suites of their own.
            guard source.kind == .kev || source.kind == .epss else { continue }
            let result = try #require(try source.readIntelligence())
            #expect(result.reading.records == (source.kind == .kev ? 1_404 : 360_142))
            #expect(result.issues == [])
            #expect(result.reading.date == (source.kind == .kev ? 1_756_141_459 : 1_786_838_400))
        }
    }
}
