/// What a build put into an index file.
public struct IndexSummary: Sendable, Hashable, Codable {
    /// Lowercase hexadecimal SHA-256 of the content sections.
    public let digest: String
    /// Bytes of the file.
    public let fileSize: Int
    /// Vulnerabilities, also those that only withdrawn advisories name.
    public let vulnerabilities: Int
    /// Advisories by feed and id, withdrawn ones included.
    public let advisories: Int
    /// Distinct (scope, name) pairs.
    public let names: Int
    /// Statements about one vulnerability in one package by one advisory.
    public let entries: Int
    /// Advisories left out because they repair bugs and name no vulnerability.
    public let notAboutSecurity: Int
    /// Ranges with a bound that does not parse; packages get `undetermined` from them.
    public let unreadableRanges: Int
    /// Versions listed one by one that do not parse, and so match no package.
    public let unreadableVersions: Int
    /// Names taken over from an earlier index; of the build, not of the file.
    public let reusedNames: Int
}
