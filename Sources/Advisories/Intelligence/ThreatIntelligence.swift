import Scoring

/// What is known about the exploitation of vulnerabilities, by CVE id.
public struct ThreatIntelligence: Sendable {
    /// How likely exploitation is within 30 days, by CVE id in capitals.
    public var epss: [String: EPSSScore]
    /// Exploitation that was observed, by CVE id in capitals.
    public var kev: [String: KnownExploitation]
    /// Exploit code that is public, by CVE id in capitals.
    public var exploits: [String: PublicExploits]
    /// CISA's SSVC decision points, by CVE id in capitals.
    public var ssvc: [String: SSVCDecisionPoints]
    /// Support periods of products and distributions, by ``Lifecycle/product``.
    public var lifecycles: [String: Lifecycle]
    /// Packages that a distribution supports within limits or no more, in no order.
    public var supportNotes: [SupportNote]

    /// Makes a collection from its parts.
    public init(
        epss: [String: EPSSScore] = [:], kev: [String: KnownExploitation] = [:],
        exploits: [String: PublicExploits] = [:], ssvc: [String: SSVCDecisionPoints] = [:],
        lifecycles: [String: Lifecycle] = [:], supportNotes: [SupportNote] = []
    ) {
        self.epss = epss
        self.kev = kev
        self.exploits = exploits
        self.ssvc = ssvc
        self.lifecycles = lifecycles
        self.supportNotes = supportNotes
    }

    /// Takes over what another collection knows; where both know something, the other's word counts. Exploits are joined.
    public mutating func merge(_ other: ThreatIntelligence) {
        // Of most kinds there is one feed, some with a line for every CVE id.
        if epss.isEmpty { epss = other.epss } else { epss.merge(other.epss) { _, theirs in theirs } }
        if ssvc.isEmpty { ssvc = other.ssvc } else { ssvc.merge(other.ssvc) { _, theirs in theirs } }
        kev.merge(other.kev) { _, theirs in theirs }
        exploits.merge(other.exploits) { ours, theirs in
            PublicExploits(
                exploitDatabase: Set(ours.exploitDatabase + theirs.exploitDatabase).sorted(),
                isVerified: ours.isVerified || theirs.isVerified,
                metasploit: Set(ours.metasploit + theirs.metasploit).sorted())
        }
        lifecycles.merge(other.lifecycles) { _, theirs in theirs }
        supportNotes += other.supportNotes
    }

    /// Reads FIRST's EPSS scores: CSV, plain or compressed.
    ///
    /// A broken line is set aside as `line 12`.
    ///
    /// - Source: <https://www.first.org/epss/data_stats>. Cost: about 1 µs a line.
    /// - Throws: `ArchiveError`, or ``FeedError/unexpected(path:reason:)`` when the header line is missing.
    public static func readEPSS(_ path: String, limits: FeedLimits = .standard) throws -> IntelligenceReading {
        try EPSSFeed.read(path, limits: limits)
    }

    /// Reads CISA's catalogue of known exploited vulnerabilities: JSON, plain or compressed.
    ///
    /// A broken entry is set aside under its CVE id or as `entry 12`.
    ///
    /// - Source: <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>
    /// - Throws: `ArchiveError`, ``FeedError/malformed(path:fault:)``, or ``FeedError/unexpected(path:reason:)`` when there
    ///   is no list of vulnerabilities.
    public static func readKEV(_ path: String, limits: FeedLimits = .standard) throws -> IntelligenceReading {
        try KEVFeed.read(path, limits: limits)
    }
}

/// What reading one feed of intelligence gave.
public struct IntelligenceReading: Sendable {
    /// What it says.
    public internal(set) var intelligence = ThreatIntelligence()
    /// The counts and the date of the data.
    public internal(set) var reading: FeedReading
    /// The records set aside, at most the first thousand; ``reading`` counts all.
    public internal(set) var issues: [FeedRecordIssue] = []

    init(feed: FeedID) {
        reading = FeedReading(feed: feed)
    }

    mutating func setAside(_ record: String, _ reason: String) {
        reading.setAside += 1
        if issues.count < 1000 {
            issues.append(FeedRecordIssue(feed: reading.feed, record: record, reason: reason))
        }
    }
}
