import Advisories

/// Reads one staged feed to its end, to know whether it is whole before it replaces a good snapshot.
enum SnapshotReader {
    /// What a snapshot came to.
    struct Result {
        var reading: FeedReading
        /// The first broken records by name.
        var issues: [String]
        /// The ids of the records that stand.
        var standing: StandingRecords
    }

    /// - Parameters:
    ///   - root: A folder that holds the staged feed alone, at its place in the layout, so that it is read as it will be read there.
    ///   - feed: What it is expected to be.
    ///   - cache: Where its advisories are kept for the compile behind the check, so that they are read once; `nil` for nowhere.
    /// - Throws: What the loader throws when it is cut short or is no feed; ``FeedFetchError/unreadable(_:)`` when it is another one,
    ///   which its place would have read wrongly ever after, or holds nothing at all and does not
    ///   say so itself.
    static func check(root: String, feed: FeedID, keepingPartsIn cache: PartCache? = nil) throws -> Result {
        let survey = try FeedLayout.survey(root)
        guard survey.sources.allSatisfy({ $0.feed == feed }) else {
            throw FeedFetchError.unreadable("is another feed than \(feed)")
        }
        var sink = StandingSink(builds: cache != nil)
        var (reading, saysItIsEmpty) = (FeedReading(feed: feed), !survey.sources.isEmpty)
        for source in survey.sources {
            let own = try source.readAdvisories(into: &sink)
            if let cache, source.holdsAdvisories {
                var builder = sink.takeBuilder()
                cache.save(&builder, reading: own, of: source)
            }
            reading.add(own)
            saysItIsEmpty = saysItIsEmpty && own.isEmptyByItsWord
            guard let intelligence = try source.readIntelligence() else { continue }
            sink.take(intelligence.intelligence)
            // What holds both was counted already.
            guard !source.holdsAdvisories else { continue }
            reading.add(intelligence.reading)
            intelligence.issues.forEach { sink.setAside($0) }
        }
        guard reading.records > 0 || saysItIsEmpty else { throw FeedFetchError.unreadable("holds no records") }
        return Result(reading: reading, issues: sink.issues, standing: StandingRecords(sink.ids))
    }
}

/// Keeps of a feed its ids, the names of its first broken records, and what an index builder makes of it where that is asked for; the loader
/// counts.
private struct StandingSink: AdvisorySink {
    private(set) var ids: Set<String> = []
    private(set) var issues: [String] = []
    private var builder: IndexBuilder?

    init(builds: Bool) { builder = builds ? IndexBuilder() : nil }

    mutating func receive(_ advisory: Advisory) throws {
        if advisory.withdrawn == nil { ids.insert(advisory.id) }
        try builder?.add(advisory)
    }

    /// Hands over what was built so far, and begins anew.
    mutating func takeBuilder() -> IndexBuilder {
        defer { builder = IndexBuilder() }
        return builder ?? IndexBuilder()
    }

    mutating func setAside(_ issue: FeedRecordIssue) {
        if issues.count < SnapshotState.Entry.issueLimit { issues.append("\(issue)") }
    }

    mutating func take(_ intelligence: ThreatIntelligence) {
        ids.formUnion(intelligence.epss.keys)
        ids.formUnion(intelligence.kev.keys)
        ids.formUnion(intelligence.exploits.keys)
        ids.formUnion(intelligence.ssvc.keys)
        ids.formUnion(intelligence.lifecycles.keys)
        ids.formUnion(intelligence.supportNotes.map { "\($0.scope) \($0.name)" })
    }
}
