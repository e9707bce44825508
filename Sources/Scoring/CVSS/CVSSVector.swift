/// A CVSS vector string and what it scores.
///
/// Accepts CVSS 2.0 (`AV:N/AC:L/Au:N/C:P/I:P/A:P`, which has no prefix), 3.0, 3.1 and 4.0 (`CVSS:3.1/AV:N/…`). Metrics may
/// come in any order, as the specifications allow; everything else is strict. Parsing never traps.
///
/// Equality and hash are those of ``vector``, because the rest follows from it.
///
/// - Source: <https://www.first.org/cvss/>
public struct CVSSVector: Sendable {
    /// The version of the vector, hence of its scores.
    public let version: CVSSVersion
    /// The text as given.
    public let vector: String
    /// The score of everything the vector says, 0.0 to 10.0, one decimal.
    ///
    /// The environmental score when the vector defines an environmental metric, else the temporal (4.0: threat) score
    /// when it defines one of those, else the base score. Vectors that feeds publish mostly are base vectors.
    public let score: Double
    /// The rating of ``score`` by ``Severity/init(score:version:)``.
    public let severity: Severity
    /// The score of the base metrics alone, 0.0 to 10.0, one decimal. The same as ``score`` in a base vector.
    public let baseScore: Double
    /// The score with temporal (4.0: threat) metrics; `nil` when the vector defines none.
    public let temporalScore: Double?
    /// The score with all metrics; `nil` when the vector defines no environmental metric.
    public let environmentalScore: Double?

    /// Longest accepted vector in UTF-8 bytes; the longest possible one, CVSS 4.0 with every metric, has fewer than 250.
    static let longest = 512

    /// Reads and scores a vector.
    ///
    /// - Parameter vector: The vector as published, without spaces or parentheses around it. At most 512 bytes.
    /// - Throws: ``CVSSError``, naming the metric at fault where there is one.
    public init(_ vector: some StringProtocol) throws(CVSSError) {
        guard !vector.isEmpty else { throw .empty }
        guard vector.utf8.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
        let text = String(vector)
        let (version, elements) = try Self.splitPrefix(of: text)
        let scores =
            switch version {
            case .v2: CVSS2(try CVSSMetricValues(parsing: elements)).scores
            case .v3_0, .v3_1: CVSS3(try CVSSMetricValues(parsing: elements), version: version).scores
            case .v4_0: CVSS4(try CVSSMetricValues(parsing: elements)).scores
            }
        self.version = version
        self.vector = text
        score = scores.environmental ?? scores.threat ?? scores.base
        severity = Severity(score: score, version: version)
        baseScore = scores.base
        temporalScore = scores.threat
        environmentalScore = scores.environmental
    }

    /// The version a text claims and what follows; a text without `CVSS:` can only be CVSS 2.0.
    private static func splitPrefix(of text: String) throws(CVSSError) -> (CVSSVersion, Substring) {
        guard text.hasPrefix("CVSS:") else { return (.v2, text[...]) }
        let rest = text.dropFirst("CVSS:".count)
        let name = rest.prefix { $0 != "/" }
        guard let version = CVSSVersion(rawValue: String(name)), version != .v2 else {
            throw .unsupportedVersion(String(name))
        }
        return (version, rest.dropFirst(name.count + 1))
    }
}

extension CVSSVector: Hashable {
    /// Whether both have the same text.
    public static func == (lhs: CVSSVector, rhs: CVSSVector) -> Bool {
        lhs.vector == rhs.vector
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(vector)
    }
}

extension CVSSVector: CustomStringConvertible {
    /// The vector as given.
    public var description: String { vector }
}
