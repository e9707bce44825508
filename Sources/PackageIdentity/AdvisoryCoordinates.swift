/// Where advisories about one package version are looked up, and the version they are compared with.
public struct AdvisoryCoordinates: Sendable, Hashable, Codable {
    /// An OSV ecosystem with its release: `Debian:12`, `Ubuntu:22.04:LTS`, `Alpine:v3.18`, `PyPI`, `npm`, `Go`.
    ///
    /// - Source: <https://ossf.github.io/osv-schema/#defined-ecosystems>
    public let scope: String
    /// The name advisories use: the source package for Debian, Ubuntu, Alpine and Rocky Linux, else the package's own.
    public let name: String
    /// The version advisories compare: of the source package where ``name`` is one.
    public let version: String

    /// Makes coordinates of what is known already; nothing is checked or changed.
    public init(scope: String, name: String, version: String) {
        self.scope = scope
        self.name = name
        self.version = version
    }
}
