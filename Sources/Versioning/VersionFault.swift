/// What is wrong with a version, without the version; costs nothing to make.
public struct VersionFault: Error, Sendable {
    /// The byte at which it goes wrong, from 0; the count of bytes when something is missing at the end.
    public let offset: Int
    /// What is wrong there, in a few words.
    public let reason: StaticString

    init(_ offset: Int, _ reason: StaticString) {
        self.offset = offset
        self.reason = reason
    }

    /// The fault together with the version.
    func error(about version: String) -> VersionError {
        .malformed(version: String(version.prefix(200)), offset: offset, reason: reason.description)
    }
}
