import Advisories
import Foundation
import Matching

/// Compiles feed files into an index.
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
    func compile(_ state: SnapshotState) throws -> (digest: String?, changed: Bool) {
        let folder = IndexFolder(path: data.indexes)
        let before = folder.currentDigest()
        guard state.files.values.contains(where: { $0.fetchedAt != nil }) else { return (before, false) }
        let staging = folder.stagingPath()
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let summary = try readSnapshots(state).write(to: staging)
        // The same content under another frame, as after a change of the version orders, is not the same index: what is in use must
        // open, too.
        if summary.digest == before, (try? folder.open(digest: summary.digest)) != nil { return (before, false) }
        try folder.install(staging: staging, digest: summary.digest)
        return (summary.digest, true)
    }

    private func readSnapshots(_ state: SnapshotState) throws -> IndexBuilder {
        // Where nobody but the host's own archive could be reached, there are no feed files to discover.
        let hasFiles = state.files.contains { $0.key != AptSnapshot.folder && $0.value.fetchedAt != nil }
        var sink = try Self.read(feeds: hasFiles ? [data.feeds] : [], progress: progress)
        if let snapshot = try AptSnapshot.load(feedFolder: data.feeds) {
            let counts = try snapshot.read(into: &sink)
            sink.builder.addFeed(
                FeedSummary(id: .aptChangelog, records: counts.records, setAside: counts.setAside))
        }
        return sink.builder
    }

    /// Compiles feed files, or folders of them, into one index file.
    ///
    /// - Throws: What a loader throws of a file that is cut short or is no feed; `IndexBuildError`.
    public static func build(
        feeds: [String], output: String, progress: @escaping @Sendable (String) -> Void
    ) throws -> IndexSummary {
        try read(feeds: feeds, progress: progress).builder.write(to: output)
    }

    private static func read(feeds: [String], progress: (String) -> Void) throws -> BuilderSink {
        var sink = BuilderSink()
        var intelligence = ThreatIntelligence()
        for source in try feeds.flatMap(FeedLayout.discover).sorted(by: { $0.path < $1.path }) {
            progress("reading \(source.feed)")
            if let known = try source.readIntelligence() {
                intelligence.merge(known.intelligence)
                sink.finish(known.reading)
            } else {
                sink.finish(try source.readAdvisories(into: &sink))
            }
        }
        sink.builder.setIntelligence(intelligence)
        return sink
    }
}

/// Hands advisories to a builder.
struct BuilderSink: AdvisorySink {
    var builder = IndexBuilder()

    mutating func receive(_ advisory: Advisory) throws { try builder.add(advisory) }

    /// Broken records are counted by the loader, whose reading ``finish(_:)`` takes.
    mutating func setAside(_ issue: FeedRecordIssue) {}

    /// Notes that a feed was read to its end.
    mutating func finish(_ reading: FeedReading) {
        builder.addFeed(
            FeedSummary(
                id: reading.feed, records: reading.records, setAside: reading.setAside, snapshotDate: reading.date))
    }
}
