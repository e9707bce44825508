import Advisories
import Foundation
import Matching

/// Compiles feeds into an index.
public struct IndexCompiler: Sendable {
    private let data: DataFolder
    private let progress: @Sendable (String) -> Void

    init(data: DataFolder, progress: @escaping @Sendable (String) -> Void) {
        self.data = data
        self.progress = progress
    }

    /// Compiles the snapshots of an installation and puts the index into use, unless the same one is in use already.
    ///
    /// - Returns: The digest of the index in use; `nil` when there is no snapshot at all.
    /// - Throws: ``SnapshotDamage`` when a snapshot cannot be read; the index in use stays.
    func compile(_ state: SnapshotState) throws -> (digest: String?, changed: Bool) {
        let folder = IndexFolder(path: data.indexes)
        let before = folder.currentDigest()
        guard state.files.values.contains(where: { $0.fetchedAt != nil }) else { return (before, false) }
        let staging = folder.stagingPath()
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let cache = PartCache(data: data, state: state)
        let builder = try readSnapshots(state, cache: cache)
        // Half of the work is the names, and nearly all of them are what they were.
        let previous = before.map { PreviousBuild(index: folder.file(digest: $0), notes: cache.notes(index: $0)) }
        let notes = cache.newNotes()
        let summary = try builder.write(to: staging, notes: notes, previous: previous)
        if summary.reusedNames > 0 { progress("\(summary.reusedNames) of \(summary.names) names are as before") }
        cache.keepNotes(notes, index: summary.digest)
        cache.removeUnused()
        // The same content under another frame, as after a change of the version orders, is not the same index: what is in use must
        // open, too.
        if summary.digest == before, (try? folder.open(digest: summary.digest)) != nil { return (before, false) }
        try folder.install(staging: staging, digest: summary.digest)
        return (summary.digest, true)
    }

    private func readSnapshots(_ state: SnapshotState, cache: PartCache) throws -> IndexBuilder {
        // Where nobody but the host's own archive could be reached, there are no feed files to discover.
        let hasFiles = state.files.contains { $0.key != AptSnapshot.folder && $0.value.fetchedAt != nil }
        var reader = FeedReader(cache: cache, progress: progress)
        let names = Set(state.files.values.filter { $0.fetchedAt != nil }.map(\.feed))
        let found = hasFiles ? try FeedLayout.discover(data.feeds) : []
        // Only what a sync checked: other files may lie there by mistake, and must not stop the compile.
        try reader.read(found.filter { names.contains($0.feed.rawValue) })
        if let snapshot = try AptSnapshot.load(feedFolder: data.feeds) {
            try reader.add(snapshot)
        }
        return reader.builder
    }

    /// What came of compiling feed files.
    public struct Build: Sendable {
        /// The index.
        public let summary: IndexSummary
        /// Every feed, by name.
        public let feeds: [FeedSummary]
        /// The first records that were set aside, by feed; ``feeds`` counts all.
        public let issues: [FeedID: [FeedRecordIssue]]
        /// Files of no known kind, by path.
        public let unknown: [String]
        /// The user's VEX documents among the paths, which are no part of an index.
        public let vex: [String]
    }

    /// Compiles feed files, or folders of them, into one index file.
    ///
    /// - Throws: ``SnapshotDamage`` with what a loader says of a file that is cut short or is no feed; `FeedError` when there is nothing
    ///   to read; `IndexBuildError`.
    public static func build(
        feeds: [String], output: String, progress: @escaping @Sendable (String) -> Void
    ) throws -> Build {
        var survey = (sources: [FeedSource](), unknown: [String]())
        for path in feeds {
            let found = try FeedLayout.survey(path)
            survey.sources += found.sources
            survey.unknown += found.unknown
        }
        var reader = FeedReader(progress: progress)
        try reader.read(survey.sources.filter { $0.kind != .vex })
        let (feeds, issues) = (reader.summaries, reader.issues)
        progress("writing the index")
        let summary = try reader.builder.write(to: output)
        return Build(
            summary: summary, feeds: feeds, issues: issues, unknown: survey.unknown,
            vex: survey.sources.filter { $0.kind == .vex }.map(\.path))
    }
}

/// A feed that cannot be read to its end: the index would lack what it says.
public struct SnapshotDamage: Error, CustomStringConvertible {
    /// The feed.
    public let feed: FeedID
    /// The file or folder.
    public let path: String
    /// What its loader said.
    public let cause: any Error

    /// One line for people.
    public var description: String {
        let reason = "\(cause)"
        return "\(feed) cannot be read: " + (reason.hasPrefix(path) ? reason : "\(path): \(reason)")
    }
}
