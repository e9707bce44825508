extension PackageURL {
    /// Where advisories about this package version are found.
    ///
    /// `nil` when it has no version, its type has no advisories, its distribution is unknown, or it is a ``foreignBuild``.
    public var advisoryCoordinates: AdvisoryCoordinates? { coordinates { DistributionScope(distribution) } }

    /// The same for callers that know the release, or remember it.
    func coordinates(release: () -> DistributionScope?) -> AdvisoryCoordinates? {
        guard let version else { return nil }
        // Cut out of the text once, not at each question.
        let type = type
        switch type {
        case "deb": return release().flatMap { debianCoordinates(version, in: $0) }
        case "apk": return release().flatMap { alpineCoordinates(version, in: $0) }
        case "rpm": return release().flatMap { rpmCoordinates(version, in: $0) }
        default:
            guard let scope = Self.registryScope(of: type) else { return nil }
            return AdvisoryCoordinates(
                scope: scope, name: AdvisoryNames.canonical(registryName(as: type), scope: scope),
                version: registryVersion(version, of: type))
        }
    }

    /// Whether its ecosystem publishes advisories, whether or not an index holds them.
    ///
    /// A package of a distribution that does, of a release that is unknown, belongs to it all the same: Debian's `3.0.11-1~deb12u2` without a
    /// release carries patches that upstream's ranges know nothing of. A ``foreignBuild`` carries none of them. A package of a distribution
    /// that is not named may be of any.
    public var ecosystemHasAdvisories: Bool {
        switch type {
        case "deb", "rpm", "apk": foreignBuild == nil && distribution?.publishesAdvisories != false
        case "pypi", "npm", "golang", "cargo", "gem", "composer", "maven", "nuget", "hex", "pub", "swift", "bitnami":
            true
        // Of these, registries hold next to nothing, or the type is used for more than what they speak of.
        default: false
        }
    }

    /// Whether it is a package of a distribution, which may carry patches under an unchanged upstream version.
    public var isDistributionPackage: Bool { ["deb", "rpm", "apk"].contains(type) }

    /// The release the package belongs to, by its qualifiers and its namespace.
    public var distribution: Distribution? {
        guard ["deb", "rpm", "apk", "alpm"].contains(type) else { return nil }
        return Distribution(properties: qualifiers.map { ($0.key, $0.value) }, name: namespace)
    }

    /// Ubuntu's paid maintenance has advisories of its own; the versions it builds say so (`+esm1`, `~esm2`), of the binary package or of its
    /// source.
    private func debianCoordinates(_ version: String, in release: DistributionScope) -> AdvisoryCoordinates? {
        guard var scope = release.scope, ForeignBuild.ofDebian(version) == nil else { return nil }
        let version = withEpoch(version)
        var source = SourcePackage(upstream: qualifier("upstream"), name: name, version: version)
        source.resolveBinaryRebuild()
        source.resolveSignedKernel()
        if scope.hasPrefix("Ubuntu:"), version.utf8.hasExtendedMaintenance || source.version.utf8.hasExtendedMaintenance
        {
            scope = "Ubuntu:Pro:" + scope.dropFirst(7)
        }
        return AdvisoryCoordinates(scope: scope, name: source.name, version: source.version)
    }

    private func alpineCoordinates(_ version: String, in release: DistributionScope) -> AdvisoryCoordinates? {
        guard let scope = release.scope else { return nil }
        let source = SourcePackage(upstream: qualifier("upstream") ?? qualifier("origin"), name: name, version: version)
        return AdvisoryCoordinates(scope: scope, name: source.name, version: version)
    }

    private func rpmCoordinates(_ version: String, in release: DistributionScope) -> AdvisoryCoordinates? {
        guard let scope = release.scope, ForeignBuild.ofRPM(version) == nil else { return nil }
        let version = withEpoch(version)
        guard release.distribution.advisoriesNameSources, let upstream = qualifier("upstream") else {
            return AdvisoryCoordinates(scope: scope, name: name, version: version)
        }
        let source = SourcePackage(sourceRPM: upstream, version: version)
        return AdvisoryCoordinates(scope: scope, name: source.name, version: source.version)
    }

    /// Where advisories about the source package are found, for distributions whose advisories name binary packages first.
    ///
    /// Red Hat's newer documents name sources alone. What they say counts for a vulnerability that nothing under
    /// ``advisoryCoordinates`` speaks of. `nil` where those name the source already, or no other source is known.
    public var sourceCoordinates: AdvisoryCoordinates? {
        guard type == "rpm", let version, let upstream = qualifier("upstream"), foreignBuild == nil, let distribution,
            !distribution.advisoriesNameSources, distribution.id != "almalinux", let scope = distribution.advisoryScope
        else { return nil }
        let source = SourcePackage(sourceRPM: upstream, version: withEpoch(version))
        guard source.name != name else { return nil }
        return AdvisoryCoordinates(scope: scope, name: source.name, version: source.version)
    }

    /// The version behind the `epoch` qualifier, which RPM and Trivy's Debian packages have; none where the version has its own.
    private func withEpoch(_ version: String) -> String {
        guard let epoch = qualifier("epoch"), epoch != "0", !version.utf8.contains(UInt8(ascii: ":")) else {
            return version
        }
        return "\(epoch):\(version)"
    }

    private static func registryScope(of type: String) -> String? {
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
        case "bioconductor": "Bioconductor"
        case "hackage": "Hackage"
        case "swift": "SwiftURL"
        case "bitnami": "Bitnami"
        case "github": "GitHub Actions"
        case "brew": "Homebrew"
        case "julia": "Julia"
        case "opam": "opam"
        case "vscode-extension": "VSCode"
        default: nil
        }
    }

    /// Namespace and name as the ecosystem's own tool writes them.
    private func registryName(as type: String) -> String {
        switch type {
        case "golang" where namespace == nil && name == "std": return "stdlib"
        // The namespace is who published the recipe; advisories name the recipe.
        case "conan", "brew": return name
        case "swift" where name.hasSuffix(".git"): return "\(namespace ?? "")/\(name.dropLast(4))"
        default: break
        }
        guard let namespace else { return name }
        return type == "maven" ? "\(namespace):\(name)" : "\(namespace)/\(name)"
    }

    /// The version as advisories number it.
    private func registryVersion(_ version: String, of type: String) -> String {
        switch type {
        case "golang" where namespace == nil: return GoToolchain.release(version)
        case "gem": return GemPlatform.cut(version)
        case "bitnami": return SourcePackage.withoutRevision(version)
        default: return version
        }
    }
}

extension String.UTF8View {
    /// Whether a version of Ubuntu was built for extended maintenance: `esm` with a digit behind it and `+`, `~` or `.` before.
    fileprivate var hasExtendedMaintenance: Bool {
        let bytes = Array(self)
        guard bytes.count > 4 else { return false }
        return (0..<bytes.count - 4).contains { start in
            [0x2b, 0x7e, 0x2e].contains(bytes[start]) && bytes[start + 1..<start + 4].elementsEqual("esm".utf8)
                && (0x30...0x39).contains(bytes[start + 4])
        }
    }
}
