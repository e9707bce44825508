// The case names are the versions' own; camel case would turn 3.1 into 31.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// A version of the Common Vulnerability Scoring System whose vectors can be scored.
public enum CVSSVersion: String, Sendable, Codable, CaseIterable {
    /// CVSS 2.0, <https://www.first.org/cvss/v2/guide>.
    case v2 = "2.0"
    /// CVSS 3.0, <https://www.first.org/cvss/v3.0/specification-document>.
    case v3_0 = "3.0"
    /// CVSS 3.1, <https://www.first.org/cvss/v3.1/specification-document>.
    case v3_1 = "3.1"
    /// CVSS 4.0, <https://www.first.org/cvss/v4.0/specification-document>.
    case v4_0 = "4.0"
}
