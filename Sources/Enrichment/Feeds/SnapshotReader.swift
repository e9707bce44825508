import Advisories

/// Reads one staged feed file to its end, to know whether it is whole before it replaces a good snapshot.
enum SnapshotReader {
    /// - Returns: How many records the file holds.
    /// - Throws: What the loader throws when the file is cut short or is no such feed; ``FeedFetchError/unreadable(_:)`` when it holds
    ///   nothing at all.
    static func check(path: String) throws -> (reading: FeedReading, issues: [String]) {
        guard let source = try FeedLayout.discover(path).first else {
            throw FeedFetchError.unreadable("is no feed of a known kind")
        }
        if let intelligence = try source.readIntelligence() {
            return (intelligence.reading, intelligence.issues.prefix(SnapshotState.Entry.issueLimit).map { "\($0)" })
        }
        var sink = IssueSink()
        let reading = try source.readAdvisories(into: &sink)
        guard reading.records > 0 else { throw FeedFetchError.unreadable("holds no records") }
        return (reading, sink.issues)
    }
}
