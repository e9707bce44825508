import Scoring

/// Compiles advisories and threat intelligence into one immutable index file.
///
/// Advisories are taken apart as they come and kept as numbers and interned texts, so all reference feeds fit in a few hundred
/// megabytes. The file depends on what was added, not on the order in which it was.
public struct IndexBuilder: Sendable {
    /// Everything added so far.
    var pending = PendingAdvisories()
    private var intelligence = ThreatIntelligence()
    private var feeds: [FeedSummary] = []
    /// The numbers of the texts of parts that were written or read.
    private var parts: [(digest: PartDigest, texts: [UInt32])] = []
    private var numbering: TextNumbering?

    /// An empty builder.
    public init() {}

    /// Takes one advisory.
    ///
    /// An advisory with the feed and id of an earlier one adds to it: the tracker says one thing per source package, all
    /// under the CVE's id. Bug-fix advisories that name no vulnerability (`ALBA-…`, `ALEA-…`, `RLBA-…`, `RLEA-…`) are counted and left
    /// out.
    ///
    /// - Throws: ``IndexBuildError/tooLarge(part:)``.
    public mutating func add(_ advisory: Advisory) throws(IndexBuildError) {
        try pending.add(advisory)
    }

    /// Sets what is known of exploitation, in place of what was set before. Only vulnerabilities that occur in advisories get into
    /// the file.
    public mutating func setIntelligence(_ intelligence: ThreatIntelligence) {
        self.intelligence = intelligence
    }

    /// Notes that a feed was read. The newest snapshot date becomes the index's own.
    public mutating func addFeed(_ summary: FeedSummary) {
        feeds.append(summary)
    }

    /// Takes over the advisories of another builder, as if they had been added here: so feeds can be read on several threads. Feeds and
    /// intelligence that were set there are left out.
    ///
    /// - Throws: ``IndexBuildError/tooLarge(part:)``.
    public mutating func merge(_ other: consuming IndexBuilder) throws(IndexBuildError) {
        if other.pending.texts.count > pending.texts.count {
            // Every text of the one that comes in is looked up, so that should be the smaller one.
            swap(&pending, &other.pending)
            swap(&parts, &other.parts)
            swap(&numbering, &other.numbering)
        }
        let text = try pending.merge(other.pending)
        parts += other.parts.map { part in
            (part.digest, text.map { text in part.texts.map { text[Int($0)] } } ?? part.texts)
        }
    }

    // MARK: - Parts kept for the next build

    /// Begins with the texts of an earlier build, which parts of it need not be searched for again.
    public init(texts: SharedTexts) {
        pending.texts = texts.pool
        numbering = texts.numbering
    }

    /// Reads back what ``writeCompiled(to:)`` wrote.
    ///
    /// - Throws: ``IndexBuildError/damagedCache(path:)`` for anything but a whole file of this program's own format.
    /// - Complexity: About a tenth of what reading the feed costs.
    public init(compiled path: String) throws(IndexBuildError) {
        try merge(CompiledAdvisories(path: path))
    }

    /// Takes over a part.
    ///
    /// - Parameter part: One that was read without shared texts, or with those that this builder began with.
    /// - Throws: ``IndexBuildError/tooLarge(part:)``.
    public mutating func merge(_ part: CompiledAdvisories) throws(IndexBuildError) {
        let numbers = part.known ?? part.content.texts.map { pending.texts.numbers(of: $0) } ?? []
        try pending.merge(part.content.columns, text: numbers)
        parts.append((part.content.digest, numbers))
    }

    /// Takes over parts that were read with the shared texts that this builder began with, all at once: on two cores, into room that is enough.
    ///
    /// - Throws: ``IndexBuildError/tooLarge(part:)``.
    public mutating func merge(_ shared: [CompiledAdvisories]) throws(IndexBuildError) {
        var known: [PendingAdvisories.KnownPart] = []
        for part in shared {
            guard let text = part.known else {
                try merge(part)
                continue
            }
            known.append(PendingAdvisories.KnownPart(content: part.content.columns, text: text))
            parts.append((part.content.digest, text))
        }
        try pending.merge(known)
    }

    /// Writes the advisories added so far, taken apart, so that a later build need not read their feed again. The file is written as a whole
    /// or not at all; feeds and intelligence are not in it.
    ///
    /// It is a cache: it belongs to this version of the program, and who keeps it names it after the feed's digest.
    ///
    /// - Throws: ``IndexBuildError/unwritable(path:step:reason:)``.
    public func writeCompiled(to path: String) throws(IndexBuildError) {
        _ = try CompiledPart.write(pending, note: [], to: path)
    }

    /// Like ``writeCompiled(to:)``, and lets ``shareTexts(since:)`` know of the file.
    ///
    /// - Parameter note: Bytes to be kept with the advisories.
    public mutating func keepCompiled(at path: String, note: [UInt8]) throws(IndexBuildError) {
        let digest = try CompiledPart.write(pending, note: note, to: path)
        parts = [(digest, [UInt32](0..<UInt32(pending.texts.count)))]
    }

    /// How many texts are in it.
    public var textCount: Int { pending.texts.count }

    /// Whether so many texts had to be searched for that the next build is better off with ``shareTexts(since:)``.
    public func isFarFrom(_ texts: SharedTexts?) -> Bool {
        guard let texts else { return true }
        let unknown = parts.reduce(0) { $0 + (texts.knows($1.digest) ? 0 : $1.texts.count) }
        return unknown > texts.pool.count / 16
    }

    /// Takes the texts of all parts that were kept or merged, so that the next build need not search for each.
    ///
    /// - Parameter texts: Those that this builder began with.
    public mutating func shareTexts(since texts: SharedTexts?) -> SharedTexts.Draft {
        let next = TextNumbering(extending: numbering, to: pending.texts.count)
        numbering = next
        return SharedTexts.Draft(
            texts: pending.texts, parts: parts, first: texts?.first ?? pending.texts.count, numbering: next)
    }

    /// Writes the index: a temporary neighbour, flushed and renamed, so the path never shows half a file.
    ///
    /// - Parameters:
    ///   - path: Where.
    ///   - notes: Where to note what the next build can take over from this one; `nil` for nowhere.
    ///   - previous: An earlier index and the notes on it: names of which everything said is what it was are taken over from there. The bytes
    ///     written are the same without.
    /// - Returns: What the file holds.
    /// - Throws: ``IndexBuildError``.
    public consuming func write(
        to path: String, notes: String? = nil, previous: PreviousBuild? = nil
    ) throws(IndexBuildError) -> IndexSummary {
        let feeds = feeds.sorted { ($0.id, $0.records, $0.setAside) < ($1.id, $1.records, $1.setAside) }
        let writer = IndexWriter(
            pending: GatheredAdvisories(pending), intelligence: intelligence, feeds: feeds, numbering: numbering)
        return try writer.write(to: path, notes: notes, previous: previous)
    }
}

/// A builder takes records straight from a loader. Records set aside are the loader's to report; their number comes with the feed's
/// summary.
extension IndexBuilder: AdvisorySink {
    /// Same as ``add(_:)``.
    public mutating func receive(_ advisory: Advisory) throws {
        try add(advisory)
    }

    /// Changes nothing: what is broken is not in the index.
    public mutating func setAside(_ issue: FeedRecordIssue) {}
}
