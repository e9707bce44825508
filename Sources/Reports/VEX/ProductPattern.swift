import PackageIdentity

/// What a statement of a user is about: a package, with or without version, or a CPE name.
struct ProductPattern: Sendable, Hashable {
    private enum Kind: Sendable, Hashable {
        case package(PackageURL)
        case product(CPEName)
    }

    private let kind: Kind
    /// Versions meant when the identifier names none; empty for all.
    private let versions: [String]

    /// - Parameter identifier: A package URL or a CPE name.
    /// - Returns: `nil` when it is neither.
    init?(_ identifier: String, versions: [String] = []) {
        if let package = try? PackageURL(identifier) {
            kind = .package(package)
        } else if let cpe = try? CPEName(identifier) {
            kind = .product(cpe)
        } else {
            return nil
        }
        self.versions = versions
    }

    /// Whether the package is meant: same type, namespace and name; the pattern's version, when it has one; every qualifier that the
    /// pattern has. Of a CPE name: whether it means at least what the package states.
    func covers(_ subject: ReportedPackage) -> Bool {
        switch kind {
        case .package(let pattern):
            return covers(pattern, subject.package)
        case .product(let pattern):
            return subject.cpes.contains { pattern.isSuperset(of: $0) } && hasVersion(subject.package.version)
        }
    }

    private func covers(_ pattern: PackageURL, _ package: PackageURL) -> Bool {
        guard pattern.name == package.name, pattern.type == package.type, pattern.namespace == package.namespace else {
            return false
        }
        if let version = pattern.version, version != package.version { return false }
        if pattern.version == nil, !hasVersion(package.version) { return false }
        if let subpath = pattern.subpath, subpath != package.subpath { return false }
        return pattern.qualifiers.allSatisfy { package.qualifier($0.key) == $0.value }
    }

    private func hasVersion(_ version: String?) -> Bool {
        versions.isEmpty || version.map(versions.contains) == true
    }
}
