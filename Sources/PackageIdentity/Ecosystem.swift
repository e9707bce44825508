/// The families of packages, each with names and an order of versions of its own.
///
/// The raw value is the type of a package URL, so it is stable text for the wire and for databases.
public enum Ecosystem: String, Sendable, CaseIterable, Codable {
    case deb, pypi, npm, golang, cargo, gem, composer, maven, nuget, hex, pub, conan, cran, hackage, swift, apk, rpm,
        alpm, bitnami, github, generic

    /// The ecosystem of a package URL's type, ``generic`` for types this system has no rules for.
    ///
    /// - Parameter purlType: In lowercase, as ``PackageURL/type`` is.
    public init(purlType: String) { self = Ecosystem(rawValue: purlType) ?? .generic }

    /// The ecosystem of an advisory's scope, e.g. `Debian:12` → ``deb``, `crates.io` → ``cargo``.
    ///
    /// - Parameter scope: An OSV ecosystem, with or without the release behind the colon.
    /// - Returns: `nil` for a name that OSV does not define or that has no packages in the sense used here.
    /// - Source: <https://ossf.github.io/osv-schema/#defined-ecosystems>
    public init?(advisoryScope scope: String) {
        let name = scope.utf8.firstIndex(of: UInt8(ascii: ":")).map { scope[..<$0] } ?? scope[...]
        guard let ecosystem = Ecosystem.byScopeName(name) else { return nil }
        self = ecosystem
    }

    private static func byScopeName(_ name: Substring) -> Ecosystem? {
        switch name {
        case "Debian", "Ubuntu", "Echo": .deb
        case "Alpine", "Wolfi", "Chainguard", "Alpaquita", "BellSoft Hardened Containers", "MinimOS": .apk
        case "AlmaLinux", "Rocky Linux", "Red Hat", "SUSE", "openSUSE", "openEuler", "Mageia", "Photon OS",
            "Azure Linux", "CentOS", "Fedora", "Amazon Linux", "Oracle Linux":
            .rpm
        case "PyPI": .pypi
        case "npm": .npm
        case "Go": .golang
        case "crates.io": .cargo
        case "RubyGems": .gem
        case "Packagist": .composer
        case "Maven": .maven
        case "NuGet": .nuget
        case "Hex": .hex
        case "Pub": .pub
        case "ConanCenter": .conan
        case "CRAN", "Bioconductor": .cran
        case "Hackage", "GHC": .hackage
        case "SwiftURL": .swift
        case "Bitnami": .bitnami
        case "GitHub Actions": .github
        case "Homebrew", "Linux", "OSS-Fuzz", "Android", "VSCode", "Julia", "Kubernetes", "opam", "cpe":
            .generic
        default: nil
        }
    }
}
