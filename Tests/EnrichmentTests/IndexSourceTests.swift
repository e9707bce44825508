import Advisories
import Foundation
import Matching
import PackageIdentity
import Testing

@testable import Enrichment

@Suite struct IndexSourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("osv/PyPI/all.zip", Feeds.zip([Feeds.record("A", package: "tool", fixed: "2"), "broken"]))
        try folder.write("notes.txt", "hello".utf8)
        // What tells people about a folder is no feed, and nothing to be told of.
        try folder.write("README.md", "# Feeds".utf8)
        try folder.write("osv/LICENSE", "free".utf8)
        try folder.write("user.vex", #"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#.utf8)
    }

    @Test func feedsAreCompiledAndWhatWasLeftOutIsNamed() throws {
        let build = try IndexCompiler.build(feeds: [folder.path], output: folder.file("a.ztx"), progress: { _ in })
        #expect(build.feeds.map(\.id) == [.osv("PyPI")] && build.feeds.map(\.setAside) == [1])
        #expect(build.issues[.osv("PyPI")]?.map(\.record) == ["1.json"])
        #expect(build.unknown == [folder.file("notes.txt")] && build.vex == [folder.file("user.vex")])
        let opened = try IndexSource.open(paths: [folder.path])
        #expect(opened.index.digest == build.summary.digest && opened.vex == [folder.file("user.vex")])
        #expect(try opened.index.verdicts(for: PackageURL("pkg:pypi/tool@1")).count == 1)
    }

    @Test func aBuiltIndexIsKnownByItsContentAndStandsAlone() throws {
        let build = try IndexCompiler.build(
            feeds: [folder.file("osv/PyPI/all.zip")], output: folder.file("index.bin"), progress: { _ in })
        let opened = try IndexSource.open(paths: [folder.file("index.bin"), folder.file("user.vex")])
        #expect(opened.index.digest == build.summary.digest && opened.build == nil)
        #expect(opened.vex == [folder.file("user.vex")])
        #expect(throws: IndexSourceError.self) {
            try IndexSource.open(paths: [folder.file("index.bin"), folder.file("osv/PyPI/all.zip")])
        }
        #expect(throws: FeedError.self) { try IndexSource.open(paths: [folder.file("notes.txt")]) }
        #expect(throws: FeedError.self) { try IndexSource.open(paths: [folder.file("none")]) }
    }

    @Test func aFileThatIsCutShortEndsTheBuildByName() throws {
        try folder.write("osv/PyPI/all.zip", folder.read("osv/PyPI/all.zip").dropLast(10))
        let error = #expect(throws: SnapshotDamage.self) {
            try IndexCompiler.build(feeds: [folder.path], output: folder.file("a.ztx"), progress: { _ in })
        }
        #expect(error?.path == folder.file("osv/PyPI/all.zip") && !folder.exists("a.ztx"))
    }
}
