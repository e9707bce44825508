import Advisories
import Scoring
import Testing

/// The snapshots of public feeds, read whole.
@Suite(.enabled(if: ReferenceFeeds.folder != nil, "reference feeds are missing"))
struct ReferenceRecordTests {
    private func folder() throws -> String { try #require(ReferenceFeeds.folder) }

    @Test func `the NVD's pages`() throws {
        var sink = CollectedAdvisories()
        let reading = try NVDFeed.read("\(try folder())/nvd", into: &sink)
        #expect(reading.records == 18_885)
        #expect(sink.issues == [])
        #expect(reading.date == 1_787_270_400)
        #expect(sink.advisories.count { $0.withdrawn != nil } == 17)
        // Records with an AND of several operands, counted without this reader.
        #expect(sink.advisories.count { $0.affected.contains { $0.condition?.platforms.isEmpty == false } } == 536)
        let record = try #require(sink.advisories.first { $0.id == "CVE-2018-11235" })
        let git = try #require(record.affected.first { $0.name == "git-scm:git" })
        #expect(git.scope == "cpe:a")
        #expect(git.ranges.contains { $0.events == [.introduced("2.14"), .fixed("2.14.4")] })
    }

    @Test func `the CVE list with CISA's container`() throws {
        let path = "\(try folder())/cve5/vulnrichment-kev.zip"
        var sink = CollectedAdvisories()
        let reading = try CVEListFeed.read(path, into: &sink)
        #expect(reading.records == 251)
        #expect(sink.issues == [])
        let panOS = try #require(sink.advisories.first { $0.id == "CVE-2024-3400" })
        #expect(panOS.affected.contains { $0.name == "paloaltonetworks:pan-os" && !$0.ranges.isEmpty })
        let points = try CVEListFeed.readIntelligence(path).intelligence.ssvc
        #expect(points.count == 251)
        #expect(
            points["CVE-2024-47575"]
                == SSVCDecisionPoints(exploitation: .active, isAutomatable: false, technicalImpact: .total))
    }

    @Test func `the Exploit Database and Metasploit`() throws {
        let database = try ExploitDatabaseFeed.read("\(try folder())/exploits/files_exploits.csv.gz")
        #expect(database.reading.records == 26_744)
        #expect(database.issues.map(\.record) == ["51637"])
        #expect(database.intelligence.exploits["CVE-2003-0109"]?.isVerified == true)
        let modules = try MetasploitFeed.read("\(try folder())/exploits/modules_metadata_base.json.gz")
        #expect(modules.reading.records == 2_571)
        #expect(modules.intelligence.exploits.count == 2_618)
        #expect(modules.issues == [])
        #expect(
            modules.intelligence.exploits["CVE-2021-44228"]?.metasploit.contains(
                "auxiliary/scanner/http/log4shell_scanner")
                == true)
    }

    @Test func `ends of support in both forms`() throws {
        let full = try EndOfLifeFeed.read("\(try folder())/eol/endoflife.date/api-v1-products-full.json.gz")
        #expect(full.reading.records == 464)
        #expect(full.issues == [])
        #expect(full.intelligence.lifecycles.values.reduce(0) { $0 + $1.releases.count } == 8_351)
        let legacy = try EndOfLifeFeed.read("\(try folder())/eol/endoflife.date/api")
        #expect(legacy.reading.records == 49)
        #expect(legacy.intelligence.lifecycles.values.reduce(0) { $0 + $1.releases.count } == 927)
        for (product, lifecycle) in legacy.intelligence.lifecycles {
            #expect(full.intelligence.lifecycles[product]?.releases == lifecycle.releases, "\(product)")
        }
        let bookworm = full.intelligence.lifecycles["debian"]?.releases.first { $0.cycle == "12" }
        #expect(bookworm?.securitySupportEnd == "2026-07-11")
        #expect(bookworm?.extendedSupportEnd == "2028-06-30")
    }
}
