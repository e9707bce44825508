import Scoring

/// One party's word on how bad a vulnerability is: a CVSS vector, or a severity word where no vector is given.
public struct SeverityStatement: Sendable, Hashable {
    /// A CVSS vector as published, not checked; `nil` when only a word was given.
    public var vector: String?
    /// The severity in words; `nil` when a vector was given.
    public var word: Severity?
    /// Who says so.
    public var origin: Origin

    /// States a vector, a word, or both.
    public init(vector: String? = nil, word: Severity? = nil, origin: Origin) {
        self.vector = vector
        self.word = word
        self.origin = origin
    }

    /// Who stated a severity; the order of the cases is the order of precedence.
    public enum Origin: String, Sendable, Hashable, CaseIterable, Codable {
        /// The publisher of the distribution or ecosystem, who knows the package as shipped.
        case vendor
        /// The CVE numbering authority that assigned the id.
        case cna
        /// The National Vulnerability Database.
        case nvd
        /// GitHub's advisory database.
        case github
    }
}
