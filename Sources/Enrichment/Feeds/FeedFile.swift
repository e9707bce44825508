import Advisories

/// One feed as a publisher offers it and a mirror repeats it: a file, or a folder of files that belong together.
public struct FeedFile: Sendable, Hashable {
    /// Which feed.
    public let feed: FeedID
    /// Path below the snapshot folder, the same as in a mirror: of a file, or of a folder that is replaced as a whole.
    public let path: String
    /// How it is fetched.
    public let source: Source
    /// Whether a plain sync fetches it; the others must be asked for once.
    public let isDefault: Bool

    /// How a feed is fetched.
    public enum Source: Sendable, Hashable {
        /// One file at a URL.
        case file(String)
        /// A folder of files, each at a URL of its own.
        case folder([Part])
        /// An OSV ecosystem at a base URL: its export, then only the records that changed.
        case osv(String)
        /// The NVD's API 2.0 at its URL: all pages, then those of what changed.
        case nvd(String)
        /// A folder with the archive that a text file at this URL names; the archive lies beside the text.
        case namedArchive(String)
        /// A file or folder on this machine.
        case local(String)
    }

    /// One file of a folder.
    public struct Part: Sendable, Hashable {
        /// Its name in the folder.
        public let name: String
        /// Where it is fetched from.
        public let url: String

        /// Makes one from its parts.
        public init(name: String, url: String) {
            self.name = name
            self.url = url
        }
    }

    /// Makes one from its parts.
    public init(feed: FeedID, path: String, source: Source, isDefault: Bool = true) {
        self.feed = feed
        self.path = path
        self.source = source
        self.isDefault = isDefault
    }

    /// Whether a name that a person writes means this feed: the feed itself, or a group of feeds (`osv`, `alpine-secdb`).
    public func isMeant(by name: String) -> Bool {
        feed.rawValue == name || feed.rawValue.hasPrefix(name + "/")
    }
}
