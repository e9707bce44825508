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
    /// Parts that the last build knew all texts of: one builder takes all of them at the end, when it knows how much there is.
    private let shared = Mutex([CompiledAdvisories]())

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
        let (parts, builders) = try state.withLock { state in
            if let failure = state.failure { throw failure }
            defer { state = State() }
            return (state.parts, state.builders)
        }
        let known = shared.withLock { shared in
            defer { shared = [] }
            return shared
        }
        guard let texts = cache?.texts, !known.isEmpty else { return (parts, builders) }
        var builder = IndexBuilder(texts: texts)
        try builder.merge(known)
        return (parts, [builder] + builders)
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
                for part in cached.parts { try take(part, into: &builder) }
                part.take(cached.counts)
            } else if let pieces = source.pieces(), let all = try? read(pieces, of: source) {
                for piece in all.pieces { try take(piece, into: &builder) }
                part.take(all.counts)
            } else {
                try readWhole(source, into: &builder, part: &part)
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
            part.take(cached.counts)
        } else if let known = try source.readIntelligence() {
            cache?.save(known, of: source)
            part.intelligence = known.intelligence
            guard !source.holdsAdvisories else { return }
            part.reading = known.reading
            part.issues = known.issues
        }
    }

    private func take(_ part: CompiledAdvisories, into builder: inout IndexBuilder) throws {
        if part.isShared { shared.withLock { $0.append(part) } } else { try builder.merge(part) }
    }

    private func readWhole(_ source: FeedSource, into builder: inout IndexBuilder, part: inout Part) throws {
        var sink = BuilderSink()
        part.reading = try source.readAdvisories(into: &sink)
        part.issues = sink.issues
        cache?.save(&sink.builder, reading: part.reading, issues: part.issues, of: source)
        try builder.merge(sink.builder)
    }

    /// A piece of a source.
    private enum Piece {
        case read(IndexBuilder)
        case kept(CompiledAdvisories)
    }

    private func take(_ piece: Piece, into builder: inout IndexBuilder) throws {
        switch piece {
        case .read(let own): try builder.merge(own)
        case .kept(let part): try take(part, into: &builder)
        }
    }

    /// What a piece is named after, and what the cache has of it.
    private typealias Kept = (name: String, cached: (part: CompiledAdvisories, counts: PartCache.Counts)?)

    /// Looks pieces up in the cache, several at once; each `nil` without one.
    private func kept(_ pieces: [FeedPiece], of source: FeedSource) throws -> [Kept?] {
        guard let cache else { return pieces.map { _ in nil } }
        let all = Mutex([Result<Kept, any Error>?](repeating: nil, count: pieces.count))
        DispatchQueue.concurrentPerform(iterations: pieces.count) { number in
            let kept = Result<Kept, any Error> {
                let name = cache.name(of: try pieces[number].bytes(), of: source)
                return (name, cache.load(name))
            }
            all.withLock { $0[number] = kept }
        }
        return try all.withLock { try $0.map { try $0?.get() } }
    }

    /// Reads the pieces that are not in the cache, and takes the others from there. Where one cannot be read nothing was taken over yet, and the source as
    /// a whole tells what is wrong.
    private func read(
        _ pieces: [FeedPiece], of source: FeedSource
    ) throws -> (pieces: [Piece], counts: PartCache.Counts) {
        var counts = PartCache.Counts(FeedReading(feed: source.feed), issues: [])
        var (all, names, isKept): ([Piece], [String], Bool) = ([], [], cache != nil)
        for (piece, kept) in zip(pieces, try kept(pieces, of: source)) {
            let name = kept?.name
            if let name { names.append(name) }
            if let cached = kept?.cached {
                all.append(.kept(cached.part))
                counts.add(cached.counts)
            } else {
                var sink = BuilderSink()
                let own = PartCache.Counts(
                    try piece.readAdvisories(feed: source.feed, into: &sink), issues: sink.issues)
                if let name, cache?.save(&sink.builder, own, as: name) != true { isKept = false }
                all.append(.read(sink.builder))
                counts.add(own)
            }
        }
        if isKept {
            counts.pieces = names
            cache?.save(counts, of: source)
        }
        return (all, counts)
    }
}

extension ReadingPool.Part {
    /// Takes over what reading the source came to.
    fileprivate mutating func take(_ counts: PartCache.Counts) {
        reading = counts.reading(of: reading.feed)
        issues = counts.issues(of: reading.feed)
    }
}

/// Hands advisories to a builder and keeps the first records set aside; the loader counts them.
private struct BuilderSink: AdvisorySink {
    var builder = IndexBuilder()
    private(set) var issues: [FeedRecordIssue] = []

    mutating func receive(_ advisory: Advisory) throws { try builder.add(advisory) }

    mutating func setAside(_ issue: FeedRecordIssue) {
        if issues.count < FeedReader.issueLimit { issues.append(issue) }
    }
}
