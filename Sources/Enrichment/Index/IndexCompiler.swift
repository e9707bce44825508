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
        let (sources, apt) = try snapshots(state)
        let key = cache.key(of: sources, others: [try apt?.digest ?? ""])
        if let before, cache.summary(of: key)?.digest == before, (try? folder.open(digest: before)) != nil {
            return (before, false)
        }
        let builder = try read(sources, apt, cache: cache)
        // Half of the work is the names, and nearly all of them are what they were.
        let previous = before.flatMap { cache.previous(index: folder.file(digest: $0), digest: $0) }
        let notes = cache.newNotes()
        let summary = try builder.write(to: staging, notes: notes, previous: previous)
        if summary.reusedNames > 0 { progress("\(summary.reusedNames) of \(summary.names) names are as before") }
        cache.keepNotes(notes, index: summary.digest)
        cache.keep(summary, of: key)
        cache.removeUnused()
        // The same content under another frame, as after a change of the version orders, is not the same index: what is in use must
        // open, too.
        if summary.digest == before, (try? folder.open(digest: summary.digest)) != nil { return (before, false) }
        try folder.install(staging: staging, digest: summary.digest)
        return (summary.digest, true)
    }

    /// What there is to compile: feed files, and what the host's own archive says.
    private func snapshots(_ state: SnapshotState) throws -> (sources: [FeedSource], apt: AptSnapshot?) {
        // Where nobody but the host's own archive could be reached, there are no feed files to discover.
        let hasFiles = state.files.contains { $0.key != AptSnapshot.folder && $0.value.fetchedAt != nil }
        let names = Set(state.files.values.filter { $0.fetchedAt != nil }.map(\.feed))
        let found = hasFiles ? try FeedLayout.discover(data.feeds) : []
        // Only what a sync checked: other files may lie there by mistake, and must not stop the compile.
        return (
            found.filter { names.contains($0.feed.rawValue) }, try AptSnapshot.load(feedFolder: data.feeds)
        )
    }

    private func read(_ sources: [FeedSource], _ apt: AptSnapshot?, cache: PartCache) throws -> IndexBuilder {
        var reader = FeedReader(cache: cache, progress: progress)
        try reader.read(sources)
        if let apt { try reader.add(apt) }
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
        /// Names that the index answers differently from the one that lay in its place: what has to be matched again. `nil` when nothing was taken over
        /// from that one.
        public let changedNames: [AdvisoryName]?
    }

    /// Compiles feed files, or folders of them, into one index file.
    ///
    /// - Parameters:
    ///   - cache: A folder in which feeds lie as they were taken apart last time, and what is noted on the index that was made of them; `nil` for
    ///     none. The index has the same bytes with it and without.
    /// - Throws: ``SnapshotDamage`` with what a loader says of a file that is cut short or is no feed; `FeedError` when there is nothing
    ///   to read; `IndexBuildError`.
    public static func build(
        feeds: [String], output: String, cache: String? = nil, progress: @escaping @Sendable (String) -> Void
    ) throws -> Build {
        var survey = (sources: [FeedSource](), unknown: [String]())
        for path in feeds {
            let found = try FeedLayout.survey(path)
            survey.sources += found.sources
            survey.unknown += found.unknown
        }
        let sources = survey.sources.filter { $0.kind != .vex }
        let parts = cache.map { PartCache(folder: $0, sources: sources) }
        var reader = FeedReader(cache: parts, progress: progress)
        let written = try parts?.unchanged(output, sources, &reader) ?? write(output, sources, &reader, progress)
        return Build(
            summary: written.summary, feeds: reader.summaries, issues: reader.issues, unknown: survey.unknown,
            vex: survey.sources.filter { $0.kind == .vex }.map(\.path), changedNames: written.changedNames)
    }

    private static func write(
        _ output: String, _ sources: [FeedSource], _ reader: inout FeedReader, _ progress: (String) -> Void
    ) throws -> (summary: IndexSummary, changedNames: [AdvisoryName]?) {
        try reader.read(sources)
        progress("writing the index")
        guard let parts = reader.cache else { return (try reader.takeBuilder().write(to: output), nil) }
        let before = try? AdvisoryIndex(path: output)
        let previous = before.flatMap { parts.previous(index: output, digest: $0.digest) }
        let notes = parts.newNotes()
        let summary = try reader.takeBuilder().write(to: output, notes: notes, previous: previous)
        parts.keepNotes(notes, index: summary.digest)
        parts.keep(summary, of: parts.key(of: sources))
        parts.removeUnused()
        // Where names were taken over, the one before is known to be whole.
        guard let before, summary.reusedNames > 0 else { return (summary, nil) }
        return (summary, try AdvisoryIndex(path: output).changedNames(since: before))
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

extension PartCache {
    /// What an index file was made of, when that are the very same sources, the file is whole, and the counts of every source are there.
    fileprivate func unchanged(
        _ output: String, _ sources: [FeedSource], _ reader: inout FeedReader
    ) -> (summary: IndexSummary, changedNames: [AdvisoryName]?)? {
        guard let summary = summary(of: key(of: sources)), let index = try? AdvisoryIndex(path: output),
            index.digest == summary.digest, (try? index.verify()) != nil, reader.recall(sources)
        else { return nil }
        return (summary, [])
    }
}
