import Foundation
import SeededRandom
import Testing

@testable import Advisories

/// Texts that one build shares with the next: they save work, and change nothing.
@Suite struct SharedTextsTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("texts-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    private func builder(_ part: Int, fixed: String = "1.0") throws -> IndexBuilder {
        var builder = IndexBuilder()
        for number in part * 20..<part * 20 + 20 {
            try builder.add(
                Advisory(
                    id: "GHSA-\(number)", feed: .osv("npm"), aliases: ["CVE-2024-\(1000 + number)"],
                    summary: "summary \(number)",
                    affected: [
                        AffectedPackage(
                            scope: "npm", name: "name\(number)",
                            ranges: [AffectedRange(kind: .semver, events: [.introduced("0"), .fixed(fixed)])],
                            condition: number % 3 == 0 ? Condition(moduleStream: "m:\(number % 2)") : nil)
                    ]))
        }
        return builder
    }

    /// Parts 0 to 2 in files, and their texts.
    private func keep() throws {
        var all = IndexBuilder()
        for part in 0..<3 {
            var own = try builder(part)
            try own.keepCompiled(at: path("part\(part)"), note: Array("note \(part)".utf8))
            try all.merge(own)
        }
        try all.shareTexts(since: nil).write(to: path("texts"))
        _ = try all.write(to: path("index"), notes: path("notes"))
    }

    private func build(
        _ parts: [CompiledAdvisories], texts: SharedTexts?, atOnce: Bool = false, and other: IndexBuilder? = nil,
        previous: Bool = false
    ) throws -> IndexSummary {
        var builder = texts.map { IndexBuilder(texts: $0) } ?? IndexBuilder()
        if atOnce { try builder.merge(parts) } else { for part in parts { try builder.merge(part) } }
        if let other { try builder.merge(other) }
        let before = previous ? PreviousBuild(index: path("index"), notes: path("notes")) : nil
        return try builder.write(to: path("next"), notes: path("next.notes"), previous: before)
    }

    @Test func aBuildWithSharedTextsHasTheBytesOfOneWithout() throws {
        try keep()
        let texts = try #require(SharedTexts(path: path("texts")))
        let parts = try (0..<3).map { try CompiledAdvisories(path: path("part\($0)"), texts: texts) }
        #expect(parts.allSatisfy(\.isShared) && parts.map(\.note) == (0..<3).map { Array("note \($0)".utf8) })
        let whole = try (0..<3).map { try CompiledAdvisories(path: path("part\($0)")) }
        #expect(whole.filter(\.isShared).isEmpty)
        let digest = try build(whole, texts: nil).digest
        #expect(try build(parts, texts: texts).digest == digest)
        #expect(try build(parts.reversed(), texts: texts).digest == digest)
        // Names are told by the numbers of their texts, so the notes of the first build serve this one: those with conditions, too.
        #expect(try build(parts, texts: texts, previous: true).reusedNames == 60)
        #expect(try build(whole, texts: nil, previous: true).reusedNames == 0)
        // A part of which texts are not known, as a changed one.
        let changed = try builder(1, fixed: "1.7")
        let next = try build([parts[0], parts[2]], texts: texts, and: changed, previous: true)
        #expect(next.reusedNames == 40)
        #expect(try build([whole[2], whole[0]], texts: nil, and: changed).digest == next.digest)
    }

    @Test("parts taken all at once make what they make one by one, and so do those that come later")
    func partsAtOnce() throws {
        try keep()
        let texts = try #require(SharedTexts(path: path("texts")))
        let parts = try (0..<3).map { try CompiledAdvisories(path: path("part\($0)"), texts: texts) }
        var apart = try builder(1, fixed: "2.5")
        try apart.keepCompiled(at: path("apart"), note: [])
        // Records and names of the second come three times, the last time with other words and texts of their own.
        let all = parts + [parts[1], try CompiledAdvisories(path: path("apart"), texts: texts)]
        #expect(all.map(\.isShared) == [true, true, true, true, false])
        let digest = try build(all, texts: texts, and: builder(7)).digest
        #expect(try build(all, texts: texts, atOnce: true, and: builder(7)).digest == digest)
        #expect(try build(all.reversed(), texts: texts, atOnce: true, and: builder(7)).digest == digest)
        var twice = IndexBuilder(texts: texts)
        try twice.merge(Array(all[..<2]))
        try twice.merge(Array(all[2...]))
        try twice.merge(builder(7))
        #expect(try twice.write(to: path("next")).digest == digest)
        #expect(try build([], texts: texts, atOnce: true).names == 0)
    }

    @Test func twoThatContinueTheSameTextsAreToldApart() throws {
        try keep()
        let texts = try #require(SharedTexts(path: path("texts")))
        func continued(_ name: String, _ more: Int, fixed: String) throws -> IndexSummary {
            var builder = IndexBuilder(texts: texts)
            for part in 0..<3 { try builder.merge(try CompiledAdvisories(path: path("part\(part)"), texts: texts)) }
            var own = try self.builder(more, fixed: fixed)
            try own.keepCompiled(at: path(name + ".part"), note: [])
            try builder.merge(own)
            try builder.shareTexts(since: texts).write(to: path(name + ".texts"))
            return try builder.write(to: path(name), notes: path(name + ".notes"))
        }
        _ = try continued("one", 3, fixed: "3.3")
        let two = try continued("two", 3, fixed: "4.4")
        // What one noted of its texts means others in the file of the other.
        let other = try #require(SharedTexts(path: path("two.texts")))
        var builder = IndexBuilder(texts: other)
        for part in ["part0", "part1", "part2", "two.part"] {
            let part = try CompiledAdvisories(path: path(part), texts: other)
            #expect(part.isShared)
            try builder.merge(part)
        }
        let summary = try builder.write(
            to: path("next"), previous: PreviousBuild(index: path("one"), notes: path("one.notes")))
        #expect(summary.digest == two.digest && summary.reusedNames == 0)
    }

    @Test func damagedTextsAndPartsAreRefused() throws {
        try keep()
        let (texts, part) = (try bytes("texts"), try bytes("part1"))
        let good = try #require(SharedTexts(path: path("texts")))
        func write(_ bytes: some Collection<UInt8>) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: path("bad")))
        }
        for place in stride(from: 0, to: texts.count, by: 37) {
            try write(texts[..<place])
            #expect(SharedTexts(path: path("bad")) == nil, "texts cut to \(place)")
            var changed = texts
            changed[place] ^= 0x41
            try write(changed)
            #expect(SharedTexts(path: path("bad")) == nil, "texts, byte \(place)")
        }
        // Of a part whose texts are known the texts are not read, so their bytes do not matter.
        let columns = part.count - (try CompiledAdvisories(path: path("part1"))).textBytes
        for place in stride(from: 0, to: columns, by: 7) {
            try write(part[..<place])
            #expect(throws: IndexBuildError.self, "part cut to \(place)") {
                try CompiledAdvisories(path: path("bad"), texts: good)
            }
            var changed = part
            changed[place] ^= 0x41
            try write(changed)
            #expect(throws: IndexBuildError.self, "part, byte \(place)") {
                try CompiledAdvisories(path: path("bad"), texts: good)
            }
        }
        #expect(SharedTexts(path: path("none")) == nil)
    }

    /// With the check made right again: what a number may be is checked, too.
    @Test func madeUpTextsDoNotStopTheProgram() throws {
        try keep()
        let texts = try bytes("texts")
        var generator = SplitMix(seed: 4)
        for _ in 0..<400 {
            var changed = texts
            let place = Int.random(in: 24..<changed.count - 4, using: &generator)
            let number: [UInt8] = [[255, 255, 255, 255], [0, 0, 0, 0], [255, 255, 255, 127], [1, 0, 0, 0]][
                Int.random(in: 0..<4, using: &generator)]
            changed.replaceSubrange(place..<place + 4, with: number)
            let check = changed[24...].withUnsafeBytes { PageCheck.value($0) }
            changed.replaceSubrange(16..<24, with: withUnsafeBytes(of: check.littleEndian) { Array($0) })
            try Data(changed).write(to: URL(fileURLWithPath: path("bad")))
            guard let made = SharedTexts(path: path("bad")) else { continue }
            let parts = try (0..<3).compactMap { number -> CompiledAdvisories? in
                let part = try CompiledAdvisories(path: path("part\(number)"), texts: made)
                return part.isShared ? part : nil
            }
            _ = try build(parts, texts: made, atOnce: place % 2 == 0, and: builder(5))
        }
    }

    @Test func textsThatFewUseAnyMoreAreGivenUp() throws {
        var builder = try builder(0)
        let first = builder.shareTexts(since: nil)
        for part in 1..<90 { try builder.merge(self.builder(part, fixed: "9.\(part)")) }
        try SharedTexts.Draft(
            texts: builder.shareTexts(since: nil).texts, parts: [], first: first.texts.count, numbering: first.numbering
        ).write(to: path("worn"))
        #expect(SharedTexts(path: path("worn")) == nil)
        try builder.shareTexts(since: nil).write(to: path("fresh"))
        #expect(SharedTexts(path: path("fresh")) != nil)
    }
}

extension CompiledAdvisories {
    /// Bytes that the texts take in the file, with their lengths.
    fileprivate var textBytes: Int {
        guard let texts = content.texts else { return 0 }
        return 16 + texts.count * 4 + texts.lengths.reduce(0) { $0 + Int($1) }
    }
}
