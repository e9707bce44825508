/// What must hold besides name and version for a statement to speak of an installed package.
///
/// Every part that is set must hold. A part the question does not answer (a host that does not say its module stream) leaves the
/// statement in doubt in the way documented at that part.
public struct Condition: Sendable, Hashable {
    /// The RPM module stream, `nodejs:18`; `nil` for packages of no module. A package of another stream, or of none, is not spoken of.
    public var moduleStream: String?
    /// Architectures in the distribution's spelling, ascending; empty for all. A package that states none is spoken of.
    public var architectures: [String]
    /// The CPE 2.3 formatted string of a product statement, whose attributes behind the version (update, edition, language, software
    /// edition, target software, target hardware, other) the product's own must match; `nil` outside of product scopes.
    public var criteria: String?
    /// The other operands of an AND node: of each inner list one product must be present on the same host. Empty when the statement
    /// stands alone. A host that does not tell its products leaves it possible.
    public var platforms: [[PlatformMatch]]

    /// Makes a condition from its parts.
    public init(
        moduleStream: String? = nil, architectures: [String] = [], criteria: String? = nil,
        platforms: [[PlatformMatch]] = []
    ) {
        self.moduleStream = moduleStream
        self.architectures = architectures
        self.criteria = criteria
        self.platforms = platforms
    }

    /// Whether nothing is asked.
    public var isEmpty: Bool {
        moduleStream == nil && architectures.isEmpty && criteria == nil && platforms.isEmpty
    }
}

/// One product that an AND node asks for beside the vulnerable one.
public struct PlatformMatch: Sendable, Hashable {
    /// A CPE 2.3 formatted string.
    public var criteria: String
    /// The versions meant, when the criteria's own version is `*`; `nil` for all.
    public var range: AffectedRange?

    /// Makes a match from its parts.
    public init(criteria: String, range: AffectedRange? = nil) {
        self.criteria = criteria
        self.range = range
    }
}
