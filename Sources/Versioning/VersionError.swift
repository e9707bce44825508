/// Why a text is no version of an ecosystem.
public enum VersionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text that was given (its first 200 characters when it is longer), the byte of it at which it goes wrong, from
    /// 0, and what is wrong there.
    case malformed(version: String, offset: Int, reason: String)

    /// One line for logs; it quotes the version, which is public knowledge.
    public var description: String {
        switch self {
        case .malformed(let version, let offset, let reason):
            "version \"\(version)\": \(reason) (byte \(offset))"
        }
    }
}
