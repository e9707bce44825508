import Advisories
import Foundation

/// Reads feeds into an index builder, several at once, and keeps what is to be told of them.
struct FeedReader {
    private(set) var builder = IndexBuilder()
    /// The first records set aside, by feed.
    private(set) var issues: [FeedID: [FeedRecordIssue]] = [:]
    /// Where feeds that did not change are taken from; `nil` reads each.
    let cache: PartCache?
    private var readings: [FeedID: FeedReading] = [:]
    private let progress: @Sendable (String) -> Void

    /// Records set aside that are kept by name, for each feed.
    static let issueLimit = 20
    /// Feeds read at once: each holds a parser's memory, and the merging behind is one thread's work.
    static let threads = min(4, max(1, ProcessInfo.processInfo.activeProcessorCount))

    init(cache: PartCache? = nil, progress: @escaping @Sendable (String) -> Void) {
        self.cache = cache
        self.progress = progress
    }

    /// Every feed that was read, by name; a feed of several files is one.
    var summaries: [FeedSummary] { readings.values.map { FeedSummary($0) }.sorted { $0.id < $1.id } }

    /// Hands over what was read, and begins anew: the builder is large, and its only owner frees it.
    mutating func takeBuilder() -> IndexBuilder {
        defer { builder = IndexBuilder() }
        return builder
    }

    /// Reads sources. What comes of it does not depend on their order, nor on which is read first.
    ///
    /// - Throws: ``SnapshotDamage``, `IndexBuildError`.
    mutating func read(_ sources: [FeedSource]) throws {
        // The largest first, so that no thread is left alone with it at the end, but what needs no texts before all others while those are read; later
        // words on intelligence win, so that has an order.
        let ordered = sources.sorted { ($0.path, $0.feed) < ($1.path, $1.feed) }
        let work = ordered.enumerated().map { number, source in
            (
                number: number, source: source, size: Self.size(of: source),
                isLate: cache != nil && source.holdsAdvisories ? 1 : 0
            )
        }
        .sorted { ($0.isLate, $1.size, $0.number) < ($1.isLate, $0.size, $1.number) }
        let pool = ReadingPool(work.map { ($0.number, $0.source) }, cache: cache, progress: progress)
        cache?.readTexts()
        var (parts, builders) = try pool.run(threads: Self.threads)
        var intelligence = ThreatIntelligence()
        for part in parts.sorted(by: { $0.number < $1.number }) { take(part, into: &intelligence) }
        parts = []
        // The one that shares its texts first: what they have in common need not be searched for. Each is taken out, so that nobody else holds what is
        // changed.
        builders.sort { $0.textCount < $1.textCount }
        while let other = builders.popLast() { try builder.merge(other) }
        cache?.keepTexts(of: &builder)
        builder.setIntelligence(intelligence)
        // What holds nothing is refused by a sync, or adds nothing: the same feeds must make the same index here.
        for summary in summaries where summary.records > 0 { builder.addFeed(summary) }
    }

    /// Takes the counts of sources from the cache, without what they say; `false` when those of one are not there.
    mutating func recall(_ sources: [FeedSource]) -> Bool {
        var recalled = self
        for source in sources.sorted(by: { ($0.path, $0.feed) < ($1.path, $1.feed) }) {
            guard let counts = cache?.counts(of: source) else { return false }
            let reading = counts.reading(of: source.feed)
            var part = ReadingPool.Part(number: 0, reading: reading)
            part.issues = counts.issues(of: source.feed)
            var none = ThreatIntelligence()
            recalled.take(part, into: &none)
        }
        self = recalled
        return true
    }

    /// Adds what the host's own archive says, which is no feed file.
    mutating func add(_ snapshot: AptSnapshot) throws {
        let counts = try snapshot.read(into: &builder)
        builder.addFeed(FeedSummary(id: .aptChangelog, records: counts.records, setAside: counts.setAside))
    }

    private mutating func take(_ part: ReadingPool.Part, into intelligence: inout ThreatIntelligence) {
        if let known = part.intelligence { intelligence.merge(known) }
        readings[part.reading.feed, default: FeedReading(feed: part.reading.feed)].add(part.reading)
        for issue in part.issues where issues[issue.feed, default: []].count < Self.issueLimit {
            issues[issue.feed, default: []].append(issue)
        }
    }

    private static func size(of source: FeedSource) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: source.path)[.size] as? Int) ?? 0
    }
}
