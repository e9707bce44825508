/// What the Exploit Prediction Scoring System says of a vulnerability.
///
/// - Source: <https://www.first.org/epss/>; published daily for every CVE.
public struct EPSSScore: Sendable, Hashable, Codable {
    /// Estimated probability that exploitation is seen within the next 30 days, 0 to 1, both included.
    public let probability: Double
    /// Share of all scored vulnerabilities whose probability is the same or lower, 0 to 1, both included.
    public let percentile: Double

    /// Takes both figures as published; what lies outside 0 to 1 is moved to the nearer end, NaN to 0.
    public init(probability: Double, percentile: Double) {
        self.probability = Self.clamped(probability)
        self.percentile = Self.clamped(percentile)
    }

    /// Decodes `{"probability": …, "percentile": …}` under the bounds of ``init(probability:percentile:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            probability: try container.decode(Double.self, forKey: .probability),
            percentile: try container.decode(Double.self, forKey: .percentile))
    }

    private static func clamped(_ share: Double) -> Double {
        // Written so that NaN, which compares false with everything, ends at 0.
        share >= 1 ? 1 : (share > 0 ? share : 0)
    }
}
