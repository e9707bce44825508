import Matching
import PackageIdentity

/// What to do about a verdict, in one line for people.
public enum Remedy {
    /// "Upgrade openssl to 3.0.11-1~deb12u2", "No fix in Debian 12 yet", …
    public static func line(for package: PackageURL, verdict: Verdict) -> String {
        let name = package.advisoryCoordinates?.name ?? package.name
        switch verdict.status {
        case .fixed, .notAffected: return "Nothing to do"
        case .undetermined: return "Check by hand: \(words(verdict.reason))"
        case .affected: break
        }
        if let fixed = verdict.fixedVersion { return "Upgrade \(name) to \(fixed)" }
        let place = package.advisoryCoordinates.map { $0.scope.replacing(":", with: " ") } ?? package.type
        switch verdict.reason {
        case VerdictReason.noFixPlanned: return "No fix planned in \(place); remove \(name) or limit who reaches it"
        case VerdictReason.endOfLife: return "\(place) is no longer supported; move to a supported release"
        default: return "No fix in \(place) yet"
        }
    }

    /// A machine word as words.
    static func words(_ reason: String) -> String { reason.replacing("_", with: " ") }
}
