/// How bad a vulnerability is, in the words of the CVSS qualitative rating scale.
///
/// Ordered `unknown < none < low < medium < high < critical`, so that sorting puts the worst last and what nobody has
/// rated yet first. `unknown` means "no rating", which is a different statement from `none` ("rated, and harmless").
///
/// - Source: CVSS 4.0 section 6, <https://www.first.org/cvss/v4.0/specification-document#Qualitative-Severity-Rating-Scale>
public enum Severity: String, Sendable, Codable, CaseIterable {
    /// Nobody has rated it, or the rating cannot be read.
    case unknown
    /// Score 0.0; not in CVSS 2.0.
    case none
    /// Score 0.1 to 3.9; in CVSS 2.0 from 0.0.
    case low
    /// Score 4.0 to 6.9.
    case medium
    /// Score 7.0 to 8.9; in CVSS 2.0 up to 10.0.
    case high
    /// Score 9.0 to 10.0.
    case critical

    /// The rating of a CVSS 3.0, 3.1 or 4.0 score.
    ///
    /// - Parameter score: 0.0 to 10.0, both included, one decimal. Anything outside, and NaN, is ``unknown``. A score
    ///   between two bands (3.95) belongs to the lower one, as scores have one decimal and nothing was promoted.
    public init(score: Double) {
        switch score {
        case 0..<0.1: self = .none
        case 0.1..<4: self = .low
        case 4..<7: self = .medium
        case 7..<9: self = .high
        case 9...10: self = .critical
        default: self = .unknown
        }
    }

    /// The rating of a score of the given CVSS version.
    ///
    /// CVSS 2.0 defines no words. The ones in use are NVD's, which end at ``high``:
    /// <https://nvd.nist.gov/vuln-metrics/cvss>, and begin with ``low``, which there includes 0.0.
    ///
    /// - Parameters:
    ///   - score: 0.0 to 10.0 as in ``init(score:)``.
    ///   - version: The version the score was computed with.
    public init(score: Double, version: CVSSVersion) {
        let rating = Severity(score: score)
        self = version == .v2 && rating != .unknown ? max(.low, min(rating, .high)) : rating
    }
}

extension Severity: Comparable {
    /// Whether `lhs` is less bad than `rhs` in the order of ``Severity``.
    public static func < (lhs: Severity, rhs: Severity) -> Bool {
        lhs.rank < rhs.rank
    }

    /// Position in the order, 0 for ``unknown`` to 5 for ``critical``.
    public var rank: Int {
        switch self {
        case .unknown: 0
        case .none: 1
        case .low: 2
        case .medium: 3
        case .high: 4
        case .critical: 5
        }
    }
}
