/// One version range of an advisory, as the events that open and close it.
///
/// Source: <https://ossf.github.io/osv-schema/#affectedrangesevents-fields>
public struct AffectedRange: Sendable, Hashable {
    /// How the versions in the events are ordered.
    public var kind: Kind
    /// What happened, in document order; not sorted and not checked for sense.
    public var events: [Event]

    /// Makes a range from its events.
    public init(kind: Kind, events: [Event]) {
        self.kind = kind
        self.events = events
    }

    /// Which ordering a range's versions follow.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The package ecosystem's own ordering.
        case ecosystem
        /// Semantic Versioning 2.0.
        case semver
        /// Commit hashes of a Git repository, which have no order without that repository.
        case git
    }

    /// One change of state along the versions. The version text is as published.
    public enum Event: Sendable, Hashable {
        /// Affected from this version on, inclusive; `"0"` stands before every version.
        case introduced(String)
        /// Affected from just above this version on; the version itself is not. NVD's `versionStartExcluding`.
        case introducedAfter(String)
        /// No longer affected from this version on.
        case fixed(String)
        /// Affected up to this version, inclusive.
        case lastAffected(String)
        /// Nothing is said of versions from here on.
        case limit(String)
    }
}
