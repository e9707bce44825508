import Foundation
import Matching
import SeededRandom
import Testing

@testable import Enrichment

/// A sync takes over from the index in use what did not change, and comes to the index that a build of everything comes to.
@Suite struct IncrementalSyncTests {
    private let mirror: TemporaryFolder
    private let outer: TemporaryFolder
    private let data: DataFolder

    init() throws {
        mirror = try TemporaryFolder()
        outer = try TemporaryFolder()
        data = DataFolder(path: outer.path)
    }

    private func sync() async throws -> FeedSync.Report {
        try await FeedSync(
            data: data, origin: .mirror(mirror.path), includesHostArchive: false, progress: { _ in }
        ).run()
    }

    private func write(_ fixes: [Int]) throws {
        for (ecosystem, packages) in [("PyPI", 0..<20), ("npm", 20..<40)] {
            try mirror.write(
                "osv/\(ecosystem)/all.zip",
                Feeds.zip(
                    named: Dictionary(
                        uniqueKeysWithValues: packages.map { number in
                            let fixed = "1.\(fixes[number])"
                            return (
                                "GHSA-\(number)",
                                Feeds.record(
                                    "GHSA-\(number)", package: "tool\(number)", fixed: fixed, ecosystem: ecosystem)
                            )
                        })))
        }
    }

    private var notes: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: data.parts).filter { $0.hasSuffix(".notes") }
        }
    }

    @Test func everySyncComesToTheIndexOfAFullBuild() async throws {
        var generator = SplitMix(seed: 3)
        var fixes = [Int](repeating: 1, count: 40)
        let folder = IndexFolder(path: data.indexes)
        var before: AdvisoryIndex?
        for round in 0..<6 {
            try write(fixes)
            let report = try await sync()
            let full = try IndexCompiler.build(
                feeds: [mirror.path], output: outer.file("full.ztx"), progress: { _ in })
            #expect(report.indexDigest == full.summary.digest, "round \(round)")
            #expect(try notes.count == 1, "round \(round)")
            let now = try #require(try folder.open(digest: full.summary.digest))
            try now.verify()
            let changed = Set(fixes.indices.filter { fixes[$0] == round + 1 && round > 0 }.map { "tool\($0)" })
            if let before { #expect(Set(now.changedNames(since: before).map(\.name)) == changed, "round \(round)") }
            before = now
            // Notes that somebody spoilt are no help and no harm.
            if round == 2 { try outer.write("parts/" + (try #require(try notes.first)), "spoilt".utf8) }
            for _ in 0..<2 { fixes[Int.random(in: 0..<40, using: &generator)] = round + 2 }
        }
    }

    @Test func namesThatDidNotChangeAreTakenOver() async throws {
        var fixes = [Int](repeating: 1, count: 40)
        try write(fixes)
        _ = try await sync()
        fixes[7] = 2
        try write(fixes)
        let told = Lines()
        let report = try await FeedSync(
            data: data, origin: .mirror(mirror.path), includesHostArchive: false, progress: told.append
        ).run()
        #expect(report.changed)
        #expect(told.all.contains("39 of 40 names are as before"))
    }
}
