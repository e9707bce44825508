import Scoring

/// CVSS vectors and what they score: what `zerotrace cvss` does with each vector.
public struct CVSSLines {
    private let output: ByteOutput

    /// Makes one that writes to `output`.
    public init(to output: ByteOutput) { self.output = output }

    /// Writes one line: the vector, its score with one decimal, and the severity in lowercase, with tabs between them.
    ///
    /// - Throws: `CVSSError` of a text that is no vector; then nothing was written.
    public func score(_ vector: String) throws(CVSSError) {
        let scored = try CVSSVector(vector)
        output.append(vector)
        output.append(UInt8(ascii: "\t"))
        output.append(Self.oneDecimal(scored.score))
        output.append(UInt8(ascii: "\t"))
        output.append(scored.severity.rawValue)
        output.append(UInt8(ascii: "\n"))
    }

    /// A score from 0 to 10 as CVSS writes it: `7.5`, `10.0`.
    static func oneDecimal(_ score: Double) -> String {
        let tenths = Int((score * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
