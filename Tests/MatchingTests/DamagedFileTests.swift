import Foundation
import PackageIdentity
import Testing

@testable import Advisories
@testable import Matching

@Suite struct DamagedFileTests {
    private let folder: TemporaryFolder
    private let bytes: [UInt8]
    private let healthy: AdvisoryIndex
    private static let scopes = ["PyPI", "npm", "Debian:12", "Go", "AlmaLinux:9"]

    init() throws {
        folder = try TemporaryFolder()
        _ = try writeIndex(DeterminismTests.varied(120), to: folder.file("healthy"))
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("healthy"))))
        healthy = try AdvisoryIndex(path: folder.file("healthy"))
    }

    private func open(_ bytes: [UInt8]) throws -> AdvisoryIndex {
        let path = folder.file("damaged")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try AdvisoryIndex(path: path)
    }

    /// Asks everything there is to ask.
    private func answers(_ index: AdvisoryIndex) -> [String] {
        var answers: [String] = []
        for scope in Self.scopes {
            answers.append("\(index.covers(scope: scope))")
            for name in 0..<17 {
                let verdicts = index.verdicts("1.5.0", scope: scope, name: "name\(name)")
                answers.append("\(verdicts)")
                for id in Set(verdicts.map(\.vulnerability)).union(["CVE-2024-1001"]) where !id.isEmpty {
                    answers.append("\(index.explain("1.5.0", id, scope: scope, name: "name\(name)"))")
                }
            }
        }
        for number in stride(from: 1000, to: 1060, by: 7) {
            answers.append("\(index.vulnerability("CVE-2024-\(number)") as Any)")
        }
        return answers.sorted()
    }

    @Test("a file cut off anywhere does not open")
    func truncated() throws {
        var generator = SeededGenerator(seed: 3)
        let lengths = [0, 1, 7, 8, 11, 12, 40, 80, 991, 992, 1023, 1024, bytes.count - 1]
        for length in lengths + (0..<200).map({ _ in Int.random(in: 0..<bytes.count, using: &generator) }) {
            #expect(throws: IndexError.self, "cut to \(length)") { try open(Array(bytes[..<length])) }
        }
    }

    @Test("a file with more bytes than it should have does not open")
    func extended() throws {
        #expect(throws: IndexError.self) { try open(bytes + [0]) }
    }

    @Test("any changed bit of the header keeps the file from opening")
    func header() throws {
        for offset in 0..<IndexFormat.headerSize {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            #expect(throws: IndexError.self, "byte \(offset)") { try open(damaged) }
        }
    }

    @Test(
        "a changed byte in any section gives the answer of the whole file or the word that it is damaged, and verify finds it"
    )
    func content() throws {
        var generator = SeededGenerator(seed: 5)
        let sound = answers(healthy)
        let whole = Set(sound)
        #expect(healthy.damage == nil)
        for section in IndexSection.allCases {
            let range = healthy.reader.layout[section]
            guard !range.isEmpty else { continue }
            for _ in 0..<12 {
                var damaged = bytes
                let offset = Int.random(in: range, using: &generator)
                damaged[offset] =
                    [damaged[offset] ^ 0x80, 0xff, damaged[offset] &+ 1].filter { $0 != damaged[offset] }
                    .randomElement(using: &generator) ?? ~damaged[offset]
                // Feeds, orderings and checks are read on opening, which may then fail already.
                guard let index = try? open(damaged) else { continue }
                let given = answers(index)
                let wrong = given.filter { !whole.contains($0) && !Self.admitsDamage($0) }
                #expect(wrong == [], "\(section) byte \(offset)")
                // Answers without room for an error are followed by a note of it.
                #expect(given == sound || index.damage != nil, "\(section) byte \(offset)")
                #expect(throws: IndexError.self, "\(section) byte \(offset)") { try index.verify() }
                _ = index.changedNames(since: healthy)
                _ = healthy.changedVulnerabilities(since: index)
            }
        }
    }

    @Test("bytes between the sections are covered too")
    func gaps() throws {
        let covered = IndexSection.allCases.map { healthy.reader.layout[$0] }
        let gap = (IndexFormat.headerSize..<bytes.count).first { offset in
            !covered.contains { $0.contains(offset) }
        }
        var damaged = bytes
        damaged[try #require(gap)] ^= 1
        let index = try open(damaged)
        #expect(throws: IndexError.self) { try index.verify() }
    }

    /// Whether an answer says that it is none, or is one that has no room to say so.
    private static func admitsDamage(_ answer: String) -> Bool {
        answer.contains("damaged_index") || answer == "false" || answer == "nil"
    }

    @Test("sections filled with one value neither trap nor leave the file", arguments: [UInt8(0), 1, 0x7f, 0xff])
    func filled(value: UInt8) throws {
        let whole = Set(answers(healthy))
        for section in IndexSection.allCases {
            let range = healthy.reader.layout[section]
            var damaged = bytes
            for offset in range { damaged[offset] = value }
            guard let index = try? open(damaged) else { continue }
            #expect(answers(index).allSatisfy { whole.contains($0) || Self.admitsDamage($0) }, "\(section)")
            _ = index.changedNames(since: healthy)
        }
    }

    @Test(
        "a file whose checks were made to fit again neither traps nor leaves the file",
        arguments: [UInt8(0), 1, 0x7f, 0xff])
    func forged(value: UInt8) throws {
        var generator = SeededGenerator(seed: UInt64(value) + 11)
        for section in IndexSection.allCases where section != .checks {
            let range = healthy.reader.layout[section]
            guard !range.isEmpty else { continue }
            for round in 0..<8 {
                var damaged = bytes
                if round == 0 {
                    for offset in range { damaged[offset] = value }
                } else {
                    for _ in 0..<4 { damaged[Int.random(in: range, using: &generator)] = value }
                }
                reseal(&damaged)
                guard let index = try? open(damaged) else { continue }
                _ = answers(index)
                _ = index.changedNames(since: healthy)
                _ = index.changedVulnerabilities(since: healthy)
                for scope in index.scopes { _ = index.advisories(scope: scope, name: "name1") }
                for number in 0..<UInt32(min(40, index.advisoryCount)) { _ = index.advisoryRecord(number: number) }
                _ = (index.lifecycles, index.supportNotes)
            }
        }
    }

    /// Makes checks and digests of a changed file fit.
    private func reseal(_ file: inout [UInt8]) {
        let checks = healthy.reader.layout[.checks]
        var page = IndexFormat.headerSize
        for offset in stride(from: checks.lowerBound, to: checks.upperBound, by: 8) {
            let end = min(page + IndexFormat.pageSize, checks.lowerBound)
            let value = file[page..<end].withUnsafeBytes { PageCheck.value($0) }
            withUnsafeBytes(of: value.littleEndian) { file.replaceSubrange(offset..<offset + 8, with: $0) }
            page = end
        }
        let digest = file[checks].withUnsafeBytes { IndexLayout.digest(of: $0) }
        file.replaceSubrange(IndexFormat.checksDigestOffset..<IndexFormat.checksDigestOffset + 32, with: digest)
        let header = file[..<992].withUnsafeBytes { IndexLayout.digest(of: $0) }
        file.replaceSubrange(992..<1024, with: header)
    }

    @Test("an untouched copy verifies and gives the same answers")
    func untouched() throws {
        let copy = try open(bytes)
        try copy.verify()
        #expect(answers(copy) == answers(healthy))
        #expect(answers(copy).contains { $0.contains("CVE-2024-1001") })
    }

    @Test("damage on the way to an answer gives undetermined, never an empty list")
    func neverSilent() throws {
        var damaged = bytes
        for offset in healthy.reader.layout[.blocks] { damaged[offset] = 0xff }
        let index = try open(damaged)
        let reasons = (0..<17).flatMap { index.verdicts("1.0.0", name: "name\($0)").map(\.reason) }
        #expect(reasons.contains("damaged_index"))
        let explanations = (0..<17).map { index.explain("1.0.0", "CVE-2024-1001", name: "name\($0)").reason }
        #expect(explanations.contains("damaged_index"))
    }

    @Test("what is no index says so")
    func foreign() throws {
        let path = folder.file("other")
        #expect(throws: IndexError.notAnIndex(path: folder.file("damaged"))) {
            try open(Array("SQLite format 3 and more".utf8))
        }
        #expect(throws: IndexError.self) { try AdvisoryIndex(path: path) }
        #expect(throws: IndexError.unreadable(path: folder.path, reason: "not a regular file")) {
            try AdvisoryIndex(path: folder.path)
        }
        var newer = bytes
        newer[8] = 3
        #expect(throws: IndexError.unsupportedFormat(version: 3)) { try open(newer) }
    }

    @Test("version keys made by other rules are refused")
    func foreignKeys() throws {
        var other = bytes
        other[32] ^= 1
        let digest = other[..<992].withUnsafeBytes { IndexLayout.digest(of: $0) }
        other.replaceSubrange(992..<1024, with: digest)
        #expect(throws: IndexError.foreignVersionKeys) { try open(other) }
    }
}
