import Advisories

/// Reads one staged feed file to its end, to know whether it is whole before it replaces a good snapshot.
enum SnapshotReader {
    /// - Parameter feed: What the file is expected to be.
    /// - Returns: How many records the file holds.
    /// - Throws: What the loader throws when the file is cut short or is no feed; ``FeedFetchError/unreadable(_:)`` when it is another
    ///   one, which its place would have read wrongly ever after, or holds nothing at all.
    static func check(path: String, feed: FeedID) throws -> (reading: FeedReading, issues: [String]) {
        let kind = kind(of: feed)
        guard try FeedLayout.discover(path).first?.kind == kind else {
            throw FeedFetchError.unreadable("is another feed than \(feed)")
        }
        let (reading, issues) = try read(FeedSource(feed: feed, kind: kind, path: path))
        guard reading.records > 0 else { throw FeedFetchError.unreadable("holds no records") }
        return (reading, issues)
    }

    private static func read(_ source: FeedSource) throws -> (reading: FeedReading, issues: [String]) {
        if let intelligence = try source.readIntelligence() {
            return (intelligence.reading, intelligence.issues.prefix(SnapshotState.Entry.issueLimit).map { "\($0)" })
        }
        var sink = IssueSink()
        let reading = try source.readAdvisories(into: &sink)
        return (reading, sink.issues)
    }

    /// How the file will be read once it lies in its place.
    private static func kind(of feed: FeedID) -> FeedSource.Kind {
        switch feed {
        case .debianTracker: .debianTracker
        case .kev: .kev
        case .epss: .epss
        default: .osvExport
        }
    }
}
