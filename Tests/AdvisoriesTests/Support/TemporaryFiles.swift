import Foundation
import ZipTesting

/// A folder with the given files, gone after the call.
func withFiles<Result>(_ files: [String: [UInt8]], _ body: (_ folder: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zerotrace-feeds-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
    return try body(folder.path)
}

/// One file of that content, gone after the call.
func withFile<Result>(_ bytes: [UInt8], named name: String = "file", _ body: (_ path: String) throws -> Result) throws
    -> Result
{
    try withFiles([name: bytes]) { try body("\($0)/\(name)") }
}

/// A zip archive of stored entries (APPNOTE.TXT).
func zip(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in entries {
        let offset = bytes.count
        let common =
            little(0x0800, 2) + little(0, 2) + little(0, 4) + little(Int(ZipBytes.checksum(content)), 4)
            + little(content.count, 4)
            + little(content.count, 4) + little(name.utf8.count, 2) + little(0, 2)
        bytes += [0x50, 0x4B, 3, 4] + little(20, 2) + common + Array(name.utf8) + content
        directory += [0x50, 0x4B, 1, 2] + little(0x0314, 2) + little(20, 2) + common + little(0, 6)
        directory += little(0o100644 << 16, 4) + little(offset, 4) + Array(name.utf8)
    }
    return bytes + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(entries.count, 2) + little(entries.count, 2)
        + little(directory.count, 4) + little(bytes.count, 4) + little(0, 2)
}

/// A zip archive of JSON texts under the given names.
func zip(_ texts: [(name: String, text: String)]) -> [UInt8] {
    zip(texts.map { ($0.name, Array($0.text.utf8)) })
}

private func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
