import Archives
import Foundation
import Testing

/// What is written reads back the same, and no damage goes unnoticed.
@Suite struct ArchiveWriterTests {
    private static let entries: [(name: String, bytes: [UInt8])] = [
        ("a.json", Array("{}".utf8)), ("folder/größe.json", []),
        (
            String(repeating: "long/", count: 40) + "name",
            (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        ),
    ]

    private func write(_ format: ArchiveWriter.Format, to path: String) throws {
        let writer = try ArchiveWriter(path: path, format: format)
        for entry in Self.entries { try writer.add(entry.name, entry.bytes) }
        try writer.finish()
    }

    private func read(_ path: String, totalLimit: Int = 1 << 20) throws -> [(name: String, bytes: [UInt8])] {
        var entries: [(name: String, bytes: [UInt8])] = []
        try Archive.forEachEntry(in: path, entryLimit: 1 << 20, totalLimit: totalLimit) { entries.append(($0, $1)) }
        return entries
    }

    @Test(arguments: [ArchiveWriter.Format.zip, .tarZstandard])
    func whatIsWrittenReadsBackAndTwiceTheSameBytes(format: ArchiveWriter.Format) throws {
        try withFile([1, 2, 3]) { first in
            try write(format, to: first)
            #expect(try read(first).elementsEqual(Self.entries) { $0.name == $1.name && $0.bytes == $1.bytes })
            #expect(throws: ArchiveError.totalTooLarge(path: first, limit: 1000)) { try read(first, totalLimit: 1000) }
            try withFile([]) { second in
                try write(format, to: second)
                #expect(try bytes(of: second) == bytes(of: first))
            }
        }
    }

    @Test func filesAreCopiedPieceByPiece() throws {
        let content = (0..<700_001).map { UInt8(truncatingIfNeeded: $0) }
        try withFile(content) { source in
            try withFile([]) { path in
                let writer = try ArchiveWriter(path: path, format: .tarZstandard)
                try writer.add("copy", contentOf: source)
                try writer.finish()
                #expect(try read(path).map(\.bytes) == [content])
                #expect(throws: ArchiveError.self) { try writer.add("more", contentOf: "/nonexistent") }
            }
        }
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() {
        #expect(throws: ArchiveError.self) { try ArchiveWriter(path: "/nonexistent/a.zip", format: .zip) }
    }

    @Test func aTarCutAnywhereNeverLooksWhole() throws {
        try withFile([]) { path in
            try write(.tarZstandard, to: path)
            let tar = try Archive.readCompressed(path, limit: 1 << 22)
            let packed = try bytes(of: path)
            for cut in stride(from: 0, to: packed.count, by: max(1, packed.count / 97)) {
                _ = try withFile(Array(packed.prefix(cut))) { cut in
                    #expect(throws: ArchiveError.self) { try read(cut) }
                }
            }
            // Between two entries there is nothing but the missing end to tell.
            for cut in stride(from: 0, to: tar.count, by: 4096) {
                _ = try withFile(Array(tar.prefix(cut))) { cut in #expect(throws: ArchiveError.self) { try read(cut) } }
            }
            #expect(try withFile(tar) { try read($0).count } == 3)
        }
    }

    @Test func aTarDamagedAnywhereNeverTraps() throws {
        try withFile([]) { path in
            try write(.tarZstandard, to: path)
            let packed = try bytes(of: path)
            for index in stride(from: 0, to: packed.count, by: max(1, packed.count / 211)) {
                var damaged = packed
                damaged[index] ^= 0x55
                _ = try withFile(damaged) { damaged in try? read(damaged) }
            }
        }
    }
}

/// The bytes of a file as they are on disk.
private func bytes(of path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: path)))
}
