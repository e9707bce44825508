import JSONDocuments

/// Why a feed as a whole could not be read. Damaged or oversized files are `Archives.ArchiveError`s instead.
public enum FeedError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is of no kind that is read here.
    case unknownKind(path: String)
    /// The folder holds no feed in the expected places.
    case nothingFound(path: String)
    /// The folder cannot be listed.
    case unreadable(path: String, reason: String)
    /// The file's frame is broken, so nothing can be said of the records behind that place.
    case malformed(path: String, fault: JSONDocumentError)
    /// The file is whole, but not what its kind should be.
    case unexpected(path: String, reason: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .unknownKind(let path): "\(path): not a feed of a known kind"
        case .nothingFound(let path): "\(path): no feeds found"
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .malformed(let path, let fault): "\(path): \(fault)"
        case .unexpected(let path, let reason): "\(path): \(reason)"
        }
    }
}
