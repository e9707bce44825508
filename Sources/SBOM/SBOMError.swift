/// Why bytes are not a bill of materials that can be read.
public enum SBOMError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Neither JSON nor XML, or nested too deep; the reason names the place.
    case malformed(reason: String)
    /// Well formed, but none of the formats that are read.
    case unknownFormat
    /// A known format in a version that is not read, such as CycloneDX "2.0"; at most 32 characters of what it says.
    case unsupportedVersion(format: String, version: String)
    /// A member that must be there is missing or of another kind.
    case wrongShape(member: String)
    /// More than `limit` components.
    case tooManyComponents(limit: Int)

    /// One line for people.
    public var description: String {
        switch self {
        case .malformed(let reason): reason
        case .unknownFormat:
            "not a bill of materials that is known (CycloneDX JSON or XML, SPDX JSON, syft JSON, package URLs)"
        case .unsupportedVersion("SPDX", let version):
            "SPDX version \"\(version)\" is not supported (2.2, 2.3 and 3.0 are)"
        case .unsupportedVersion(let format, let version):
            "\(format) version \"\(version)\" is not supported (1.4 to 1.7 are)"
        case .wrongShape(let member): "\"\(member)\" is missing or has the wrong type"
        case .tooManyComponents(let limit): "more than \(limit) components"
        }
    }
}
