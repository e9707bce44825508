import Advisories
import Foundation
import Testing

/// The statements of one vulnerability or package, to look facts up in.
private struct Facts: AdvisorySink {
    var advisories: [Advisory] = []
    var issues: [FeedRecordIssue] = []

    mutating func receive(_ advisory: Advisory) { advisories.append(advisory) }
    mutating func setAside(_ issue: FeedRecordIssue) { issues.append(issue) }

    func packages(_ id: String, _ scope: String, _ name: String) -> [AffectedPackage] {
        advisories.filter { $0.id == id }.flatMap(\.affected).filter { $0.scope == scope && $0.name == name }
    }
}

private func events(_ packages: [AffectedPackage]) -> [[AffectedRange.Event]] {
    packages.flatMap { $0.ranges.map(\.events) }
}

@Suite(.enabled(if: ReferenceFeeds.folder != nil, "reference feeds are missing"))
struct DistributionReferenceTests {
    @Test func everySecdbIsRead() throws {
        let folder = try #require(ReferenceFeeds.folder) + "/alpine/secdb"
        var facts = Facts()
        var files = 0
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
            try AlpineSecdbFeed.read("\(folder)/\(file)", feed: .alpine(String(file.dropLast(5))), into: &facts)
            files += 1
        }
        #expect(files == 41)
        #expect(facts.advisories.count == 85_016)
        // A slip of a packager, in four releases.
        #expect(Set(facts.issues.map(\.reason)) == ["names no vulnerability"])
        #expect(facts.issues.map { $0.record.hasSuffix("CVE-46838") } == [true, true, true, true])
        #expect(
            events(facts.packages("CVE-2021-44224", "Alpine:v3.18", "apache2")) == [
                [.introduced("0"), .fixed("2.4.52-r0")]
            ])
    }

    @Test func everyCSAFDocumentIsRead() throws {
        let folder = try #require(ReferenceFeeds.folder) + "/csaf"
        var facts = Facts()
        let reading = try CSAFFeed.read(folder, feed: .csaf("all"), into: &facts)
        #expect(reading.records == 38)
        #expect(facts.issues == [])
        let main = "Red Hat:enterprise_linux:9"
        #expect(
            events(facts.packages("CVE-2023-38545", main, "libcurl")) == [
                [.introduced("0"), .fixed("7.76.1-23.el9_2.4"), .introduced("7.76.1-26"), .fixed("7.76.1-26.el9_3.2")]
            ])
        #expect(
            events(facts.packages("RHSA-2024:0811", "Red Hat:rhel_eus:9.2", "sudo")) == [
                [.introduced("0"), .fixed("1.9.5p2-9.el9_2.2")]
            ])
        #expect(facts.packages("RHSA-2025:23414", "Red Hat:rhel_els:6", "bind-chroot").map(\.state) == [.notAffected])
        #expect(
            events(facts.packages("RHSA-2025:23414", "Red Hat:rhel_els:6", "bind")) == [
                [.introduced("0"), .fixed("32:9.8.2-0.68.rc1.el6_10.17")]
            ])
        #expect(
            facts.packages("RHSA-2024:1431", "Red Hat:enterprise_linux:8", "ruby").map(\.condition)
                == [Condition(moduleStream: "ruby:3.1")])
        #expect(
            facts.packages("CVE-2024-0727", "Red Hat:enterprise_linux:7", "openssl-libs").map(\.state) == [.endOfLife])
        #expect(facts.packages("CVE-2024-0727", "Red Hat:enterprise_linux:8", "edk2-ovmf").map(\.state) == [.ignored])
        #expect(facts.packages("CVE-2024-0727", main, "openssl-fips-provider").map(\.state) == [.notAffected])
    }

    @Test(
        arguments: [("DSA-list", 5_406, 1_680_048_000), ("DLA-list", 3_534, 1_680_307_200)] as [(String, Int, Int64)])
    func everyEntryOfTheSecurityListsIsRead(name: String, records: Int, date: Int64) throws {
        let folder = try #require(ReferenceFeeds.folder)
        var facts = Facts()
        let reading = try DebianSecurityListFeed.read(
            "\(folder)/debian/\(name)", feed: FeedID(rawValue: name), into: &facts)
        #expect(reading.records == records)
        #expect(reading.date == date)
        #expect(facts.issues == [])
    }

    @Test func everySupportNoteIsRead() throws {
        let folder = try #require(ReferenceFeeds.folder)
        let result = try DebianSupportFeed.read("\(folder)/eol/debian-security-support")
        #expect(result.issues.isEmpty)
        #expect(result.intelligence.supportNotes.count == 77)
        let notes = result.intelligence.supportNotes.filter { $0.scope == "Debian:12" }
        #expect(notes.first { $0.name == "pdns" }?.lastSupportedVersion == "4.7.3-2")
        #expect(notes.first { $0.name == "binutils" }?.isEnded == false)
        #expect(notes.contains { $0.name == "golang.*" })
    }

    @Test func modularUpdatesKnowTheirStream() throws {
        let folder = try #require(ReferenceFeeds.folder)
        var facts = Facts()
        try OSVFeed.read(zip: "\(folder)/osv/Rocky Linux/all.zip", feed: .osv("Rocky Linux"), into: &facts)
        let package = facts.packages("RLSA-2019:2925", "Rocky Linux:8", "nodejs-nodemon")
        #expect(package.map(\.condition?.moduleStream) == ["nodejs:10"])
    }
}
