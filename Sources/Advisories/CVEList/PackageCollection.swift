import PackageIdentity

/// Finds the package of an ecosystem that an entry of a CVE record names, by its package URL or by the collection it is from.
enum PackageCollection {
    /// Where advisories about the package are filed; `nil` for collections of no ecosystem that is known.
    ///
    /// - Parameters:
    ///   - packageURL: `packageURL` of the entry (schema 5.2).
    ///   - collection: `collectionURL`.
    ///   - name: `packageName`.
    static func coordinates(packageURL: String?, collection: String?, name: String?) -> AdvisoryCoordinates? {
        if let packageURL, let package = try? PackageURL(packageURL) {
            return coordinates(type: package.type, namespace: package.namespace, name: package.name)
        }
        guard let name, !name.isEmpty, let type = collection.flatMap(type) else { return nil }
        let (namespace, last) = parts(name, type: type)
        return coordinates(type: type, namespace: namespace, name: last)
    }

    private static func coordinates(type: String, namespace: String?, name: String) -> AdvisoryCoordinates? {
        // A package of a distribution lives in one of its releases, which these entries do not name.
        guard languages.contains(type) else { return nil }
        // The version has no part in where advisories are filed, but there are no coordinates without one.
        return try? PackageURL(type: type, namespace: namespace, name: name, version: "0").advisoryCoordinates
    }

    private static let languages: Set<String> = [
        "cargo", "composer", "gem", "golang", "hex", "maven", "npm", "nuget", "pub", "pypi",
    ]

    /// The package URL type of a collection, known by its host.
    private static func type(_ collection: String) -> String? {
        let rest = collection.split(separator: "://", maxSplits: 1).last ?? ""
        var host = rest.prefix { $0 != "/" && $0 != ":" }.lowercased()
        if host.hasPrefix("www.") { host.removeFirst(4) }
        return hosts[host]
    }

    private static let hosts = [
        "crates.io": "cargo", "packagist.org": "composer", "repo.packagist.org": "composer", "rubygems.org": "gem",
        "pkg.go.dev": "golang", "proxy.golang.org": "golang", "hex.pm": "hex", "repo.hex.pm": "hex",
        "repo.maven.apache.org": "maven", "repo1.maven.org": "maven", "search.maven.org": "maven",
        "central.sonatype.com": "maven", "mvnrepository.com": "maven", "npmjs.com": "npm", "npmjs.org": "npm",
        "registry.npmjs.org": "npm", "registry.npmjs.com": "npm", "nuget.org": "nuget", "api.nuget.org": "nuget",
        "pub.dev": "pub", "pypi.org": "pypi", "pypi.python.org": "pypi",
    ]

    /// Cuts a name as its collection writes it: `group:artifact`, `@scope/name`, `golang.org/x/net`.
    private static func parts(_ name: String, type: String) -> (namespace: String?, name: String) {
        let separators: Set<Character> = type == "maven" ? [":", "/"] : ["/"]
        guard let cut = name.lastIndex(where: separators.contains) else { return (nil, name) }
        return (String(name[..<cut]), String(name[name.index(after: cut)...]))
    }
}
