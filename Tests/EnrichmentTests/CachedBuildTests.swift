import Advisories
import Foundation
import Matching
import SeededRandom
import Testing

@testable import Enrichment

/// A build with a cache comes to the bytes of one without, whatever became of the cache.
@Suite struct CachedBuildTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "feeds/kev/known_exploited_vulnerabilities.json",
            #"{"dateReleased":"2026-01-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-3","dateAdded":"2026-01-01"}]}"#
                .utf8)
    }

    private var cache: String { folder.file("cache") }

    private func write(_ fixes: [Int]) throws {
        for (ecosystem, packages) in [("PyPI", 0..<20), ("npm", 20..<40)] {
            var records: [String: String] = ["broken": "{"]
            for number in packages {
                records["GHSA-\(number)"] = Feeds.record(
                    "GHSA-\(number)", package: "tool\(number)", fixed: "1.\(fixes[number])", ecosystem: ecosystem)
            }
            try folder.write("feeds/osv/\(ecosystem)/all.zip", Feeds.zip(named: records))
        }
    }

    @discardableResult
    private func build(_ output: String, cached: Bool = true) throws -> (build: IndexCompiler.Build, lines: [String]) {
        let told = Lines()
        let build = try IndexCompiler.build(
            feeds: [folder.file("feeds")], output: folder.file(output), cache: cached ? cache : nil,
            progress: told.append)
        return (build, told.all)
    }

    private func expectSame(_ what: String) throws {
        let full = try build("full.ztx", cached: false).build
        let quick = try build("index.ztx").build
        #expect(try folder.read("index.ztx") == folder.read("full.ztx"), "\(what)")
        #expect(quick.feeds == full.feeds && quick.issues == full.issues, "\(what)")
    }

    @Test func everyBuildHasTheBytesOfOneWithoutCache() throws {
        var generator = SplitMix(seed: 8)
        var fixes = [Int](repeating: 1, count: 40)
        for round in 0..<6 {
            try write(fixes)
            try expectSame("round \(round)")
            try expectSame("round \(round), nothing changed")
            fixes[Int.random(in: 0..<40, using: &generator)] = round + 2
        }
    }

    @Test func namesAreTakenOverAndASecondBuildOfTheSameReadsNothing() throws {
        var fixes = [Int](repeating: 1, count: 40)
        try write(fixes)
        try build("index.ztx")
        fixes[7] = 2
        try write(fixes)
        let second = try build("index.ztx")
        #expect(second.build.summary.reusedNames == 39)
        #expect(second.build.changedNames?.map(\.name) == ["tool7"])
        let third = try build("index.ztx")
        #expect(third.build.changedNames?.isEmpty == true)
        #expect(third.lines.isEmpty && third.build.summary.digest == second.build.summary.digest)
        #expect(third.build.issues[.osv("npm")]?.count == 1 && third.build.feeds == second.build.feeds)
    }

    @Test func aSpoiltCacheIndexOrSourceIsNeverBelieved() throws {
        var fixes = [Int](repeating: 1, count: 40)
        try write(fixes)
        try build("index.ztx")
        for (number, kind) in [".ztpart", ".json", ".ztintel", ".notes", ".zttexts"].enumerated() {
            for isChanged in [true, false] {
                try spoil(kind)
                if isChanged {
                    fixes[number] += 1
                    try write(fixes)
                }
                try expectSame("\(kind), \(isChanged ? "one" : "no") record changed")
            }
        }
        var bytes = Array(try folder.read("index.ztx"))
        bytes[bytes.count / 2] ^= 1
        try folder.write("index.ztx", bytes)
        try expectSame("a damaged index, nothing else changed")
        try folder.write("feeds/osv/npm/all.zip", folder.read("feeds/osv/npm/all.zip").dropLast(10))
        #expect(throws: SnapshotDamage.self) { try build("index.ztx") }
    }

    /// Changes one byte in every file of a kind; a digit stays a digit, so that what is left of JSON is JSON.
    private func spoil(_ kind: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasSuffix(kind) }
        #expect(!files.isEmpty, "\(kind)")
        for file in files {
            var bytes = try folder.read("cache/" + file)
            let place = bytes.lastIndex { (48..<57).contains($0) } ?? bytes.count / 2
            bytes[place] ^= 1
            try folder.write("cache/" + file, bytes)
        }
    }

    /// An export of several pieces, with newer records beside it.
    private func writeLarge(_ fixes: [Int], newer: [Int]) throws {
        func record(_ number: Int, _ fix: Int) -> String {
            Feeds.record("PYSEC-\(number)", package: "large\(number % 300)", fixed: "2.\(fix)", ecosystem: "PyPI")
        }
        var records: [String: String] = ["broken": "{"]
        for (number, fix) in fixes.enumerated() { records["PYSEC-\(number)"] = record(number, fix) }
        try folder.write("feeds/osv/PyPI/all.zip", Feeds.zip(named: records))
        guard !newer.isEmpty else { return }
        let changes = newer.map { ("PYSEC-\($0)", record($0, 77)) }
        try folder.write(
            "feeds/osv/PyPI/changes.zip", Feeds.zip(named: Dictionary(uniqueKeysWithValues: changes)))
    }

    @Test func onlyTheChangedPieceOfAnExportIsRead() throws {
        func parts() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasSuffix(".ztpart") })
        }
        var fixes = [Int](repeating: 1, count: 700)
        try writeLarge(fixes, newer: [])
        try expectSame("first")
        let first = try parts()
        fixes[333] = 2
        try writeLarge(fixes, newer: [])
        try expectSame("one changed")
        let second = try parts()
        #expect(first.count == 4 && second.count == 4 && first.intersection(second).count == 3)
        try writeLarge(fixes, newer: [5, 900])
        try expectSame("two newer")
        let third = try parts()
        #expect(third.intersection(second).count >= 2)
        try FileManager.default.removeItem(
            atPath: folder.file("cache/" + (try #require(second.intersection(third).first))))
        try expectSame("a piece is gone, nothing changed")
        fixes[334] = 3
        try writeLarge(fixes, newer: [5, 900])
        try spoil(".ztpart")
        try expectSame("every piece is spoilt, and one changed")
        fixes.removeLast(500)
        try writeLarge(fixes, newer: [5])
        try expectSame("fewer pieces")
    }

    @Test func onlyTheChangedPieceOfTheTrackerIsRead() throws {
        func write(_ fixes: [Int], and more: String = "") throws {
            let sources = fixes.enumerated().map { number, fix in
                #""source\#(number)":{"CVE-2024-\#(1000 + number)":{"releases":{"bookworm":{"status":"resolved","#
                    + #""repositories":{},"fixed_version":"1.\#(fix)","urgency":"low"}}}}"#
            }
            try folder.write("feeds/debian/tracker.json", ("{" + sources.joined(separator: ",\n") + more + "}").utf8)
        }
        func parts() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasSuffix(".ztpart") })
        }
        var fixes = [Int](repeating: 1, count: 300)
        try write(fixes)
        try expectSame("first")
        let first = try parts()
        #expect(first.count > 50)
        fixes[77] = 2
        try write(fixes)
        try expectSame("one changed")
        #expect(try first.subtracting(parts()).count == 1)
        try write(fixes, and: #","": {}, "x": 1"#)
        try expectSame("a source that only its place tells, and one that is none")
        try write(fixes, and: #","x":{"CVE-2024-1":1}"#)
        try expectSame("a broken pair")
    }

    @Test func whatIsNotTheCachesOwnStays() throws {
        try folder.write("cache/letter.txt", "mine".utf8)
        try write([Int](repeating: 1, count: 40))
        try build("index.ztx")
        try write([Int](repeating: 2, count: 40))
        try build("index.ztx")
        #expect(folder.exists("cache/letter.txt"))
        let parts = try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasSuffix(".ztpart") }
        #expect(parts.count == 2)
    }
}
