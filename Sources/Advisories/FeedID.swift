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
