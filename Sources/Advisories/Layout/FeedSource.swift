/// One feed on disk: what it is and where it lies.
public struct FeedSource: Sendable, Hashable {
    /// What a file or folder holds and which loader reads it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A zip of OSV records.
        case osvExport
        /// A folder of OSV records, one a file.
        case osvFolder
        /// One OSV record.
        case osvRecord
        /// The Debian Security Tracker's JSON.
        case debianTracker
        /// Debian's list of its security advisories, DSA or DLA, as text.
        case debianSecurityList
        /// Alpine's secdb of one release and repository, or another distribution's in its form.
        case alpineSecdb
        /// CSAF documents: one, a folder or an archive of them.
        case csaf
        /// CVE records in CVE JSON 5: one, a folder or an archive of them.
        case cveList
        /// Pages of the NVD's API 2.0: one, or a folder of them.
        case nvd
        /// CISA's catalogue of known exploited vulnerabilities, as JSON.
        case kev
        /// FIRST's EPSS scores, as CSV.
        case epss
        /// The Exploit Database's index, as CSV.
        case exploitDatabase
        /// Metasploit's module metadata, as JSON.
        case metasploit
        /// Support periods by endoflife.date: its API's list of all products, one product, or a folder of such.
        case endOfLife
        /// The lists of the package debian-security-support: a folder of them, or one.
        case debianSupport
        /// A user's own VEX document. It belongs to one company, so it is no part of an index.
        case vex
    }

    /// The feed's name.
    public let feed: FeedID
    /// What the file holds.
    public let kind: Kind
    /// The file or folder.
    public let path: String
    /// Of an OSV export: a zip of newer records, each in place of the export's record of the same file name.
    public let overlay: String?

    /// Names a feed on disk.
    public init(feed: FeedID, kind: Kind, path: String, overlay: String? = nil) {
        self.feed = feed
        self.kind = kind
        self.path = path
        self.overlay = overlay
    }

    /// Whether it holds advisories. CVE records hold both these and threat intelligence; a user's VEX neither.
    public var holdsAdvisories: Bool {
        switch kind {
        case .osvExport, .osvFolder, .osvRecord, .debianTracker, .debianSecurityList, .alpineSecdb, .csaf, .cveList,
            .nvd:
            true
        case .kev, .epss, .exploitDatabase, .metasploit, .endOfLife, .debianSupport, .vex: false
        }
    }

    /// Reads the advisories of the source; of one that holds none, nothing. Sources are independent of each other, so
    /// each may be read by a thread of its own.
    ///
    /// - Throws: `ArchiveError`, ``FeedError``, or what the sink throws.
    @discardableResult
    public func readAdvisories(
        limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        switch kind {
        case .osvExport: try OSVFeed.read(zip: path, overlay: overlay, feed: feed, limits: limits, into: &sink)
        case .osvFolder: try OSVFeed.read(folder: path, feed: feed, limits: limits, into: &sink)
        case .osvRecord: try OSVFeed.read(file: path, feed: feed, limits: limits, into: &sink)
        case .debianTracker: try DebianTrackerFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .debianSecurityList: try DebianSecurityListFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .alpineSecdb: try AlpineSecdbFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .csaf: try CSAFFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .cveList: try CVEListFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .nvd: try NVDFeed.read(path, feed: feed, limits: limits, into: &sink)
        case .kev, .epss, .exploitDatabase, .metasploit, .endOfLife, .debianSupport, .vex: FeedReading(feed: feed)
        }
    }

    /// Reads the threat intelligence of the source; `nil` for one that holds none.
    ///
    /// - Throws: `ArchiveError` or ``FeedError``.
    public func readIntelligence(limits: FeedLimits = .standard) throws -> IntelligenceReading? {
        switch kind {
        case .kev: try ThreatIntelligence.readKEV(path, limits: limits)
        case .epss: try ThreatIntelligence.readEPSS(path, limits: limits)
        case .exploitDatabase: try ExploitDatabaseFeed.read(path, feed: feed, limits: limits)
        case .metasploit: try MetasploitFeed.read(path, feed: feed, limits: limits)
        case .endOfLife: try EndOfLifeFeed.read(path, feed: feed, limits: limits)
        case .debianSupport: try DebianSupportFeed.read(path, feed: feed, limits: limits)
        case .cveList: try CVEListFeed.readIntelligence(path, feed: feed, limits: limits)
        case .osvExport, .osvFolder, .osvRecord, .debianTracker, .debianSecurityList, .alpineSecdb, .csaf, .nvd, .vex:
            nil
        }
    }
}
