import Matching
import PackageIdentity

/// Answers which known vulnerabilities package versions are exposed to.
///
/// The embedded implementation asks the mapped index in this process; a remote one asks the enrichment role. One answer always comes
/// from one index.
public protocol VerdictService: Sendable {
    /// Verdicts for each package, same order and count as the argument.
    /// - Throws: ``VerdictServiceError``.
    func verdicts(for packages: [PackageURL]) async throws -> VerdictBatch
    /// Why the package is, or is not, reported for the vulnerability.
    /// - Throws: ``VerdictServiceError``.
    func explain(_ package: PackageURL, vulnerability id: String) async throws -> Explanation
    /// What the feeds say of a vulnerability; `nil` when none speaks of it.
    /// - Throws: ``VerdictServiceError``.
    func vulnerability(_ id: String) async throws -> VulnerabilityRecord?
    /// The index in use and its feeds.
    func status() async -> AdvisoryStatus
    /// The index in use alone, for those who ask after every batch: cheap where ``status()`` reads what is known of the feeds.
    var indexDigest: String? { get async }
}

extension VerdictService {
    /// That of ``status()``.
    public var indexDigest: String? { get async { await status().indexDigest } }
}

/// Verdicts that one index gave.
public struct VerdictBatch: Sendable {
    /// One element per package asked for: all `affected` and `undetermined` verdicts; empty when there are none.
    public let verdicts: [[Verdict]]
    /// Every vulnerability that the verdicts name, once.
    public let vulnerabilities: [VulnerabilityRecord]
    /// Digest of the index that answered.
    public let indexDigest: String

    /// Makes one from its parts.
    public init(verdicts: [[Verdict]], vulnerabilities: [VulnerabilityRecord], indexDigest: String) {
        self.verdicts = verdicts
        self.vulnerabilities = vulnerabilities
        self.indexDigest = indexDigest
    }
}

/// Why no verdict can be given at the moment. Findings then stay "not computed yet", which never looks like "nothing found".
public enum VerdictServiceError: Error, Sendable, Equatable {
    /// No advisories have been loaded yet.
    case noIndex
    case unavailable(String)
}

/// The state of one feed.
public struct FeedStatus: Sendable, Hashable, Codable {
    /// "debian-tracker", "osv/PyPI", "kev", …
    public let feed: String
    /// Records taken in the snapshot in use.
    public let records: Int
    /// Records that were broken and set aside by name.
    public let setAside: Int
    /// When the snapshot in use was fetched, Unix seconds; `nil` when there is none.
    public let fetchedAt: Int64?
    /// When a sync was last tried, Unix seconds.
    public let triedAt: Int64?
    /// Why the last try failed; `nil` when it did not.
    public let error: String?

    /// Makes one from its parts.
    public init(feed: String, records: Int, setAside: Int, fetchedAt: Int64?, triedAt: Int64?, error: String?) {
        self.feed = feed
        self.records = records
        self.setAside = setAside
        self.fetchedAt = fetchedAt
        self.triedAt = triedAt
        self.error = error
    }
}

/// What the answers rest on.
public struct AdvisoryStatus: Sendable, Hashable, Codable {
    /// `nil` before the first index.
    public let indexDigest: String?
    /// How many the index knows.
    public let vulnerabilities: Int
    /// Every feed, by name.
    public let feeds: [FeedStatus]

    /// Makes one from its parts.
    public init(indexDigest: String?, vulnerabilities: Int, feeds: [FeedStatus]) {
        self.indexDigest = indexDigest
        self.vulnerabilities = vulnerabilities
        self.feeds = feeds
    }
}

/// Tells the processor that advisories changed and what that touches.
public protocol AdvisoryChangeFeed: Sendable {
    /// Digests of indexes as they come into use: the present one first if there is one, then each new one. Only the newest matters,
    /// so a slow reader skips. Ends with the service.
    func indexDigests() -> AsyncStream<String>
    /// What the present index answers differently from an older one.
    /// - Parameter digest: The older index; `nil` stands for none.
    /// - Throws: ``VerdictServiceError``.
    func changes(since digest: String?) async throws -> AdvisoryChanges
}

/// The difference of two indexes.
public struct AdvisoryChanges: Sendable {
    /// Names whose entries differ; `nil` when the older index is not held any more, so that everything has to be matched again.
    public let names: [AdvisoryName]?
    /// Vulnerabilities whose texts or scores differ, as they are now; empty when `names` is `nil`.
    public let vulnerabilities: [VulnerabilityRecord]
    /// The newer index.
    public let indexDigest: String

    /// Makes one from its parts.
    public init(names: [AdvisoryName]?, vulnerabilities: [VulnerabilityRecord], indexDigest: String) {
        self.names = names
        self.vulnerabilities = vulnerabilities
        self.indexDigest = indexDigest
    }
}
