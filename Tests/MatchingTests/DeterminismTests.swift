import Advisories
import Foundation
import Scoring
import Testing

@Suite struct DeterminismTests {
    /// Advisories with everything whose order could leak: shared names, equal versions, unreadable bounds, several feeds.
    static func varied(_ count: Int) -> [Advisory] {
        var generator = SeededGenerator(seed: 7)
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }
        return (0..<count).map { number in
            let scope = pick(["PyPI", "npm", "Debian:12", "Go", "AlmaLinux:9"])
            let versions = ["1.0", "1.0.0", "2.0.0", "2.1.0", "??", "3.0.0"]
            var made = advisory(
                pick(["GHSA-\(number)", "PYSEC-\(number)", "DEBIAN-CVE-2024-\(1000 + number % 50)"]),
                feed: FeedID(rawValue: pick(["osv/PyPI", "osv/npm", "debian-tracker"])),
                aliases: [pick(["CVE-2024-\(1000 + number % 60)", "GHSA-\(number / 2)"])],
                upstream: number % 5 == 0 ? ["CVE-2024-\(2000 + number)", "CVE-2024-1001"] : [], scope: scope,
                name: "name\(number % 17)", events: [.introduced(pick(["0", "1.0.0"])), .fixed(pick(versions))],
                versions: number % 3 == 0 ? [pick(versions), pick(versions)] : [], urgency: pick(["low", "high", ""]),
                withdrawn: number % 11 == 0 ? 5 : nil, severities: [SeverityStatement(word: .high, origin: .vendor)],
                summary: "summary \(number % 7)", details: "details \(number % 13)")
            made.references = ["https://example.org/\(number % 19)", "https://example.org/\(number)"]
            made.modified = Int64(number % 4)
            return made
        }
    }

    @Test("the order in which advisories and feeds are added leaves no trace in the file")
    func orderLeavesNoTrace() throws {
        let folder = try TemporaryFolder()
        // Some records twice, as an export and a single record may bring them.
        let advisories = Self.varied(300) + Self.varied(40)
        let feeds = [
            FeedSummary(id: .osv("npm"), records: 1), FeedSummary(id: .osv("PyPI"), records: 2, snapshotDate: 9),
        ]
        var generator = SeededGenerator(seed: 11)
        let first = try writeIndex(advisories, feeds: feeds, to: folder.file("first"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("first")))
        for round in 0..<5 {
            let other = try writeIndex(
                advisories.shuffled(using: &generator), feeds: feeds.reversed(), to: folder.file("\(round)"))
            #expect(other == first)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("\(round)"))) == bytes)
        }
    }

    @Test("a build replaces the file whole and leaves nothing beside it")
    func replaces() throws {
        let folder = try TemporaryFolder()
        _ = try writeIndex(Self.varied(20), to: folder.file("index"))
        let second = try writeIndex(Self.varied(30), to: folder.file("index"))
        let size = try Data(contentsOf: URL(fileURLWithPath: folder.file("index"))).count
        #expect(size == second.fileSize)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["index"])
    }

    @Test("a folder that does not exist is an error that names the path")
    func unwritable() throws {
        let path = try TemporaryFolder().file("missing/index")
        #expect(throws: IndexBuildError.self) { try writeIndex([], to: path) }
    }
}
