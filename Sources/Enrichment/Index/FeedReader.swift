import Advisories
import Foundation

/// Reads feeds into an index builder, and keeps what is to be told of them.
struct FeedReader {
    var builder = IndexBuilder()
    /// The first records set aside, by feed.
    private(set) var issues: [FeedID: [FeedRecordIssue]] = [:]
    private var readings: [FeedID: FeedReading] = [:]
    private let progress: (String) -> Void

    /// Records set aside that are kept by name, for each feed.
    static let issueLimit = 20

    init(progress: @escaping (String) -> Void) { self.progress = progress }

    /// Every feed that was read, by name; a feed of several files is one.
    var summaries: [FeedSummary] { readings.values.map { FeedSummary($0) }.sorted { $0.id < $1.id } }

    /// Reads sources in an order that does not depend on the order they were named in.
    ///
    /// - Throws: ``SnapshotDamage``.
    mutating func read(_ sources: [FeedSource]) throws {
        var intelligence = ThreatIntelligence()
        for (number, source) in sources.sorted(by: { ($0.path, $0.feed) < ($1.path, $1.feed) }).enumerated() {
            progress("reading \(source.feed) (\(number + 1) of \(sources.count))")
            do {
                try read(source, into: &intelligence)
            } catch let error as IndexBuildError {
                throw error
            } catch {
                throw SnapshotDamage(feed: source.feed, path: source.path, cause: error)
            }
        }
        builder.setIntelligence(intelligence)
        for summary in summaries { builder.addFeed(summary) }
    }

    private mutating func read(_ source: FeedSource, into intelligence: inout ThreatIntelligence) throws {
        var reading = FeedReading(feed: source.feed)
        if source.holdsAdvisories {
            var sink = BuilderSink(builder: builder)
            builder = IndexBuilder()
            defer { builder = sink.builder }
            reading.add(try source.readAdvisories(into: &sink))
            note(sink.issues)
        }
        if let known = try source.readIntelligence() {
            intelligence.merge(known.intelligence)
            // What holds both was counted already.
            if !source.holdsAdvisories {
                reading.add(known.reading)
                note(known.issues)
            }
        }
        readings[source.feed, default: FeedReading(feed: source.feed)].add(reading)
    }

    private mutating func note(_ found: [FeedRecordIssue]) {
        for issue in found where issues[issue.feed, default: []].count < Self.issueLimit {
            issues[issue.feed, default: []].append(issue)
        }
    }
}

/// Hands advisories to a builder and keeps the first records set aside; the loader counts them.
private struct BuilderSink: AdvisorySink {
    var builder: IndexBuilder
    private(set) var issues: [FeedRecordIssue] = []

    init(builder: consuming IndexBuilder) { self.builder = builder }

    mutating func receive(_ advisory: Advisory) throws { try builder.add(advisory) }

    mutating func setAside(_ issue: FeedRecordIssue) {
        if issues.count < FeedReader.issueLimit { issues.append(issue) }
    }
}
