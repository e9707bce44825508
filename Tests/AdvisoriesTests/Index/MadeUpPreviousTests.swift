import Foundation
import Testing

@testable import Advisories

/// A previous index may be made up, digests and all: what is taken over from it can be nonsense then, but no number in it stops the program.
@Suite struct MadeUpPreviousTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("made-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func builder() throws -> IndexBuilder {
        var builder = IndexBuilder()
        for number in 0..<6 {
            try builder.add(
                Advisory(
                    id: "GHSA-\(number)", feed: .osv("npm"), aliases: ["CVE-2024-\(1000 + number)"],
                    affected: [
                        AffectedPackage(
                            scope: "npm", name: "name\(number % 2)",
                            ranges: [
                                AffectedRange(kind: .semver, events: [.introduced("0"), .fixed("1.\(number)")]),
                                AffectedRange(kind: .semver, events: [.introduced("2.0.0"), .fixed("?")]),
                            ], versions: ["0.\(number).1"])
                    ]))
        }
        return builder
    }

    private func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var section = SectionBytes()
        section.append(bytes: bytes)
        return Array(section.digest)
    }

    /// Puts new checks and digests over a changed index, and its notes under the new one.
    private func seal(_ index: inout [UInt8], _ notes: inout [UInt8]) {
        sealPages(of: &index)
        index.replaceSubrange(48..<80, with: digest(index[IndexFormat.headerSize...]))
        let end = IndexFormat.headerDigestOffset
        index.replaceSubrange(end..<end + 32, with: digest(index[..<end]))
        notes.replaceSubrange(16..<48, with: index[48..<80])
    }

    private func sealPages(of index: inout [UInt8]) {
        let line =
            IndexFormat.sectionTableOffset + (Int(IndexSection.checks.rawValue) - 1) * IndexFormat.sectionTableStride
        let start = index.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: line + 8, as: UInt64.self)) }
        var place = start
        for page in stride(from: IndexFormat.headerSize, to: start, by: IndexFormat.pageSize) {
            let check = index[page..<min(page + IndexFormat.pageSize, start)].withUnsafeBytes { PageCheck.value($0) }
            index.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: check.littleEndian) { Array($0) })
            place += 8
        }
        let digests = IndexFormat.checksDigestOffset
        index.replaceSubrange(digests..<digests + 32, with: digest(index[start..<place]))
    }

    @Test(
        "every number of a name, at its ends, builds an index",
        arguments: [
            IndexSection.names, .blocks, .groups, .entries, .rulesets, .intervals, .listed, .orderings, .advisories,
            .vulnerabilities,
        ])
    func survives(section: IndexSection) throws {
        let good = PreviousBuild(index: path("good"), notes: path("good.notes"))
        _ = try builder().write(to: good.index, notes: good.notes)
        let index = Array(try Data(contentsOf: URL(fileURLWithPath: good.index)))
        let notes = Array(try Data(contentsOf: URL(fileURLWithPath: good.notes)))
        let line = IndexFormat.sectionTableOffset + (Int(section.rawValue) - 1) * IndexFormat.sectionTableStride
        let start = index.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: line + 8, as: UInt64.self)) }
        let count = index.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: line + 16, as: UInt64.self)) }
        let bad = PreviousBuild(index: path("bad"), notes: path("bad.notes"))
        for place in stride(from: start, to: start + min(count, 256), by: 4) {
            for number: [UInt8] in [[255, 255, 255, 255], [254, 255, 255, 255], [0, 0, 0, 0], [255, 255, 255, 127]] {
                var (index, notes) = (index, notes)
                index.replaceSubrange(place..<place + 4, with: number)
                seal(&index, &notes)
                try Data(index).write(to: URL(fileURLWithPath: bad.index))
                try Data(notes).write(to: URL(fileURLWithPath: bad.notes))
                let summary = try builder().write(to: path("next"), previous: bad)
                #expect(summary.names == 2, "\(section) at \(place)")
            }
        }
    }

    @Test("rule numbers from end to end, in two entries of one name, are refused")
    func ruleNumbers() throws {
        let good = PreviousBuild(index: path("good"), notes: path("good.notes"))
        let digest = try builder().write(to: good.index, notes: good.notes).digest
        var index = Array(try Data(contentsOf: URL(fileURLWithPath: good.index)))
        var notes = Array(try Data(contentsOf: URL(fileURLWithPath: good.notes)))
        let line = IndexFormat.sectionTableOffset + (Int(IndexSection.entries.rawValue) - 1) * 24
        let entries = index.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: line + 8, as: UInt64.self)) }
        index.replaceSubrange(entries + 8..<entries + 12, with: [0, 0, 0, 0])
        index.replaceSubrange(entries + 32..<entries + 36, with: [255, 255, 255, 255])
        seal(&index, &notes)
        try Data(index).write(to: URL(fileURLWithPath: path("bad")))
        try Data(notes).write(to: URL(fileURLWithPath: path("bad.notes")))
        let bad = PreviousBuild(index: path("bad"), notes: path("bad.notes"))
        let summary = try builder().write(to: path("next"), previous: bad)
        // The name with these entries is worked out, the other taken over: so the result is right, too.
        #expect(summary.reusedNames == 1 && summary.digest == digest)
    }
}
