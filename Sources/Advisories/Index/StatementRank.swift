/// Which statements about one vulnerability in one package decide; the lower rank does, the others are kept as evidence.
///
/// A distribution's per-CVE data knows backports that an advisory or an upstream range does not. In scopes that are not
/// distributions all statements have the same rank, and one that says "affected" is enough.
package enum StatementRank {
    /// The distribution's own per-vulnerability data: a security tracker, Alpine's secdb, CSAF VEX.
    package static let tracker: UInt8 = 0
    /// A per-CVE record in the distribution's OSV export (`DEBIAN-CVE-…`, `UBUNTU-CVE-…`).
    package static let perVulnerability: UInt8 = 1
    /// A repair that a package changelog names.
    package static let changelog: UInt8 = 2
    /// An advisory about one update (DSA, USN, ALSA), and everything in other scopes.
    package static let advisory: UInt8 = 3

    /// The rank of a statement.
    ///
    /// - Parameters:
    ///   - feed: The feed's name.
    ///   - id: The advisory's id.
    ///   - scope: The package's scope.
    static func of(feed: String, id: String, scope: String) -> UInt8 {
        if feed == FeedID.debianTracker.rawValue || feed.hasPrefix("alpine-secdb/") { return tracker }
        if feed.hasPrefix("csaf/") && feed.hasSuffix("/vex") { return tracker }
        let ecosystem = scope.prefix { $0 != ":" }.uppercased()
        if VulnerabilityID.derivedPrefix(id).map({ $0 == ecosystem }) ?? false { return perVulnerability }
        return feed == FeedID.aptChangelog.rawValue ? changelog : advisory
    }
}
