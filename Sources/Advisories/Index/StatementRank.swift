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

    /// The numbering authority's own ranges in the CVE list: heard where nobody else speaks of the name, as vendors and NVD correct them.
    package static let numberingAuthority: UInt8 = 4

    /// What an advisory's feed and id say of its rank, worked out once for all its packages.
    package enum Kind: Sendable {
        /// Per-vulnerability data of the distribution.
        case tracker
        /// A per-CVE record; what stands before the CVE in its id, `DEBIAN`.
        case perVulnerability(prefix: String)
        case changelog
        case advisory
        /// A record of the CVE list.
        case numberingAuthority
    }

    /// The kind of an advisory.
    ///
    /// - Parameters:
    ///   - feed: The feed's name.
    ///   - id: The advisory's id.
    package static func kind(feed: String, id: String) -> Kind {
        if feed == FeedID.debianTracker.rawValue || feed.hasPrefix("alpine-secdb/") { return .tracker }
        if feed.hasPrefix("csaf/") && feed.hasSuffix("/vex") { return .tracker }
        if let prefix = VulnerabilityID.derivedPrefix(id) { return .perVulnerability(prefix: String(prefix)) }
        if feed == FeedID.cveList.rawValue { return .numberingAuthority }
        return feed == FeedID.aptChangelog.rawValue ? .changelog : .advisory
    }

    /// The rank of an advisory's statements in a scope.
    ///
    /// - Parameter ecosystem: The scope before its colon, in capitals: only there do per-CVE records of that name come first.
    package static func of(_ kind: Kind, ecosystem: String) -> UInt8 {
        switch kind {
        case .tracker: tracker
        case .perVulnerability(let prefix): prefix == ecosystem ? perVulnerability : advisory
        case .changelog: changelog
        case .advisory: advisory
        case .numberingAuthority: numberingAuthority
        }
    }
}
