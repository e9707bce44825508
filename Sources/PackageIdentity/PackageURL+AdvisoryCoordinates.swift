extension PackageURL {
    /// Where advisories about this package version are found.
    ///
    /// `nil` when it has no version, its type has no advisories, or its distribution is unknown.
    public var advisoryCoordinates: AdvisoryCoordinates? {
        guard let version else { return nil }
        switch type {
        case "deb": return debianCoordinates(version)
        case "apk": return alpineCoordinates(version)
        case "rpm": return rpmCoordinates(version)
        default:
            guard let scope = registryScope else { return nil }
            return AdvisoryCoordinates(
                scope: scope, name: AdvisoryNames.canonical(registryName, scope: scope), version: version)
        }
    }

    /// The release the package belongs to: the `distro` qualifier, else the namespace when that alone is enough.
    private var distribution: Distribution? {
        if let qualifier = qualifier("distro"), let known = Distribution(qualifier: qualifier) {
            return known
        }
        return namespace.map { Distribution(id: $0, versionID: nil) }
    }

    private func debianCoordinates(_ version: String) -> AdvisoryCoordinates? {
        guard let scope = distribution?.advisoryScope else { return nil }
        var source = SourcePackage(upstream: qualifier("upstream"), name: name, version: version)
        source.resolveBinaryRebuild()
        source.resolveSignedKernel()
        return AdvisoryCoordinates(scope: scope, name: source.name, version: source.version)
    }

    private func alpineCoordinates(_ version: String) -> AdvisoryCoordinates? {
        guard let scope = distribution?.advisoryScope else { return nil }
        let source = SourcePackage(upstream: qualifier("upstream") ?? qualifier("origin"), name: name, version: version)
        return AdvisoryCoordinates(scope: scope, name: source.name, version: version)
    }

    /// AlmaLinux advisories list binary packages, those of the other families sources.
    private func rpmCoordinates(_ version: String) -> AdvisoryCoordinates? {
        guard let distribution, let scope = distribution.advisoryScope else { return nil }
        var name = name
        if distribution.id != "almalinux", let upstream = qualifier("upstream") {
            name = SourcePackage.nameOfSourceRPM(upstream)
        }
        let epoch = qualifier("epoch").flatMap { $0 == "0" ? nil : $0 }
        let full = epoch.map { "\($0):\(version)" } ?? version
        return AdvisoryCoordinates(scope: scope, name: name, version: full)
    }

    private var registryScope: String? {
        switch type {
        case "pypi": "PyPI"
        case "npm": "npm"
        case "golang": "Go"
        case "cargo": "crates.io"
        case "gem": "RubyGems"
        case "composer": "Packagist"
        case "maven": "Maven"
        case "nuget": "NuGet"
        case "hex": "Hex"
        case "pub": "Pub"
        case "conan": "ConanCenter"
        case "cran": "CRAN"
        case "hackage": "Hackage"
        case "swift": "SwiftURL"
        case "bitnami": "Bitnami"
        case "github": "GitHub Actions"
        default: nil
        }
    }

    /// Namespace and name as the ecosystem's own tool writes them.
    private var registryName: String {
        guard let namespace else { return name }
        return type == "maven" ? "\(namespace):\(name)" : "\(namespace)/\(name)"
    }
}
