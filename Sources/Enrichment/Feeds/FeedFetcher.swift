import Advisories
import Foundation

/// Where feeds come from: their publishers, a mirror over HTTP, a mirror in a folder.
protocol FeedFetcher: Sendable {
    /// The feeds that can be asked for here.
    func listFiles() throws -> [FeedFile]
    /// Brings one feed to `staging`, a path that does not exist yet: a file, or a folder, that can take the place of the one held.
    ///
    /// - Throws: ``FeedFetchError``. Something may then lie at `staging`, cut short; the caller deletes it.
    func fetch(_ file: FeedFile, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome
}

/// The snapshot of a feed that is held, for fetching only what changed since.
struct HeldSnapshot: Sendable {
    /// Where it lies.
    let path: String
    /// What the source said of it, to be told when nothing changed; `nil` when nothing is held.
    var version: FeedVersion?
    /// How far its increments reach.
    var cursor: FeedCursor?

    /// Whether there is one that changes can be added to.
    var canGrow: Bool { cursor != nil && FileManager.default.fileExists(atPath: path) }
}

/// What a source says that changes when the file changes.
struct FeedVersion: Sendable, Hashable, Codable {
    /// Source and version in one string: an entity tag, a modification time, a size.
    let text: String
}

/// How far the changes that were added to a snapshot reach.
struct FeedCursor: Sendable, Hashable, Codable {
    /// The newest change held, in the source's own words.
    var text: String
    /// Unix seconds of the last time everything was fetched.
    var wholeAt: Int64
}

/// How a fetch ended.
enum FetchOutcome: Sendable, Equatable {
    case fetched(FeedVersion?, cursor: FeedCursor? = nil)
    case unchanged
    /// A mirror does not have to carry every feed.
    case absent
}

/// Why a feed could not be brought.
package enum FeedFetchError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreachable(String)
    case refused(status: Int)
    case tooLarge(limit: Int)
    case unreadable(String)
    case wouldWithdraw(lost: Int, of: Int, feed: String)

    package var description: String {
        switch self {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .refused(let status): "the source answered \(status)"
        case .tooLarge(let limit): "larger than \(limit >> 20) MiB"
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .wouldWithdraw(let lost, let held, let feed):
            "would withdraw \(lost) of \(held) records (\(lost * 100 / max(held, 1)) %), so the snapshot before stays; "
                + "`--accept-withdrawals \(feed)` takes the new one"
        }
    }
}
