/// Why an archive or compressed file could not be read; every case names the file.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is missing, not a regular file, or not ours to read.
    case cannotOpen(path: String, reason: String)
    /// The bytes are in none of the formats asked for.
    case unknownFormat(path: String, reason: String)
    /// Reading broke off at `offset` bytes into the file (about; libarchive reads ahead), within `entry` if one was open.
    case damaged(path: String, entry: String?, offset: Int64, reason: String)
    /// One entry, or the one compressed file, unpacks to more bytes than allowed.
    case entryTooLarge(path: String, entry: String?, limit: Int)
    /// All entries together unpack to more bytes than allowed.
    case totalTooLarge(path: String, limit: Int)
    /// More entries than allowed.
    case tooManyEntries(path: String, limit: Int)

    /// Writing broke off; what stands at `path` is no archive.
    case cannotWrite(path: String, reason: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path): cannot open: \(reason)"
        case .unknownFormat(let path, let reason): "\(path): \(reason)"
        case .damaged(let path, let entry, let offset, let reason):
            "\(path): damaged near byte \(offset)\(entry.map { " in \($0)" } ?? ""): \(reason)"
        case .entryTooLarge(let path, let entry, let limit):
            "\(path): \(entry.map { "\($0) " } ?? "")unpacks to more than \(limit) bytes"
        case .totalTooLarge(let path, let limit): "\(path): the entries unpack to more than \(limit) bytes together"
        case .cannotWrite(let path, let reason): "\(path): cannot write: \(reason)"
        case .tooManyEntries(let path, let limit): "\(path): more than \(limit) entries"
        }
    }
}
