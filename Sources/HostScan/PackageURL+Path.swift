import PackageIdentity

extension PackageURL {
    /// Builds one of a name that holds its namespace, as most ecosystems write it: `@types/node`, `symfony/console`, `github.com/a/b`.
    ///
    /// - Parameter path: What stands before the last slash is the namespace.
    init(
        type: String, path: String, version: String?, qualifiers: [String: String] = [:]
    ) throws(PackageURLError) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            try self.init(type: type, name: path, version: version, qualifiers: qualifiers)
            return
        }
        try self.init(
            type: type, namespace: String(path[..<slash]), name: String(path[path.utf8.index(after: slash)...]),
            version: version, qualifiers: qualifiers)
    }
}
