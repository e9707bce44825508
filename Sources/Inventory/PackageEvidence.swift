/// What a scan saw of a package.
public enum PackageEvidence: String, Sendable, Hashable, Codable {
    /// It lies there: a package manager's record, or the package's own files.
    case installed
    /// A file such as `package-lock.json` asks for it; whether anybody ever installed it is not known.
    case declared
}
