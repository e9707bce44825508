import Advisories
import Foundation
import PackageIdentity
import Testing
import Verdicts

@testable import Enrichment

/// Syncs with a mirror in a folder.
@Suite struct FeedSyncTests {
    private let mirror: TemporaryFolder
    private let outer: TemporaryFolder
    private let data: DataFolder
    private let lines = Lines()

    private static let pypi = "osv/PyPI/all.zip"
    private static let npm = "osv/npm/all.zip"

    init() throws {
        mirror = try TemporaryFolder()
        outer = try TemporaryFolder()
        data = DataFolder(path: outer.path)
        try mirror.write(Self.pypi, Feeds.zip([Feeds.record("A", package: "tool", fixed: "2")]))
        try mirror.write(
            Self.npm, Feeds.zip([Feeds.record("B", package: "left-pad", fixed: "1.1.0", ecosystem: "npm")]))
    }

    private func sync(from place: String? = nil) async throws -> FeedSync.Report {
        try await FeedSync(
            data: data, origin: .mirror(place ?? mirror.path), includesHostArchive: false,
            progress: { [lines] in lines.append($0) }
        ).run()
    }

    /// Which vulnerabilities the index in use sees in a package.
    private func verdicts(_ package: String) throws -> [String] {
        let folder = IndexFolder(path: data.indexes)
        let index = try #require(try folder.currentDigest().flatMap { try folder.open(digest: $0) })
        return index.verdicts(for: try PackageURL(package)).map(\.vulnerability)
    }

    private func status(_ report: FeedSync.Report, _ feed: String) throws -> FeedStatus {
        let matches = report.feeds.filter { $0.feed == feed }
        #expect(matches.count == 1, "one line per feed")
        return try #require(matches.first)
    }

    @Test func bringsEveryFeedIntoTheIndex() async throws {
        try mirror.write("debian/tracker.json", Feeds.tracker.utf8)
        try mirror.write("kev/2024-03.json", Feeds.kev.utf8)
        try mirror.write("epss/epss_scores-2024-03-01.csv", Feeds.epss.utf8)
        let report = try await sync()
        #expect(report.changed && report.indexDigest != nil)
        #expect(report.feeds.map(\.feed) == ["debian-tracker", "epss", "kev", "osv/PyPI", "osv/npm"])
        #expect(report.feeds.allSatisfy { $0.records == 1 && $0.error == nil && $0.fetchedAt != nil })
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"])
        #expect(try verdicts("pkg:npm/left-pad@1.0.0") == ["B"])
        #expect(try verdicts("pkg:deb/debian/openssl@3.0.11-1?distro=debian-12") == ["CVE-2024-0001"])
        let index = try #require(try IndexFolder(path: data.indexes).open(digest: report.indexDigest ?? ""))
        let record = try #require(index.vulnerability("CVE-2024-0001"))
        #expect(record.kev?.dateAdded == "2024-02-01" && record.epss?.probability == 0.5)
        #expect(try FeedSync.status(data: data).feeds == report.feeds)
    }

