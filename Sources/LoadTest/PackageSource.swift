import Matching
import PackageIdentity
import SeededRandom

/// The names that the advisories of one scope use, and how a package URL spells one of them.
struct PackageSource: Sendable {
    /// The OSV ecosystem with its release.
    let scope: String
    /// Numbers of its names in the index; empty when no advisory speaks of the scope.
    let numbers: Range<Int>
    private let spelling: Spelling

    /// How the purl type wants a name.
    private enum Spelling: Sendable {
        /// Name and version alone.
        case registry(type: String)
        /// The namespace ends at the last of these characters.
        case divided(type: String, by: Character)
        case distribution(type: String, namespace: String, distro: String, architecture: String)
    }

    /// - Returns: `nil` for a scope that inventories are not drawn from.
    init?(scope: String, numbers: Range<Int>) {
        guard let spelling = Self.spelling(of: scope) else { return nil }
        self.scope = scope
        self.numbers = numbers
        self.spelling = spelling
    }

    /// Whether hosts have it as their system, and not beside it.
    var isDistribution: Bool { if case .distribution = spelling { true } else { false } }

    /// `ID` and `VERSION_ID` of os-release(5) on such a host; `nil` for a registry.
    var system: (id: String, version: String)? {
        guard case .distribution(_, _, let distro, _) = spelling, let dash = distro.lastIndex(of: "-") else {
            return nil
        }
        return (String(distro[..<dash]), String(distro[distro.index(after: dash)...]))
    }

    /// A package of this source; `nil` when no package URL leads back to the scope and the name.
    func package(_ name: String, version: String) -> PackageURL? {
        guard let package = try? spell(name, version), let found = package.advisoryCoordinates else { return nil }
        return found.scope == scope && found.name == name ? package : nil
    }

    private func spell(_ name: String, _ version: String) throws(PackageURLError) -> PackageURL {
        switch spelling {
        case .registry(let type): return try PackageURL(type: type, name: name, version: version)
        case .divided(let type, let character):
            let cut = name.lastIndex(of: character)
            return try PackageURL(
                type: type, namespace: cut.map { String(name[..<$0]) },
                name: cut.map { String(name[name.index(after: $0)...]) } ?? name, version: version)
        case .distribution(let type, let namespace, let distro, let architecture):
            return try PackageURL(
                type: type, namespace: namespace, name: name, version: version,
                qualifiers: ["arch": architecture, "distro": distro])
        }
    }

    private static func spelling(of scope: String) -> Spelling? {
        switch scope {
        case "PyPI": return .registry(type: "pypi")
        case "crates.io": return .registry(type: "cargo")
        case "RubyGems": return .registry(type: "gem")
        case "NuGet": return .registry(type: "nuget")
        case "npm": return .divided(type: "npm", by: "/")
        case "Go": return .divided(type: "golang", by: "/")
        case "Packagist": return .divided(type: "composer", by: "/")
        case "Maven": return .divided(type: "maven", by: ":")
        default: break
        }
        let parts = scope.split(separator: ":").map(String.init)
        guard parts.count >= 2 else { return nil }
        let release = parts[1]
        switch parts[0] {
        case "Debian":
            return .distribution(type: "deb", namespace: "debian", distro: "debian-\(release)", architecture: "amd64")
        case "Ubuntu":
            return .distribution(type: "deb", namespace: "ubuntu", distro: "ubuntu-\(release)", architecture: "amd64")
        case "Alpine":
            return .distribution(
                type: "apk", namespace: "alpine", distro: "alpine-\(release.drop { $0 == "v" })",
                architecture: "x86_64")
        case "Rocky Linux":
            return .distribution(type: "rpm", namespace: "rocky", distro: "rocky-\(release)", architecture: "x86_64")
        case "AlmaLinux":
            return .distribution(
                type: "rpm", namespace: "almalinux", distro: "almalinux-\(release)", architecture: "x86_64")
        default: return nil
        }
    }
}
