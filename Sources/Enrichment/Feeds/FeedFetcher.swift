/// Where feed files come from: their publishers, a mirror over HTTP, a mirror in a folder.
protocol FeedFetcher: Sendable {
    /// The files that can be asked for here.
    func listFiles() throws -> [FeedFile]
    /// Brings one file to `staging`, a path that does not exist yet.
    ///
    /// - Parameter known: What the source said of the version we hold, to be told when nothing changed.
    /// - Throws: ``FeedFetchError``. A file may then lie at `staging`, cut short; the caller deletes it.
    func fetch(_ file: FeedFile, to staging: String, unlessStill known: FeedVersion?) async throws -> FetchOutcome
}

/// What a source says that changes when the file changes.
struct FeedVersion: Sendable, Hashable, Codable {
    /// Source and version in one string: an entity tag, a modification time, a size.
    let text: String
}

/// How a fetch ended.
enum FetchOutcome: Sendable, Equatable {
    case fetched(FeedVersion?)
    case unchanged
    /// A mirror does not have to carry every feed.
    case absent
}

/// Why a file could not be brought.
enum FeedFetchError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreachable(String)
    case refused(status: Int)
    case tooLarge(limit: Int)
    case unreadable(String)

    var description: String {
        switch self {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .refused(let status): "the source answered \(status)"
        case .tooLarge(let limit): "larger than \(limit >> 20) MiB"
        case .unreadable(let reason): "cannot be read: \(reason)"
        }
    }
}
