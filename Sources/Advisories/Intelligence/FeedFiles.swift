#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files of a feed that may be one file or a folder of them.
enum FeedFiles {
    /// How deep folders are followed; the CVE list has `cves/2024/1xxx`.
    private static let maximumDepth = 8

    /// The file itself, or every wanted file in the folder and below, by the bytes of their paths.
    ///
    /// - Parameter isWanted: Told a file's name without its folder. A single file is not asked about.
    /// - Throws: ``FeedError`` when there is no such path, a folder cannot be listed, or nothing in it is wanted.
    static func list(_ path: String, where isWanted: (String) -> Bool) throws -> [String] {
        guard try isFolder(path) else { return [path] }
        var files: [String] = []
        try append(folder: path, depth: 1, to: &files, where: isWanted)
        guard !files.isEmpty else { throw FeedError.nothingFound(path: path) }
        return files
    }

    /// The last part of a path.
    static func name(_ path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? path
    }

    /// Whether a name is of that type, also with the ending of a compression: `page.json.gz` is `json`.
    static func isNamed(_ name: String, type: String) -> Bool {
        ["", ".gz", ".xz", ".bz2", ".zst"].contains { name.hasSuffix(".\(type)\($0)") }
    }

    private static func isFolder(_ path: String) throws -> Bool {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FeedError.unreadable(path: path, reason: "no such file or folder")
        }
        return isFolder
    }

    private static func append(
        folder: String, depth: Int, to files: inout [String], where isWanted: (String) -> Bool
    ) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FeedError.unreadable(path: folder, reason: "cannot be listed")
        }
        let visible = names.filter { !$0.hasPrefix(".") }
        for name in visible.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let path = "\(folder)/\(name)"
            if isWanted(name) {
                files.append(path)
            } else if depth < maximumDepth, try isFolder(path) {
                try append(folder: path, depth: depth + 1, to: &files, where: isWanted)
            }
        }
    }
}
