/// The list of what changed when, that stands beside OSV's exports: `modified_id.csv`.
///
/// Each line is `2024-08-15T00:05:00Z,GHSA-…`, newest first; in the list of all ecosystems `2024-08-15T00:05:00Z,PyPI/GHSA-…`.
///
/// Source: <https://google.github.io/osv.dev/data/#data-dumps>
public struct OSVModifiedList: Sendable, Hashable {
    /// One record that changed.
    public struct Entry: Sendable, Hashable {
        /// The folder it lies in; `nil` in the list of one ecosystem.
        public let ecosystem: String?
        /// The record's id.
        public let id: String
        /// When it last changed, in Unix seconds.
        public let modified: Int64

        /// Names a record that changed.
        public init(ecosystem: String?, id: String, modified: Int64) {
            self.ecosystem = ecosystem
            self.id = id
            self.modified = modified
        }
    }

    /// The records that changed, in the order of the list.
    public private(set) var entries: [Entry] = []
    /// Lines that could not be read.
    public private(set) var malformed = 0

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - bytes: The file's content. The order of its lines is not relied on.
    ///   - since: Unix seconds; only what changed at that second or later is kept, so that nothing that changed within it is lost. `nil`
    ///     keeps everything.
    /// - Returns: At most one entry a line; broken lines are counted. Never fails.
    public static func read(_ bytes: [UInt8], since: Int64? = nil) -> OSVModifiedList {
        var list = OSVModifiedList()
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if text.isEmpty { continue }
            guard let entry = Entry(text) else {
                list.malformed += 1
                continue
            }
            if let since, entry.modified < since { continue }
            list.entries.append(entry)
        }
        return list
    }
}

extension OSVModifiedList.Entry {
    fileprivate init?(_ line: ArraySlice<UInt8>) {
        guard let comma = line.firstIndex(of: UInt8(ascii: ",")), line.count <= 512 else { return nil }
        let time = Array(line[..<comma]).withUnsafeBufferPointer { Timestamp.parse($0) }
        let path = line[(comma + 1)...]
        guard let time, !path.isEmpty, path.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") }) else {
            return nil
        }
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        let id = slash.map { path[($0 + 1)...] } ?? path
        // Ids become file names and parts of URLs.
        guard !id.isEmpty, !id.contains(0x20), id.first != UInt8(ascii: ".") else { return nil }
        self.init(
            ecosystem: slash.map { String(decoding: path[..<$0], as: UTF8.self) },
            id: String(decoding: id, as: UTF8.self), modified: time)
    }
}
