import Advisories
import PackageIdentity
import Versioning

/// The advisories of all feeds in one immutable, memory-mapped file, and the questions it answers.
///
/// Every answer is a pure function of the question and the file. Opening checks the header, that all sections lie inside the file, and the
/// digest of the section that holds a check for every page; each page is compared with its check before anything on it is believed. So
/// a file that was damaged before it was opened gives either the answer it would give whole, or ``VerdictReason/damagedIndex``.
/// ``verify()`` reads everything at once and compares the SHA-256 of the whole content.
public final class AdvisoryIndex: Sendable {
    let reader: IndexReader
    private let orderings: [VersionOrdering]

    /// Lowercase hexadecimal SHA-256 of the content, as the header states it.
    public let digest: String
    /// The feeds it was made from, ascending by name.
    public let feeds: [FeedSummary]
    /// The date of the newest feed, Unix seconds: a property of the content, equal for equal bytes.
    public let builtAt: Int64

    /// Maps an index file.
    ///
    /// - Parameter path: A file that `IndexBuilder` wrote.
    /// - Throws: ``IndexError`` when the file cannot be mapped, is no index, is cut off, has a damaged header, or orders versions by
    ///   other rules than this program.
    /// - Complexity: Independent of the file's size.
    public init(path: String) throws(IndexError) {
        let file = try MappedFile(path: path)
        let layout = try IndexLayout(file.bytes, path: path)
        reader = IndexReader(mapping: IndexMapping(file, layout: layout), layout: layout)
        digest = IndexFormat.hex(layout.contentDigest)
        builtAt = layout.builtAt
        feeds = try reader.feeds()
        orderings = try reader.orderings()
    }

    /// Reads the whole file and compares its digest with the header's.
    ///
    /// - Throws: ``IndexError/damaged(what:)`` when they differ.
    public func verify() throws(IndexError) {
        let content = UnsafeRawBufferPointer(rebasing: reader.mapping.bytes[IndexFormat.headerSize...])
        guard IndexLayout.digest(of: content) == reader.layout.contentDigest else {
            throw .damaged(what: "the content's digest differs")
        }
        reader.mapping.trustAll()
    }

    /// What was found damaged by any question so far; `nil` for nothing.
    ///
    /// Some answers have no place for an error: whether a scope is covered, what is known of an id. Whoever asks many questions and gives one
    /// answer looks here before it goes out.
    public var damage: IndexError? { reader.mapping.damage }

    /// Vulnerabilities known, withdrawn ones included.
    public var vulnerabilityCount: Int { reader.layout.count(.vulnerabilities) }

    /// Advisories known, by feed and id, withdrawn ones included.
    public var advisoryCount: Int { reader.layout.count(.advisories) }

    /// Distinct (scope, name) pairs.
    public var nameCount: Int { reader.layout.count(.names) }

    /// Bytes of the file.
    public var fileSize: Int { reader.mapping.bytes.count }

    /// Whether any advisory speaks of the scope, so that "nothing found" means something there.
    ///
    /// - Parameter scope: OSV vocabulary, `Debian:12`.
    /// - Returns: `false`, too, where the file is damaged, see ``damage``.
    public func covers(scope: String) -> Bool {
        (try? reader.hasScope(scope)) ?? false
    }

    /// The scopes that advisories speak of, ascending by bytes; empty from a damaged file.
    public var scopes: [String] {
        (0..<UInt32(reader.layout.count(.scopes))).compactMap { try? reader.scope($0) }
    }

    /// How a name's versions are ordered.
    func ordering(of name: NameRecord) throws(IndexError) -> VersionOrdering {
        guard Int(name.ordering) < orderings.count else { throw .damaged(what: "a name's ordering") }
        return orderings[Int(name.ordering)]
    }

    /// Where a package's version stands among a name's; `nil` when it does not parse, or is a ``PlaceholderVersion``.
    func place(of version: String, in name: NameRecord) throws(IndexError) -> VersionPlace? {
        let ordering = try ordering(of: name)
        guard let key = try? ordering.key(version, reading: IndexFormat.reading) else { return nil }
        let place = try key.bytes.withBytes { (bytes) throws(IndexError) in try reader.place(of: bytes, in: name) }
        guard !place.isKnown else { return place }
        let isPlaceholder = try version.withBytes { (bytes) throws(IndexError) in
            PlaceholderVersion.isOne(bytes, in: ordering)
        }
        return isPlaceholder ? nil : place
    }
}

extension IndexReader {
    /// All feed summaries.
    func feeds() throws(IndexError) -> [FeedSummary] {
        var feeds: [FeedSummary] = []
        for index in 0..<UInt32(layout.count(.feeds)) {
            let record = try record(.feeds, index)
            feeds.append(
                FeedSummary(
                    id: FeedID(rawValue: try text(record.uint32(0))), records: Int(clamping: record.int64(8)),
                    setAside: Int(clamping: record.int64(16)), snapshotDate: record.time(24)))
        }
        return feeds
    }

    /// The version orderings that names refer to.
    func orderings() throws(IndexError) -> [VersionOrdering] {
        var orderings: [VersionOrdering] = []
        for index in 0..<UInt32(layout.count(.orderings)) {
            guard let ordering = VersionOrdering(rawValue: try text(try record(.orderings, index).uint32(0))) else {
                throw .foreignVersionKeys
            }
            orderings.append(ordering)
        }
        return orderings
    }
}
