import PackageIdentity

/// What is known of an installed application, before it is known which product it is.
public struct InstalledProduct: Sendable, Hashable {
    /// The package URL, if there is one.
    public var package: PackageURL?
    /// CPE names stated by whoever described it; believed.
    public var cpes: [CPEName]
    /// The name shown to people, `Mozilla Firefox (x64 en-US)`.
    public var name: String?
    /// The version as the application states it.
    public var version: String?
    /// Who made it, `Mozilla Corporation`.
    public var publisher: String?
    /// The bundle identifier of an application on Apple's systems, `org.mozilla.firefox`.
    public var bundleID: String?

    /// Describes an application by the parts that are known.
    public init(
        package: PackageURL? = nil, cpes: [CPEName] = [], name: String? = nil, version: String? = nil,
        publisher: String? = nil, bundleID: String? = nil
    ) {
        self.package = package
        self.cpes = cpes
        self.name = name
        self.version = version
        self.publisher = publisher
        self.bundleID = bundleID
    }
}

/// A product an installed application may be.
public struct ProductCandidate: Sendable, Hashable {
    /// How sure it is.
    public enum Certainty: String, Sendable, Hashable, Comparable {
        /// By its name alone.
        case presumed
        /// By a package URL, a bundle identifier, or publisher and name; or by another CPE name of the same product that was stated.
        case identified
        /// The CPE name was stated.
        case stated

        /// Whether `lhs` is less sure.
        public static func < (lhs: Certainty, rhs: Certainty) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int { self == .presumed ? 0 : self == .identified ? 1 : 2 }
    }

    /// The product with the installed version.
    public var cpe: CPEName
    /// How sure it is.
    public var certainty: Certainty
    /// The id of the rule that says so; `nil` when the CPE name was stated.
    public var rule: String?

    /// Makes a candidate.
    public init(cpe: CPEName, certainty: Certainty, rule: String?) {
        self.cpe = cpe
        self.certainty = certainty
        self.rule = rule
    }
}
