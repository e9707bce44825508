import Advisories
import Foundation
import Synchronization

/// Threads that read feeds, each into a builder of its own.
///
/// They are threads and not tasks because reading never waits: it would hold all of the few threads that tasks share.
final class ReadingPool: Sendable {
    /// What came of one source, but for its advisories.
    struct Part: Sendable {
        let number: Int
        var reading: FeedReading
        var issues: [FeedRecordIssue] = []
        var intelligence: ThreatIntelligence?
    }

    private struct State {
        var next = 0
        var parts: [Part] = []
        var builders: [IndexBuilder] = []
        var failure: (any Error)?
    }

    private let work: [(number: Int, source: FeedSource)]
    private let cache: PartCache?
    private let progress: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(_ work: [(Int, FeedSource)], cache: PartCache?, progress: @escaping @Sendable (String) -> Void) {
        self.work = work.map { (number: $0.0, source: $0.1) }
        self.cache = cache
        self.progress = progress
    }

    /// Reads all of them.
    ///
    /// - Throws: The first failure, once every thread has stopped.
    func run(threads: Int) throws -> (parts: [Part], builders: [IndexBuilder]) {
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, work.count))) { _ in drain() }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return (state.parts, state.builders)
        }
    }

    private func drain() {
        var builder = IndexBuilder()
        while let (number, source) = takeNext() {
            do {
                let part = try read(source, number: number, into: &builder)
                state.withLock { $0.parts.append(part) }
            } catch {
                let failure =
                    error is IndexBuildError
                    ? error : SnapshotDamage(feed: source.feed, path: source.path, cause: error)
                return state.withLock { $0.failure = $0.failure ?? failure }
            }
        }
        state.withLock { $0.builders.append(builder) }
    }

    private func takeNext() -> (number: Int, source: FeedSource)? {
        let taken: Int? = state.withLock { state in
            guard state.failure == nil, state.next < work.count else { return nil }
            state.next += 1
            return state.next
        }
        guard let taken else { return nil }
        progress("reading \(work[taken - 1].source.feed) (\(taken) of \(work.count))")
        return work[taken - 1]
    }

    private func read(_ source: FeedSource, number: Int, into builder: inout IndexBuilder) throws -> Part {
        var part = Part(number: number, reading: FeedReading(feed: source.feed))
        if source.holdsAdvisories {
            if let cached = cache?.load(source) {
                try builder.merge(cached.builder)
                part.reading = cached.counts.reading(of: source.feed)
                part.issues = cached.counts.issues(of: source.feed)
            } else if let cache {
                var own = IndexBuilder()
                try readAdvisories(source, into: &own, part: &part)
                cache.save(own, reading: part.reading, issues: part.issues, of: source)
                try builder.merge(own)
            } else {
                try readAdvisories(source, into: &builder, part: &part)
            }
        }
        try readIntelligence(source, part: &part)
        return part
    }

    private func readIntelligence(_ source: FeedSource, part: inout Part) throws {
        if let cached = cache?.loadIntelligence(source) {
            part.intelligence = cached.intelligence
            // What holds both was counted already.
            guard !source.holdsAdvisories else { return }
            part.reading = cached.counts.reading(of: source.feed)
            part.issues = cached.counts.issues(of: source.feed)
        } else if let known = try source.readIntelligence() {
            cache?.save(known, of: source)
            part.intelligence = known.intelligence
            guard !source.holdsAdvisories else { return }
            part.reading = known.reading
            part.issues = known.issues
        }
    }

    private func readAdvisories(_ source: FeedSource, into builder: inout IndexBuilder, part: inout Part) throws {
        // Taken out while the sink has it: two owners would make every addition a copy.
        var sink = BuilderSink(builder: builder)
        builder = IndexBuilder()
        defer { builder = sink.builder }
        part.reading = try source.readAdvisories(into: &sink)
        part.issues = sink.issues
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
