import Foundation
import Testing

@testable import Advisories

@Suite struct CompiledPartTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("part-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func builder(_ numbers: Range<Int>) throws -> IndexBuilder {
        var builder = IndexBuilder()
        for number in numbers {
            let condition = number % 5 == 0 ? Condition(criteria: "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*") : nil
            try builder.add(
                Advisory(
                    id: "GHSA-\(number)", feed: .osv(number % 2 == 0 ? "npm" : "PyPI"),
                    aliases: ["CVE-2024-\(1000 + number)"],
                    upstream: number % 3 == 0 ? ["OTHER-\(number)"] : [], summary: "summary \(number % 4)",
                    published: Int64(number), modified: number % 7 == 0 ? nil : 99,
                    withdrawn: number % 11 == 0 ? 5 : nil,
                    severities: [SeverityStatement(vector: nil, word: .high, origin: .vendor)],
                    references: ["https://example.org/\(number)"],
                    affected: [
                        AffectedPackage(
                            scope: "npm", name: "name\(number % 6)",
                            spelling: number % 9 == 0 ? "Name\(number % 6)" : nil,
                            ranges: [AffectedRange(kind: .semver, events: [.introduced("0"), .fixed("1.\(number)")])],
                            versions: ["2.\(number)"], state: .fixed, urgency: number % 4 == 0 ? "low" : nil,
                            condition: condition)
                    ]))
        }
        return builder
    }

    @Test("parts read from files and joined in any order give the same index as one builder")
    func joins() throws {
        let digest = try builder(0..<60).write(to: path("whole")).digest
        for (index, range) in [0..<20, 20..<45, 45..<60].enumerated() {
            try builder(range).writeCompiled(to: path("part\(index)"))
        }
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            var joined = IndexBuilder()
            for part in order { try joined.merge(try IndexBuilder(compiled: path("part\(part)"))) }
            #expect(try joined.write(to: path("joined")).digest == digest, "\(order)")
        }
    }

    @Test("a part that is missing, cut off or changed is refused")
    func damaged() throws {
        try builder(0..<20).writeCompiled(to: path("part"))
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path("part"))))
        #expect(throws: IndexBuildError.damagedCache(path: path("none"))) { try IndexBuilder(compiled: path("none")) }
        for length in stride(from: 0, to: bytes.count, by: 97) {
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path("bad")))
            #expect(throws: IndexBuildError.self, "cut to \(length)") { try IndexBuilder(compiled: path("bad")) }
        }
        for offset in stride(from: 0, to: bytes.count, by: 61) where !(12..<16).contains(offset) {
            var changed = bytes
            changed[offset] ^= 0x41
            try Data(changed).write(to: URL(fileURLWithPath: path("bad")))
            #expect(throws: IndexBuildError.self, "byte \(offset)") { try IndexBuilder(compiled: path("bad")) }
        }
    }
}
