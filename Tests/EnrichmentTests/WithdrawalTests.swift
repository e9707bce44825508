import Advisories
import Foundation
import Testing

@testable import Enrichment

@Suite struct WithdrawalTests {
    @Test(
        arguments: [
            // held, of those still there, refused
            (10, 9, false), (10, 8, true), (100, 90, false), (100, 89, true), (9, 0, false), (0, 0, false),
            (1_000, 900, false), (1_000, 899, true),
        ])
    func moreThanATenthOfEnoughRecordsIsTooMuch(held: Int, left: Int, isRefused: Bool) {
        let old = StandingRecords((0..<held).map { "CVE-\($0)" })
        // New ones do not make up for lost ones.
        let new = StandingRecords((held - left..<held + 500).map { "CVE-\($0)" })
        #expect(((try? old.check(against: new, feed: .kev)) == nil) == isRefused)
    }

    @Test func theRecordsSurviveTheDiskForTheirSnapshotOnly() throws {
        let folder = try TemporaryFolder()
        let records = StandingRecords(["A", "B", "B", "C"])
        let digest = String(repeating: "ab", count: 32)
        try records.save(path: folder.file("x/ids"), snapshot: digest)
        #expect(StandingRecords(path: folder.file("x/ids"), snapshot: digest) == records)
        #expect(StandingRecords(path: folder.file("x/ids"), snapshot: String(repeating: "cd", count: 32)) == nil)
        #expect(StandingRecords(path: folder.file("none"), snapshot: digest) == nil)
        try folder.write("x/ids", folder.read("x/ids").dropLast())
        #expect(StandingRecords(path: folder.file("x/ids"), snapshot: digest) == nil)
    }

    /// An export that lost records is the plainest case, and the intelligence feeds are held to the same rule.
    @Test func aFolderMirrorIsGuardedToo() async throws {
        let (mirror, outer) = (try TemporaryFolder(), try TemporaryFolder())
        let data = DataFolder(path: outer.path)
        func sync(accepting feeds: Set<String> = []) async throws -> FeedSync.Report {
            var options = FeedSync.Options()
            options.acceptedWithdrawals = feeds
            return try await FeedSync(
                data: data, origin: .mirror(mirror.path), includesHostArchive: false, options: options,
                progress: { _ in }
            ).run()
        }
        let scores = (0..<20).map { "CVE-2024-10\($0 + 10),0.5,0.9\n" }
        let header = "cve,epss,percentile\n"
        try mirror.write("epss/a.csv", (header + scores.joined()).utf8)
        try mirror.write(
            "osv/PyPI/all.zip", Feeds.zip((0..<20).map { Feeds.record("A\($0)", package: "a\($0)", fixed: "1") }))
        let first = try await sync()
        try mirror.write("epss/a.csv", (header + scores.dropLast(3).joined()).utf8)
        try mirror.write(
            "osv/PyPI/all.zip", Feeds.zip((0..<17).map { Feeds.record("A\($0)", package: "a\($0)", fixed: "1") }))
        let second = try await sync()
        #expect(second.feeds.allSatisfy { $0.error?.contains("would withdraw 3 of 20") == true && $0.records == 20 })
        #expect(second.indexDigest == first.indexDigest)
        let third = try await sync(accepting: ["epss"])
        #expect(third.feeds.filter { $0.error != nil }.map(\.feed) == ["osv/PyPI"])
    }
}
