/// What the index says about one vulnerability in one package version.
public struct Verdict: Sendable, Hashable, Codable {
    /// The canonical id: the CVE if there is one, else the GHSA id, else the advisory's own.
    public let vulnerability: String
    /// Ids of all standing advisories that speak of it for this package, ascending, without repetition.
    public let advisories: [String]
    /// Whether the package version is exposed.
    public let status: VerdictStatus
    /// The lowest version above the installed one that repairs it in this scope; `nil` when none is known.
    public let fixedVersion: String?
    /// A short machine word, see ``VerdictReason``.
    public let reason: String
    /// The distribution's own urgency word, such as Debian's `unimportant`; `nil` when it gives none.
    ///
    /// A verdict `affected` with the urgency `unimportant` is one whose distribution sees no security impact: show it last
    /// and as low, as debsecan does, whatever the CVSS score.
    public let urgency: String?
    /// How sure it is that the statement speaks of this very package.
    public let confidence: Confidence

    /// Makes a verdict from its parts.
    public init(
        vulnerability: String, advisories: [String], status: VerdictStatus, fixedVersion: String? = nil,
        reason: String, urgency: String? = nil, confidence: Confidence = .exact
    ) {
        self.vulnerability = vulnerability
        self.advisories = advisories
        self.status = status
        self.fixedVersion = fixedVersion
        self.reason = reason
        self.urgency = urgency
        self.confidence = confidence
    }

    /// Reads a verdict; one that was stored before verdicts had a confidence is exact.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        vulnerability = try container.decode(String.self, forKey: .vulnerability)
        advisories = try container.decode([String].self, forKey: .advisories)
        status = try container.decode(VerdictStatus.self, forKey: .status)
        fixedVersion = try container.decodeIfPresent(String.self, forKey: .fixedVersion)
        reason = try container.decode(String.self, forKey: .reason)
        urgency = try container.decodeIfPresent(String.self, forKey: .urgency)
        confidence = try container.decodeIfPresent(Confidence.self, forKey: .confidence) ?? .exact
    }
}

/// How sure it is that a statement speaks of the package that was asked about.
public enum Confidence: String, Codable, Sendable, Hashable, CaseIterable {
    /// The ecosystem's or the distribution's own advisories name the package.
    case exact
    /// The package's stated CPE name matches the statement's.
    case likely
    /// The CPE name was derived from other facts, or the statement asks for a platform that nobody could check.
    case possible
}

/// Whether a package version is exposed to a vulnerability.
public enum VerdictStatus: String, Codable, Sendable, Hashable, CaseIterable {
    /// The version is exposed.
    case affected
    /// The version carries the repair.
    case fixed
    /// The package was never exposed in this scope, or not in this version.
    case notAffected = "not_affected"
    /// Nothing certain can be said; ``Verdict/reason`` says why.
    case undetermined
}
