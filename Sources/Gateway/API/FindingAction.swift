import Matching
import PackageIdentity
import Stores

/// One line that says what to do about a finding.
enum FindingAction {
    /// How many upgrades one line names.
    private static let named = 3

    /// - Parameter packages: All packages that carry one vulnerability on one agent.
    static func sentence(for packages: [FindingPackage]) -> String {
        let affected = packages.filter { $0.verdict.status == .affected }
        guard !affected.isEmpty else { return "Check by hand: no certain answer can be given for this version" }
        let upgrades = unique(affected.compactMap(upgrade))
        let waiting = unique(affected.filter { $0.verdict.fixedVersion == nil }.map(withoutFix))
        guard !upgrades.isEmpty else { return waiting.joined(separator: "; ") }
        let rest = upgrades.count > named ? [" and \(upgrades.count - named) more"] : []
        let line = "Upgrade " + upgrades.prefix(named).joined(separator: ", ") + rest.joined()
        return waiting.isEmpty ? line : line + "; " + lowercasingFirst(waiting.joined(separator: "; "))
    }

    /// "openssl to 3.0.11-1~deb12u2". Distributions number fixes by source package, so that is the name.
    private static func upgrade(_ package: FindingPackage) -> String? {
        package.verdict.fixedVersion.map { version in
            "\(package.purl.advisoryCoordinates?.name ?? package.purl.displayName) to \(version)"
        }
    }

    private static func withoutFix(_ package: FindingPackage) -> String {
        let scope = package.purl.advisoryCoordinates?.scope ?? package.purl.type
        let place = scope.replacing(":", with: " ")
        return switch package.verdict.reason {
        case VerdictReason.endOfLife: "\(place) is no longer supported: upgrade the system"
        case VerdictReason.noFixPlanned: "No fix planned in \(place)"
        default: "No fix in \(place) yet"
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func lowercasingFirst(_ text: String) -> String {
        text.hasPrefix("No ") ? "no " + text.dropFirst(3) : text
    }
}
