/// What one feed publishes about one or more vulnerabilities, in the shape all feeds are brought to.
///
/// It follows the OSV schema (<https://ossf.github.io/osv-schema/>), the widest of the formats read. Texts are
/// cut to the stated sizes on reading, on a character boundary, so one record's memory is bounded.
public struct Advisory: Sendable, Hashable {
    /// The publisher's own id: `DSA-5417-1`, `GHSA-…`, `DEBIAN-CVE-2023-0464`; never empty.
    public var id: String
    /// Where it was read.
    public var feed: FeedID
    /// Other ids of the same vulnerability, in document order, without ``id``.
    public var aliases: [String]
    /// Ids of vulnerabilities it contains or derives from, as a DSA lists its CVEs.
    public var upstream: [String]
    /// One line for people, at most 400 bytes; may be empty.
    public var summary: String
    /// Longer text, at most 4 KiB; may be empty.
    public var details: String
    /// When it was first published, in Unix seconds; `nil` when the feed does not say.
    public var published: Int64?
    /// When it was last changed, in Unix seconds; `nil` when the feed does not say.
    public var modified: Int64?
    /// When it was withdrawn, in Unix seconds; `nil` while it stands. A withdrawn advisory never matches.
    public var withdrawn: Int64?
    /// Every statement of severity found, at record level first, then those of packages, without repetition.
    public var severities: [SeverityStatement]
    /// At most 8 URLs, in document order.
    public var references: [String]
    /// The packages it speaks of; may be empty, as in records about bare Git repositories.
    public var affected: [AffectedPackage]

    /// Makes an advisory from its parts; texts are taken as they are.
    public init(
        id: String, feed: FeedID, aliases: [String] = [], upstream: [String] = [], summary: String = "",
        details: String = "", published: Int64? = nil, modified: Int64? = nil, withdrawn: Int64? = nil,
        severities: [SeverityStatement] = [], references: [String] = [], affected: [AffectedPackage] = []
    ) {
        self.id = id
        self.feed = feed
        self.aliases = aliases
        self.upstream = upstream
        self.summary = summary
        self.details = details
        self.published = published
        self.modified = modified
        self.withdrawn = withdrawn
        self.severities = severities
        self.references = references
        self.affected = affected
    }
}
