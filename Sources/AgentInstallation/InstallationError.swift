/// Why nothing was installed or removed.
public enum InstallationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Files that are in the way; nothing was changed.
    case inTheWay([String])
    /// A file could not be read or written.
    case file(path: String, reason: String)

    /// For people.
    public var description: String {
        switch self {
        case .inTheWay(let paths):
            "nothing was changed: there is something else at \(paths.joined(separator: ", ")). Move it away, or say --replace."
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}
