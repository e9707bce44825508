/// One package of an advisory: where it lives, what it is called there, and which versions are meant.
public struct AffectedPackage: Sendable, Hashable {
    /// The OSV ecosystem with its release: `Debian:12`, `Alpine:v3.18`, `PyPI`.
    public var scope: String
    /// The name advisories use in that scope, normalised as ``PackageIdentity`` does for look-ups.
    public var name: String
    /// The name as the publisher writes it, to be shown; `nil` where that is ``name``, or nobody should see another.
    public var spelling: String?
    /// The version ranges, in document order; may be empty when ``versions`` says all, or ``state`` does.
    public var ranges: [AffectedRange]
    /// Versions named one by one, as published.
    public var versions: [String]
    /// What the publisher says of a repair; ``FixState/unspecified`` when only the ranges speak.
    public var state: FixState
    /// The publisher's own urgency word, such as the Debian tracker's `unimportant`; `nil` when not given.
    public var urgency: String?
    /// What must hold besides name and version; `nil` when that is all.
    public var condition: Condition?

    /// Makes an affected package from its parts.
    public init(
        scope: String, name: String, spelling: String? = nil, ranges: [AffectedRange] = [], versions: [String] = [],
        state: FixState = .unspecified, urgency: String? = nil, condition: Condition? = nil
    ) {
        self.scope = scope
        self.name = name
        self.spelling = spelling
        self.ranges = ranges
        self.versions = versions
        self.state = state
        self.urgency = urgency
        self.condition = condition
    }
}

/// What a publisher says about the repair of a vulnerability in one package of one scope.
public enum FixState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing beyond the ranges.
    case unspecified
    /// Affected, and no repaired version exists yet.
    case unfixed
    /// A repaired version exists; the ranges name it.
    case fixed
    /// The package was never vulnerable in this scope.
    case notAffected
    /// Affected, and no longer supported: no repair will come.
    case endOfLife
    /// Affected, and the publisher decided not to repair it in this scope.
    case ignored
    /// The publisher does not know yet whether it is affected.
    case undetermined
}
