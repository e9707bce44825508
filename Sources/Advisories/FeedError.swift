import JSONDocuments

/// Why a feed as a whole could not be read. Damaged or oversized files are `Archives.ArchiveError`s instead.
public enum FeedError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is of no kind that is read here; `seen` says what it looks like, as `text that begins “# Feeds”`.
    case unknownKind(path: String, seen: String)
    /// The folder holds no feed; `seen` says what it does hold, as `it is empty`.
    case nothingFound(path: String, seen: String = "nothing in it is a file of this feed")
    /// The folder cannot be listed.
    case unreadable(path: String, reason: String)
    /// The file's frame is broken, so nothing can be said of the records behind that place.
    case malformed(path: String, fault: JSONDocumentError)
    /// The file is whole, but not what its kind should be.
    case unexpected(path: String, reason: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .unknownKind(let path, let seen): "\(path): no feed of a known kind, but \(seen). \(Self.knownKinds)"
        case .nothingFound(let path, let seen): "\(path): no feeds found; \(seen). \(Self.knownKinds)"
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .malformed(let path, let fault): "\(path): \(fault)"
        case .unexpected(let path, let reason): "\(path): \(reason)"
        }
    }

    /// What is read, for whoever gave something else.
    private static let knownKinds = """
        Feeds are: OSV records (one, a folder, an all.zip), Debian's tracker.json, DSA-list and DLA-list, Alpine's secdb, CSAF documents, \
        CVE JSON 5, pages of NVD's API 2.0, KEV, EPSS, Exploit Database's files_exploits.csv, Metasploit's modules_metadata_base.json, \
        endoflife.date, lists of debian-security-support; plain, compressed, or in a folder
        """
}
