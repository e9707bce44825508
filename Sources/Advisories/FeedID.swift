/// The name of one source of advisories, such as `osv/Debian`, `debian-tracker` or `apt-changelog`.
///
/// It is shown to people and stands in every record and issue, so a doubtful verdict can be traced to the bytes
/// it came from.
public struct FeedID: RawRepresentable, Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The name as text: lowercase kind, then for OSV a slash and the ecosystem as OSV spells it.
    public let rawValue: String

    /// Names a feed; any text is accepted.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The Debian Security Tracker's JSON.
    public static let debianTracker = FeedID(rawValue: "debian-tracker")
    /// Facts read from Debian package changelogs.
    public static let aptChangelog = FeedID(rawValue: "apt-changelog")
    /// CISA's catalogue of known exploited vulnerabilities.
    public static let kev = FeedID(rawValue: "kev")
    /// FIRST's exploit prediction scores.
    public static let epss = FeedID(rawValue: "epss")
    /// CVE records in CVE JSON 5: the numbering authorities' own words and CISA's additions.
    public static let cveList = FeedID(rawValue: "cve-list")
    /// The National Vulnerability Database, API 2.0.
    public static let nvd = FeedID(rawValue: "nvd")
    /// The Exploit Database's index.
    public static let exploitDatabase = FeedID(rawValue: "exploit-database")
    /// Metasploit's module metadata.
    public static let metasploit = FeedID(rawValue: "metasploit")
    /// endoflife.date.
    public static let endOfLife = FeedID(rawValue: "end-of-life")
    /// The package debian-security-support.
    public static let debianSupport = FeedID(rawValue: "debian-security-support")

    /// Alpine's secdb of one release and repository.
    ///
    /// - Parameter release: `v3.18/main`, `edge/community`.
    public static func alpine(_ release: String) -> FeedID {
        FeedID(rawValue: "alpine-secdb/\(release)")
    }

    /// CSAF documents of one publisher.
    ///
    /// - Parameter folder: `redhat/vex`, `redhat/advisories`, `suse`.
    public static func csaf(_ folder: String) -> FeedID {
        FeedID(rawValue: "csaf/\(folder)")
    }

    /// An OSV export of one ecosystem.
    ///
    /// - Parameter ecosystem: The ecosystem before the colon, as OSV spells it: `Debian`, `crates.io`.
    public static func osv(_ ecosystem: String) -> FeedID {
        FeedID(rawValue: "osv/\(ecosystem)")
    }

    /// Same as ``rawValue``.
    public var description: String { rawValue }

    /// Orders by the UTF-8 bytes of the name.
    public static func < (lhs: FeedID, rhs: FeedID) -> Bool {
        lhs.rawValue.utf8.lexicographicallyPrecedes(rhs.rawValue.utf8)
    }
}
