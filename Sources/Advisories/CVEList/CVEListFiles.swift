import Archives

/// The files of the CVE list: single records and archives of them.
struct CVEListFiles {
    /// Ends a reading once enough was seen.
    private struct Enough: Error {}

    private struct File {
        let path: String
        let isArchive: Bool
    }

    private let files: [File]

    init(_ path: String) throws {
        let paths = try FeedFiles.list(path) { Self.isRecord($0) || Self.isArchive($0) }
        // In a folder names tell; a single file may have any.
        files = try paths.map {
            File(path: $0, isArchive: try paths.count == 1 ? Self.holdsArchive($0) : Self.isArchive(FeedFiles.name($0)))
        }
    }

    /// Whether a record may be there more than once.
    var repeatsRecords: Bool {
        files.count > 1
            && (files.contains(where: \.isArchive) || Set(files.map { FeedFiles.name($0.path) }).count < files.count)
    }

    /// Hands over each record's name and bytes; no bytes for a JSON file that is none, or larger than a record may be.
    func forEach(limits: FeedLimits, _ body: (_ name: String, _ bytes: [UInt8]?) throws -> Void) throws {
        for file in files {
            guard file.isArchive else {
                try body(FeedFiles.name(file.path), try Archive.readCompressed(file.path, limit: limits.recordBytes))
                continue
            }
            try Archive.forEachFile(in: file.path, totalLimit: limits.feedBytes, countLimit: limits.records) {
                path, next in
                let name = FeedFiles.name(path)
                if Self.isRecord(name) {
                    try body(name, try Self.read(next, limit: limits.recordBytes))
                } else if name.hasSuffix(".json") && !Self.ownFiles.contains(name) {
                    try body(name, nil)
                }
            }
        }
    }

    /// An entry's content; `nil` when it is larger than any record may be.
    private static func read(_ next: () throws -> UnsafeRawBufferPointer?, limit: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while let chunk = try next() {
            guard chunk.count <= limit - bytes.count else { return nil }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }

    /// The list's own accounts of what changed.
    private static let ownFiles: Set<String> = ["delta.json", "deltaLog.json", "recent_activities.json"]

    private static func isRecord(_ name: String) -> Bool {
        name.hasPrefix("CVE-") && FeedFiles.isNamed(name, type: "json")
    }

    private static func isArchive(_ name: String) -> Bool {
        [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst"].contains { name.hasSuffix($0) }
    }

    private static func holdsArchive(_ path: String) throws -> Bool {
        var start: [UInt8] = []
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                start.append(contentsOf: chunk.prefix(512 - start.count))
                if start.count == 512 { throw Enough() }
            }
        } catch is Enough {}
        // Zip at its start; tar by the mark behind the first entry's names (POSIX.1-1988).
        return start.starts(with: [0x50, 0x4B]) || start.dropFirst(257).starts(with: "ustar".utf8)
    }
}
