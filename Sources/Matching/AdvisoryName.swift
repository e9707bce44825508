/// A package name within a scope, as advisories use it.
public struct AdvisoryName: Sendable, Hashable, Comparable, Codable {
    /// The OSV ecosystem with its release, `Debian:12`.
    public let scope: String
    /// The name advisories use there, `openssl`.
    public let name: String

    /// Names a package of a scope.
    public init(scope: String, name: String) {
        self.scope = scope
        self.name = name
    }

    /// Orders by the UTF-8 bytes of the scope, then of the name.
    public static func < (lhs: AdvisoryName, rhs: AdvisoryName) -> Bool {
        if lhs.scope != rhs.scope { return lhs.scope.utf8.lexicographicallyPrecedes(rhs.scope.utf8) }
        return lhs.name.utf8.lexicographicallyPrecedes(rhs.name.utf8)
    }
}
