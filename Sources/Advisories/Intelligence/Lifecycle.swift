/// When the releases of a product stop to be supported.
///
/// - Source: <https://endoflife.date/docs/api/v1/>
public struct Lifecycle: Sendable, Hashable, Codable {
    /// The product's short name at endoflife.date: `debian`, `nginx`, `nodejs`.
    public var product: String
    /// Package URLs and CPE 2.3 strings without version that name the same product, ascending.
    public var identifiers: [String]
    /// Its releases, newest first as published.
    public var releases: [Release]

    /// Makes a lifecycle from its parts.
    public init(product: String, identifiers: [String] = [], releases: [Release] = []) {
        self.product = product
        self.identifiers = identifiers
        self.releases = releases
    }

    /// One release, or line of releases.
    public struct Release: Sendable, Hashable, Codable {
        /// The cycle: `12`, `1.24`, `18`.
        public var cycle: String
        /// The codename, if any.
        public var codename: String?
        /// Last day of active support, `YYYY-MM-DD`; `nil` when unknown or unlimited.
        public var activeSupportEnd: String?
        /// Last day of security support, `YYYY-MM-DD`; `nil` when unknown or unlimited.
        public var securitySupportEnd: String?
        /// Last day of extended (paid or volunteer) security support, `YYYY-MM-DD`; `nil` when there is none.
        public var extendedSupportEnd: String?
        /// Whether the publisher says, without a date, that it has ended.
        public var isEnded: Bool
        /// The newest version of it, if known.
        public var latest: String?

        /// Makes a release from its parts.
        public init(
            cycle: String, codename: String? = nil, activeSupportEnd: String? = nil, securitySupportEnd: String? = nil,
            extendedSupportEnd: String? = nil, isEnded: Bool = false, latest: String? = nil
        ) {
            self.cycle = cycle
            self.codename = codename
            self.activeSupportEnd = activeSupportEnd
            self.securitySupportEnd = securitySupportEnd
            self.extendedSupportEnd = extendedSupportEnd
            self.isEnded = isEnded
            self.latest = latest
        }
    }
}

/// A distribution's word that it supports a package in a release only within limits, or no more.
///
/// - Source: the Debian package debian-security-support, <https://salsa.debian.org/debian/debian-security-support>
public struct SupportNote: Sendable, Hashable, Codable {
    /// The scope, `Debian:12`.
    public var scope: String
    /// The source package.
    public var name: String
    /// Whether support has ended; otherwise it is limited.
    public var isEnded: Bool
    /// The last version that was supported, if stated.
    public var lastSupportedVersion: String?
    /// Last day of support, `YYYY-MM-DD`, if stated.
    public var endDate: String?
    /// The distribution's words.
    public var text: String

    /// Makes a note from its parts.
    public init(
        scope: String, name: String, isEnded: Bool, lastSupportedVersion: String? = nil, endDate: String? = nil,
        text: String
    ) {
        self.scope = scope
        self.name = name
        self.isEnded = isEnded
        self.lastSupportedVersion = lastSupportedVersion
        self.endDate = endDate
        self.text = text
    }
}
