/// One feed on disk: what it is and where it lies.
public struct FeedSource: Sendable, Hashable {
    /// What a file holds and which loader reads it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A zip of OSV records.
        case osvExport
        /// One OSV record.
        case osvRecord
        /// The Debian Security Tracker's JSON.
        case debianTracker
        /// CISA's catalogue of known exploited vulnerabilities, as JSON.
        case kev
        /// FIRST's EPSS scores, as CSV.
        case epss
    }

    /// The feed's name.
    public let feed: FeedID
    /// What the file holds.
    public let kind: Kind
    /// The file.
    public let path: String

    /// Names a feed on disk.
    public init(feed: FeedID, kind: Kind, path: String) {
        self.feed = feed
        self.kind = kind
        self.path = path
    }

    /// Whether it holds advisories; otherwise it holds threat intelligence.
    public var holdsAdvisories: Bool {
        switch kind {
        case .osvExport, .osvRecord, .debianTracker: true
        case .kev, .epss: false
        }
    }

    /// Reads the advisories of the source; of one that holds intelligence, none. Sources are independent of each other, so
    /// each may be read by a task of its own.
    ///
    /// - Throws: `ArchiveError`, ``FeedError``, or what the sink throws.
    @discardableResult
    public func readAdvisories(
        limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        switch kind {
        case .osvExport: try OSVFeed.read(zip: path, feed: feed, limits: limits, into: &sink)
        case .osvRecord: try OSVFeed.read(file: path, feed: feed, limits: limits, into: &sink)
        case .debianTracker: try DebianTrackerFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .kev, .epss: FeedReading(feed: feed)
        }
    }

    /// Reads the threat intelligence of the source; `nil` for one that holds advisories.
    ///
    /// - Throws: `ArchiveError` or ``FeedError``.
    public func readIntelligence(limits: FeedLimits = .standard) throws -> IntelligenceReading? {
        switch kind {
        case .kev: try ThreatIntelligence.readKEV(path, limits: limits)
        case .epss: try ThreatIntelligence.readEPSS(path, limits: limits)
        case .osvExport, .osvRecord, .debianTracker: nil
        }
    }
}
