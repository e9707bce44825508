/// Why a text is not a CVSS vector; every case that concerns one metric names it.
public enum CVSSError: Error, Sendable, Hashable {
    /// The text has no character.
    case empty
    /// The text is longer than any vector can be; `limit` is the longest accepted length in UTF-8 bytes.
    case tooLong(limit: Int)
    /// The text starts with `CVSS:` followed by a version nobody published, or one we cannot score.
    case unsupportedVersion(String)
    /// The element at `position` (counted from 0, after the version) is not of the form `metric:value`.
    case malformedElement(position: Int)
    /// The version knows no such metric.
    case unknownMetric(String)
    /// The metric has no such value.
    case invalidValue(metric: String, value: String)
    /// The metric is given more than once.
    case repeatedMetric(String)
    /// A metric that every vector of the version must have is missing.
    case missingMetric(String)
}

extension CVSSError: CustomStringConvertible {
    /// One line for people, without a full stop. Text taken from the vector is cut to 32 characters.
    public var description: String {
        switch self {
        case .empty: "the CVSS vector is empty"
        case .tooLong(let limit): "the CVSS vector is longer than \(limit) bytes"
        case .unsupportedVersion(let version): "CVSS version \(Self.quoted(version)) is not supported"
        case .malformedElement(let position): "element \(position) of the CVSS vector is not metric:value"
        case .unknownMetric(let metric): "unknown CVSS metric \(Self.quoted(metric))"
        case .invalidValue(let metric, let value): "CVSS metric \(metric) has no value \(Self.quoted(value))"
        case .repeatedMetric(let metric): "CVSS metric \(metric) is given twice"
        case .missingMetric(let metric): "CVSS metric \(metric) is missing"
        }
    }

    /// Outside text in quotes, short, with control characters escaped, so that it fits into a log line.
    private static func quoted(_ text: String) -> String {
        String(text.prefix(32)).debugDescription
    }
}
