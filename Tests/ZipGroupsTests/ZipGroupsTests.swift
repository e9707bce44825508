import Foundation
import Testing
import ZipGroups
import ZipTesting

/// The groups of a zip: together they hold what it holds, and each depends on its own entries alone.
@Suite struct ZipGroupsTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("groups-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private static func entries(_ count: Int) -> [(name: String, content: [UInt8])] {
        (0..<count).map { ("GHSA-\($0).json", Array("content \($0), \($0), \($0)".utf8)) }
    }

    private func write(_ entries: [(name: String, content: [UInt8])], to name: String = "zip") throws {
        var zip = ZipBytes()
        for entry in entries { zip.add(entry.name, entry.content) }
        try Data(zip.finished).write(to: URL(fileURLWithPath: path(name)))
    }

    private func open(
        _ name: String = "zip", except names: Set<String> = [], entryLimit: Int = 1000, totalLimit: Int = 1 << 20,
        countLimit: Int = 10_000
    ) -> ZipGroups? {
        ZipGroups(
            of: path(name), except: names, entryLimit: entryLimit, totalLimit: totalLimit, countLimit: countLimit)
    }

    private func packed(_ groups: ZipGroups) throws -> [[UInt8]] {
        try (0..<groups.count).map { try groups.packed($0) }
    }

    private func contents(_ groups: ZipGroups) throws -> [String: [UInt8]] {
        var all: [String: [UInt8]] = [:]
        for number in 0..<groups.count {
            try groups.forEachEntry(of: number) { #expect(all.updateValue($1, forKey: $0) == nil) }
        }
        return all
    }

    @Test(arguments: [(1, 1), (256, 1), (257, 2), (1500, 8)])
    func togetherTheyHoldEveryEntryOnce(count: Int, expected: Int) throws {
        try write(Self.entries(count))
        let groups = try #require(open())
        #expect(groups.count == expected && groups.names.count == count)
        #expect(
            try contents(groups) == Dictionary(uniqueKeysWithValues: Self.entries(count).map { ($0.name, $0.content) }))
    }

    @Test func theOrderInTheArchiveLeavesNoTraceAndAChangeIsInOneGroup() throws {
        var entries = Self.entries(1500)
        try write(entries)
        let before = try packed(try #require(open()))
        try write(entries.reversed())
        #expect(try packed(try #require(open())) == before)
        entries[700].content = Array("changed".utf8)
        try write(entries)
        #expect(zip(before, try packed(try #require(open()))).filter { $0 != $1 }.count == 1)
    }

    @Test func namedEntriesAreLeftOut() throws {
        try write(Self.entries(20))
        let left = try #require(open(except: ["GHSA-3.json", "GHSA-17.json", "none"]))
        #expect(try contents(left).count == 18)
    }

    @Test func limitsAndUnusualNamesLeaveItToOthers() throws {
        try write(Self.entries(3))
        let size = Self.entries(3).reduce(0) { $0 + $1.content.count }
        #expect(open(totalLimit: size, countLimit: 3) != nil)
        #expect(open(totalLimit: size - 1) == nil && open(countLimit: 2) == nil && open(entryLimit: 3) == nil)
        #expect(open("none") == nil)
        for name in ["ä.json", "folder/", "line\nbreak", "a b", "a\0b"] {
            try write([(name, [1])], to: "odd")
            #expect(open("odd") == nil, "\(name)")
        }
        try write([], to: "empty")
        #expect(open("empty") == nil)
        try Data("text".utf8).write(to: URL(fileURLWithPath: path("text")))
        #expect(open("text") == nil)
    }

    /// Of two ends or directories readers take different ones, and find different entries.
    @Test func aZipWithTwoDirectoriesIsLeftToOthers() throws {
        try write(Self.entries(2))
        let one = Array(try Data(contentsOf: URL(fileURLWithPath: path("zip"))))
        try write(Self.entries(3))
        let other = Array(try Data(contentsOf: URL(fileURLWithPath: path("zip"))))
        #expect(open() != nil)
        let odd: [[UInt8]] = [
            one + other, other + Array(other.suffix(22)), other + [0], other.dropLast(22) + other,
            other.dropLast(22) + [0] + other.suffix(22),
        ]
        for bytes in odd {
            try Data(bytes).write(to: URL(fileURLWithPath: path("two")))
            #expect(open("two") == nil)
        }
    }

    /// Archives of more than 65,535 entries end with numbers of 64 bits.
    @Test func aLongEndIsReadIfItsDirectoryIsWhereItSays() throws {
        try write(Self.entries(3))
        let short = Array(try Data(contentsOf: URL(fileURLWithPath: path("zip"))))
        for wrong in [0, 1] as [UInt64] {
            let zip = ZipBytes.withLongEnd(short, directoryOff: wrong)
            try Data(zip).write(to: URL(fileURLWithPath: path("long")))
            #expect(open("long")?.names == (wrong == 0 ? Set(Self.entries(3).map(\.name)) : nil))
        }
    }

    @Test func whatIsDamagedIsNeverRead() throws {
        try write(Self.entries(4))
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: path("zip"))))
        let expected = Self.entries(4).map(\.content)
        for place in 0..<good.count {
            for bad in [Array(good[..<place]), good[..<place] + [good[place] ^ 0x55] + good[(place + 1)...]] {
                try Data(bad).write(to: URL(fileURLWithPath: path("bad")))
                guard let groups = open("bad"), let read = try? contents(groups) else { continue }
                // Times and names have no checksum; contents have.
                #expect(read.values.allSatisfy(expected.contains), "at \(place)")
            }
        }
    }
}
