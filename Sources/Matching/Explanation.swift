import PackageIdentity

/// Why a package version is, or is not, reported for a vulnerability.
public struct Explanation: Sendable, Hashable, Codable {
    /// The package asked about, as a canonical package URL.
    public let purl: String
    /// Where advisories were looked up; `nil` when the package URL names no such place.
    public let coordinates: AdvisoryCoordinates?
    /// The canonical id, or the id asked for when the index does not know it.
    public let vulnerability: String
    /// The answer.
    public let status: VerdictStatus
    /// A short machine word, see ``VerdictReason``.
    public let reason: String
    /// The lowest version above the installed one that repairs it in this scope; `nil` when none is known.
    public let fixedVersion: String?
    /// Repairs that were made elsewhere, when there is none in this scope; `nil` when there are none either.
    public let fixesElsewhere: [FixElsewhere]?
    /// How sure it is that the deciding statement speaks of this very package.
    public let confidence: Confidence
    /// The rule by which the deciding statements come before the others; `nil` when no statement decided.
    public let precedence: String?
    /// One line for people.
    public let sentence: String
    /// Every statement of the index on this package and vulnerability: those that decided first, then those overruled.
    public let evidence: [Evidence]
    /// ``AdvisoryIndex/digest`` of the index that answered, so that the answer can be replayed.
    public let indexDigest: String

    /// Makes an explanation from its parts.
    public init(
        purl: String, coordinates: AdvisoryCoordinates?, vulnerability: String, status: VerdictStatus, reason: String,
        fixedVersion: String? = nil, fixesElsewhere: [FixElsewhere]? = nil, confidence: Confidence = .exact,
        precedence: String? = nil, sentence: String, evidence: [Evidence], indexDigest: String
    ) {
        self.purl = purl
        self.coordinates = coordinates
        self.vulnerability = vulnerability
        self.status = status
        self.reason = reason
        self.fixedVersion = fixedVersion
        self.fixesElsewhere = fixesElsewhere
        self.confidence = confidence
        self.precedence = precedence
        self.sentence = sentence
        self.evidence = evidence
        self.indexDigest = indexDigest
    }
}
