// Only for the linker: an optimised build turns squareRoot() into a call of libm, which nothing else here asks for.
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One number that says what to do first, 0 to 100, with the parts it is the sum of.
///
///     severityPart   = 4.5 × CVSS score                                  0 … 45
///     likelihoodPart = 25 × √(EPSS probability)                          0 … 25
///     exploitPart    = w × (25 − likelihoodPart)                         0 … 10
///     b              = severityPart + likelihoodPart + exploitPart       0 … 70
///     value          = b                                                 not in KEV
///     value          = 75 + 20 × b ÷ 70 + (5 when used in ransomware)    in KEV
///     exploitedPart  = value − b                                         0, or at least 25
///
/// - Severity is the base: without other knowledge the order is that of the CVSS score.
/// - EPSS lifts: the square root, because probabilities crowd near 0 (most are below 0.01) and 0.1 is already alarming.
/// - Public exploit code closes a share w of the gap to certain exploitation: 0.4 when it is a Metasploit module or was verified, 0.2
///   otherwise, 0 without any. It counts most where EPSS has not noticed yet, and never more than certainty would.
/// - KEV dominates: what is exploited ranks above everything that is not, 75 against at most 70, and is ordered among
///   itself by the same parts.
///
/// The value never falls when one input gets worse: a higher score or severity, a higher probability, exploit code that becomes public
/// or ready, an entry in KEV, or its use in ransomware. Parts are rounded to tenths before they are added, so they add up exactly as shown.
public struct Risk: Sendable, Hashable, Codable {
    /// The whole, 0 to 100, a multiple of 0.1.
    public let value: Double
    /// What severity contributes, 0 to 45.
    public let severityPart: Double
    /// What the expected exploitation contributes, 0 to 25.
    public let likelihoodPart: Double
    /// What public exploit code adds, 0 to 10.
    public let exploitPart: Double
    /// What known exploitation adds: 0 without an entry in KEV, 25 to 75 with one.
    public let exploitedPart: Double

    /// Computes the risk of a vulnerability from what is known of it.
    ///
    /// - Parameters:
    ///   - cvss: The CVSS score, 0 to 10; what lies outside is moved to the nearer end. `nil` or NaN when there is none.
    ///   - severity: Stands in when there is no score, see ``representativeScore(of:)``; otherwise not used.
    ///   - epss: `nil` when the vulnerability has none: counts as probability 0.
    ///   - exploitation: The entry in KEV, `nil` when there is none.
    ///   - exploits: Public exploit code, `nil` when none is known.
    public init(
        cvss: Double?, severity: Severity, epss: EPSSScore?, exploitation: KnownExploitation?,
        exploits: PublicExploits? = nil
    ) {
        let score = cvss.flatMap { $0.isNaN ? nil : min(10, max(0, $0)) } ?? Self.representativeScore(of: severity)
        let severityTenths = Self.tenths(4.5 * score)
        let likelihoodTenths = Self.tenths(25 * (epss?.probability ?? 0).squareRoot())
        let share = exploits.map { $0.isReady ? 0.4 : ($0.isEmpty ? 0 : 0.2) } ?? 0
        let exploitTenths = Int((share * Double(250 - likelihoodTenths)).rounded())
        let base = severityTenths + likelihoodTenths + exploitTenths
        let whole = exploitation.map { Self.exploitedTenths(base: base, ransomware: $0.ransomware) } ?? base
        value = Double(whole) / 10
        severityPart = Double(severityTenths) / 10
        likelihoodPart = Double(likelihoodTenths) / 10
        exploitPart = Double(exploitTenths) / 10
        exploitedPart = Double(whole - base) / 10
    }

    /// Reads what was written, also before ``exploitPart`` existed.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        value = try container.decode(Double.self, forKey: .value)
        severityPart = try container.decode(Double.self, forKey: .severityPart)
        likelihoodPart = try container.decode(Double.self, forKey: .likelihoodPart)
        exploitPart = try container.decodeIfPresent(Double.self, forKey: .exploitPart) ?? 0
        exploitedPart = try container.decode(Double.self, forKey: .exploitedPart)
    }

    /// The score that stands in for a severity word without a score: about the middle of its band.
    ///
    /// `unknown` counts as 4.0, the lowest medium: it says that nobody has rated the vulnerability, and what is new and
    /// unrated must not sink below everything that is known to be harmless.
    public static func representativeScore(of severity: Severity) -> Double {
        switch severity {
        case .unknown: 4
        case .none: 0
        case .low: 2.5
        case .medium: 5.5
        case .high: 8
        case .critical: 9.5
        }
    }

    private static func exploitedTenths(base: Int, ransomware: Bool) -> Int {
        tenths(75 + 20 * Double(base) / 700) + (ransomware ? 50 : 0)
    }

    private static func tenths(_ value: Double) -> Int {
        Int((value * 10).rounded())
    }
}