    @Test func whatDidNotChangeIsNotFetchedAgain() async throws {
        let first = try await sync()
        _ = lines.take()
        let second = try await sync()
        #expect(!second.changed && second.indexDigest == first.indexDigest)
        #expect(
            lines.take().filter { $0.hasSuffix("unchanged") }.sorted() == ["osv/PyPI: unchanged", "osv/npm: unchanged"])
        try mirror.write(Self.pypi, Feeds.zip([Feeds.record("A", package: "tool", fixed: "3")]))
        let third = try await sync()
        #expect(third.changed && third.indexDigest != first.indexDigest)
        #expect(lines.all.filter { $0.hasSuffix("unchanged") } == ["osv/npm: unchanged"])
        #expect(try verdicts("pkg:pypi/tool@2.5") == ["A"])
    }

    @Test(arguments: ["truncated", "empty", "page", "wrong checksum", "no records", "other feed"])
    func aBadFileNeverReplacesAGoodSnapshot(kind: String) async throws {
        let first = try await sync()
        let good = try outer.read("feeds/" + Self.pypi)
        var zip = Feeds.zip((0..<20).map { Feeds.record("C\($0)", package: "tool", fixed: "9") })
        switch kind {
        case "truncated": zip = Array(zip.prefix(zip.count / 2))
        case "empty": zip = []
        case "page": zip = Array("<html>Sign in</html>".utf8)
        case "wrong checksum": zip[60] ^= 1
        case "no records": zip = Feeds.zip([])
        default: zip = Array(Feeds.kev.utf8)
        }
        try mirror.write(Self.pypi, zip)
        try mirror.write(
            Self.npm, Feeds.zip([Feeds.record("B", package: "left-pad", fixed: "1.2.0", ecosystem: "npm")]))
        let second = try await sync()
        let pypi = try status(second, "osv/PyPI")
        #expect(pypi.error != nil && pypi.records == 1)
        #expect(pypi.fetchedAt == (try status(first, "osv/PyPI").fetchedAt))
        #expect(try status(second, "osv/npm").error == nil && second.changed, "the others go on")
        #expect(try outer.read("feeds/" + Self.pypi) == good)
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"])
        #expect(try verdicts("pkg:npm/left-pad@1.1.5") == ["B"])
        #expect(!outer.files().contains { $0.contains(".staging") })

        try mirror.write(Self.pypi, Feeds.zip([Feeds.record("A", package: "tool", fixed: "4")]))
        let third = try await sync()
        #expect(try status(third, "osv/PyPI").error == nil, "a good file afterwards is taken")
    }

    /// As Alpine's v3.3/community is to this day: no repair was ever entered there.
    @Test func aDatabaseThatSaysItHasNoRepairIsUpToDate() async throws {
        let place = "alpine/secdb/v3.3/community.json"
        func database(_ packages: String) -> [UInt8] {
            Array(#"{"distroversion":"v3.3","reponame":"community","packages":[\#(packages)]}"#.utf8)
        }
        let repair = #"{"pkg":{"name":"bash","secfixes":{"4.3.42-r5":["CVE-2016-9401"]}}}"#
        try mirror.write(place, database(""))
        let first = try await sync()
        let empty = try status(first, "alpine-secdb/v3.3/community")
        #expect(empty.error == nil && empty.records == 0 && empty.fetchedAt != nil)
        #expect(first.failed == [] && first.compileError == nil)
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"])

        #expect(try await sync().failed == [])
        try mirror.write(place, database(repair))
        #expect(try status(try await sync(), "alpine-secdb/v3.3/community").records == 1)
        #expect(
            try verdicts("pkg:apk/alpine/bash@4.3.42-r4?distro=alpine-3.3") == ["CVE-2016-9401"],
            "the first repair comes with the next one")
        // Packages of which none can be used are something else.
        try mirror.write(place, database(#"{"pkg":{"secfixes":{}}}"#))
        let broken = try status(try await sync(), "alpine-secdb/v3.3/community")
        #expect(broken.error == "cannot be read: holds no records" && broken.records == 1)
    }

    /// What would be read as another feed than its place says would stop the index from being built at all.
    @Test func whatFailedIsTheLastSyncsAlone() async throws {
        #expect(try await sync().failed.isEmpty)
        try mirror.write(Self.pypi, "<html>Sign in</html>".utf8)
        #expect(try await sync().failed == ["osv/PyPI"])
        var options = FeedSync.Options()
        options.feeds = ["osv/npm"]
        let other = FeedSync(
            data: data, origin: .mirror(mirror.path), includesHostArchive: false, options: options, progress: { _ in })
        // That feed was not asked for this time, though the status still shows its error.
        let report = try await other.run()
        #expect(try report.failed.isEmpty && status(report, "osv/PyPI").error != nil)
    }

    @Test func aFeedThatAMirrorDoesNotHaveIsNotAskedOfItInVain() async throws {
        var options = FeedSync.Options()
        options.feeds = ["osv/npm", "osv/Maven"]
        let sync = FeedSync(
            data: data, origin: .mirror(mirror.path), includesHostArchive: false, options: options, progress: { _ in })
        let error = FeedSelectionError(name: "osv/Maven", place: mirror.path)
        await #expect(throws: error) { try await sync.run() }
    }

    @Test func aFeedThatHoldsNothingIsInNoIndex() async throws {
        try mirror.write("kev/k.json", #"{"dateReleased":"2024-03-01T15:00:00Z","vulnerabilities":[]}"#.utf8)
        let synced = try await sync()
        #expect(synced.failed == ["kev"])
        let built = try IndexCompiler.build(
            feeds: [mirror.path], output: outer.file("built.ztx"), progress: { _ in })
        #expect(built.summary.digest == synced.indexDigest)
        #expect(built.feeds.map(\.records) == [0, 1, 1], "the build tells of it all the same")
    }

    @Test func everyPlaceTakesItsOwnKindOfFileOnly() async throws {
        try mirror.write("kev/k.json", Feeds.kev.utf8)
        try mirror.write("epss/e.csv", Feeds.epss.utf8)
        try mirror.write("debian/tracker.json", Feeds.tracker.utf8)
        let first = try await sync()
        try mirror.write("kev/k.json", Feeds.tracker.utf8)
        try mirror.write("epss/e.csv", Feeds.kev.utf8)
        try mirror.write("debian/tracker.json", Feeds.record("A", package: "a", fixed: "1").utf8)
        let second = try await sync()
        #expect(second.indexDigest == first.indexDigest && !second.changed)
        #expect(second.feeds.filter { $0.error != nil }.map(\.feed) == ["debian-tracker", "epss", "kev"])
    }

    @Test func listsThatAreEmptyAreNotTaken() async throws {
        try mirror.write("kev/k.json", Feeds.kev.utf8)
        try mirror.write("epss/e.csv", Feeds.epss.utf8)
        let first = try await sync()
        try mirror.write("kev/k.json", #"{"vulnerabilities":[]}"#.utf8)
        try mirror.write("epss/e.csv", "cve,epss,percentile\n".utf8)
        let second = try await sync()
        #expect(second.indexDigest == first.indexDigest)
        #expect(second.feeds.filter { $0.error != nil }.map(\.feed) == ["epss", "kev"])
    }

    @Test func aBrokenRecordIsSetAsideByNameAndTheOthersStand() async throws {
        try mirror.write(
            Self.pypi,
            Feeds.zip([#"{"id":"#, Feeds.record("A", package: "tool", fixed: "2"), #"{"id":7,"affected":[]}"#]))
        let report = try await sync()
        let pypi = try status(report, "osv/PyPI")
        #expect(pypi.records == 1 && pypi.setAside == 2 && pypi.error == nil)
        let issues = try SnapshotState.load(folder: data.feeds).files["osv/PyPI"]?.issues ?? []
        #expect(issues.count == 2 && issues[0].contains("0.json") && issues[1].contains("2.json"))
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"])
    }

    @Test func aFeedThatLeavesTheMirrorKeepsItsSnapshot() async throws {
        let first = try await sync()
        try FileManager.default.removeItem(atPath: mirror.file("osv/PyPI"))
        let second = try await sync()
        #expect(second.indexDigest == first.indexDigest && !second.changed)
        #expect(try status(second, "osv/PyPI") == (try status(first, "osv/PyPI")))
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"])
    }

    @Test func aSnapshotThatWasLostIsFetchedAgain() async throws {
        let first = try await sync()
        try FileManager.default.removeItem(atPath: outer.file("feeds/" + Self.pypi))
        let second = try await sync()
        #expect(second.indexDigest == first.indexDigest)
        #expect(outer.exists("feeds/" + Self.pypi))
    }

    /// Mirrors pack and date their files as they like. What a feed was called before must not be read in its place, or beside it.
    @Test func aFileUnderAnotherNameReplacesTheOneBefore() async throws {
        try mirror.write("debian/tracker.json.gz", Feeds.tracker.utf8)
        try mirror.write("kev/2024-09.json", Feeds.kev.utf8)
        _ = try await sync()
        let other = try TemporaryFolder()
        try other.write("debian/tracker.json", Feeds.tracker.replacing("3.0.13-1", with: "3.0.14-1").utf8)
        try other.write("kev/2024-03.json", Feeds.kev.utf8)
        let report = try await sync(from: other.path)
        #expect(report.feeds.map(\.feed) == ["debian-tracker", "kev", "osv/PyPI", "osv/npm"])
        #expect(
            outer.files().filter { $0.hasPrefix("feeds/debian") || $0.hasPrefix("feeds/kev") } == [
                "feeds/debian/tracker.json", "feeds/kev/2024-03.json",
            ])
        #expect(try verdicts("pkg:deb/debian/openssl@3.0.13-1?distro=debian-12") == ["CVE-2024-0001"])
    }

    @Test func nothingFetchedIsNoIndex() async throws {
        try mirror.write(Self.pypi, [])
        try FileManager.default.removeItem(atPath: mirror.file("osv/npm"))
        let report = try await sync()
        #expect(report.indexDigest == nil && !report.changed)
        #expect(report.feeds.map(\.fetchedAt) == [nil])
    }

    @Test func aMirrorThatIsNotThereIsAnErrorAndTheIndexStays() async throws {
        let first = try await sync()
        await #expect(throws: FeedError.self) { try await sync(from: "/nonexistent") }
        #expect(try FeedSync.status(data: data).indexDigest == first.indexDigest)
    }

    @Test func syncsOfOneInstallationTakeTurns() async throws {
        let digests = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<3 { group.addTask { try await sync().indexDigest } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(digests.count == 1 && !digests.contains(nil))
        #expect(!outer.files().contains { $0.contains(".staging") })
    }

    /// A disk may spoil what was whole when it was taken.
    @Test func aSnapshotDamagedAfterItsCheckLeavesTheIndexInUse() async throws {
        let first = try await sync()
        let path = "feeds/" + Self.pypi
        try outer.write(path, outer.read(path).dropLast(30))
        try FileManager.default.removeItem(atPath: data.parts)
        try mirror.write(
            Self.npm, Feeds.zip([Feeds.record("B", package: "left-pad", fixed: "1.3.0", ecosystem: "npm")]))
        let second = try await sync()
        #expect(second.indexDigest == first.indexDigest && !second.changed)
        #expect(second.compileError?.contains("osv/PyPI/all.zip") == true)
        #expect(try status(second, "osv/PyPI").error?.contains("all.zip") == true)
        let third = try await sync()
        #expect(third.changed && third.compileError == nil && third.feeds.allSatisfy { $0.error == nil })
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"] && verdicts("pkg:npm/left-pad@1.2.0") == ["B"])
    }

    @Test func feedsAreChosenByNameAndGroup() throws {
        #expect(
            try FeedCatalogue.files(named: ["kev", "osv/PyPI", "osv/New Thing"]).map(\.path) == [
                "kev/known_exploited_vulnerabilities.json", "osv/New Thing", "osv/PyPI",
            ])
        #expect(try FeedCatalogue.files(named: ["alpine-secdb"]).count > 20)
        for name in ["nothing", "osv/", "osv/../x", "osv/a/b", ""] {
            #expect(throws: FeedSelectionError(name: name)) { try FeedCatalogue.files(named: [name]) }
        }
        let plain = FeedCatalogue.files(holding: ["nvd", "osv/New Thing", "apt-changelog"])
        #expect(plain.contains { $0.feed == .nvd } && plain.contains { $0.feed == .osv("New Thing") })
        #expect(!FeedCatalogue.files(holding: []).contains { $0.feed == .nvd || $0.feed == .osv("Debian") })
        #expect(Set(FeedCatalogue.files.map(\.path)).count == FeedCatalogue.files.count)
    }

    @Test func feedsThatDidNotChangeAreTakenFromTheirParts() async throws {
        let first = try await sync()
        let parts = try FileManager.default.contentsOfDirectory(atPath: data.parts).filter { $0.hasSuffix(".ztpart") }
        #expect(parts.count == 2)
        // Whoever read the snapshot now would fail.
        try outer.write("feeds/" + Self.pypi, "spoilt".utf8)
        try mirror.write(
            Self.npm, Feeds.zip([Feeds.record("B", package: "left-pad", fixed: "1.3.0", ecosystem: "npm")]))
        let second = try await sync()
        #expect(second.compileError == nil && second.changed)
        #expect(try verdicts("pkg:pypi/tool@1") == ["A"] && verdicts("pkg:npm/left-pad@1.2.0") == ["B"])
        let now = try FileManager.default.contentsOfDirectory(atPath: data.parts).filter { $0.hasSuffix(".ztpart") }
        #expect(now.count == 2 && Set(now) != Set(parts), "parts of old snapshots are gone")
        // A damaged part is as good as none.
        for part in now { try outer.write("parts/" + part, "spoilt".utf8) }
        try outer.write("feeds/" + Self.pypi, mirror.read(Self.pypi))
        try mirror.write(
            Self.npm, Feeds.zip([Feeds.record("B", package: "left-pad", fixed: "1.1.0", ecosystem: "npm")]))
        #expect(try await sync().indexDigest == first.indexDigest)
    }
}
