import Foundation
import Verdicts

/// What is known of each feed beside its bytes: kept as JSON next to the snapshots.
struct SnapshotState: Sendable, Codable, Equatable {
    /// By path below the snapshot folder.
    var files: [String: Entry] = [:]
    /// The newest bundle that was imported; `nil` before the first.
    var bundle: BundleMark?

    /// One feed.
    struct Entry: Sendable, Codable, Equatable {
        var feed: String
        /// What the source said of the version held; `nil` when it says nothing.
        var version: FeedVersion?
        /// How far increments reach; `nil` for feeds that are always fetched whole.
        var cursor: FeedCursor?
        /// Lowercase hex SHA-256 of what is held, see ``SnapshotFiles/digest(of:)``; empty when nothing is.
        var digest = ""
        /// Files of a snapshot that is a folder; `nil` for one that is a file.
        var fileCount: Int?
        var records = 0
        var setAside = 0
        /// The first broken records by name, at most ``issueLimit``.
        var issues: [String] = []
        /// Unix seconds of the last time the file held was known to be the source's newest.
        var fetchedAt: Int64?
        /// Unix seconds of the last try.
        var triedAt: Int64?
        /// Why the last try failed.
        var error: String?

        static let issueLimit = 20

        /// As shown to people.
        var status: FeedStatus {
            FeedStatus(
                feed: feed, records: records, setAside: setAside, fetchedAt: fetchedAt, triedAt: triedAt, error: error)
        }
    }

    /// Every feed as shown to people, by name.
    var statuses: [FeedStatus] { files.values.map(\.status).sorted { $0.feed < $1.feed } }

    private static func path(in folder: String) -> String { folder + "/state.json" }

    /// Reads the state; an absent file is an empty state, a damaged one throws.
    static func load(folder: String) throws -> SnapshotState {
        let path = path(in: folder)
        guard FileManager.default.fileExists(atPath: path) else { return SnapshotState() }
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Writes the state atomically.
    func save(folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(filePath: Self.path(in: folder)), options: .atomic)
    }
}
