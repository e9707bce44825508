import Matching
import PackageIdentity

/// Where in an index the answer to a query is looked up.
struct OSVTarget {
    /// One scope, or each release of a distribution that the query named without one.
    let scopes: [String]
    let name: String
    /// As the scope's advisories write versions; `nil` asks for all.
    let version: String?
    /// For rules that need the package's own name.
    let purl: PackageURL?

    /// - Returns: `nil` when nothing can be known: a commit, or a package URL of a kind that has no advisories.
    /// - Throws: ``ServiceError`` for an ecosystem that OSV does not define.
    init?(_ query: OSVQuery, in index: AdvisoryIndex) throws(ServiceError) {
        switch query.subject {
        case .commit: return nil
        case .purl(let package):
            guard let target = Self.target(package, version: query.version, in: index) else { return nil }
            self = target
        case .package(let ecosystem, let name):
            self.init(
                scopes: try Self.scopes(of: ecosystem, in: index),
                name: AdvisoryNames.canonical(name, scope: ecosystem),
                version: query.version, purl: nil)
        }
    }

    private init(scopes: [String], name: String, version: String?, purl: PackageURL?) {
        self.scopes = scopes
        self.name = name
        self.version = version
        self.purl = purl
    }

    private static func target(_ package: PackageURL, version: String?, in index: AdvisoryIndex) -> OSVTarget? {
        // The coordinates are those of a version; where none is asked about, any will do to find the scope and the name.
        guard let versioned = try? package.with(version: version ?? "0"), versioned.foreignBuild == nil else {
            return nil
        }
        if let coordinates = versioned.advisoryCoordinates {
            return OSVTarget(
                scopes: [coordinates.scope], name: coordinates.name, version: version.map { _ in coordinates.version },
                purl: version.map { _ in versioned })
        }
        // OSV.dev's own package URLs of distributions name no release: `pkg:deb/debian/openssl?arch=source`.
        guard let ecosystem = package.namespace.flatMap(ecosystem(ofDistribution:)) else { return nil }
        return OSVTarget(
            scopes: index.scopes.filter { $0.hasPrefix(ecosystem + ":") },
            name: package.qualifier("upstream").map { String($0.prefix { $0 != "@" }) } ?? package.name,
            version: version, purl: version.map { _ in versioned })
    }

    private static func ecosystem(ofDistribution namespace: String) -> String? {
        switch namespace {
        case "debian": "Debian"
        case "ubuntu": "Ubuntu"
        case "alpine": "Alpine"
        case "almalinux": "AlmaLinux"
        case "rocky", "rocky-linux": "Rocky Linux"
        default: nil
        }
    }

    private static func scopes(of ecosystem: String, in index: AdvisoryIndex) throws(ServiceError) -> [String] {
        if index.covers(scope: ecosystem) { return [ecosystem] }
        let releases = index.scopes.filter { $0.hasPrefix(ecosystem + ":") }
        guard releases.isEmpty, Ecosystem(advisoryScope: ecosystem) == nil else { return releases }
        throw .invalid("Invalid ecosystem.")
    }
}

extension PackageURL {
    /// The same package in another version.
    func with(version: String) throws(PackageURLError) -> PackageURL {
        if self.version == version { return self }
        var pairs: [String: String] = [:]
        for qualifier in qualifiers { pairs[qualifier.key] = qualifier.value }
        return try PackageURL(
            type: type, namespace: namespace, name: name, version: version, qualifiers: pairs, subpath: subpath)
    }
}
