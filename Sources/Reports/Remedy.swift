import Matching
import PackageIdentity

/// What to do about a verdict, in one line for people.
public enum Remedy {
    /// "Upgrade openssl to 3.0.11-1~deb12u2", "No fix in Debian 12 yet", …
    public static func line(for package: PackageURL, verdict: Verdict) -> String {
        line(
            for: package, at: package.advisoryCoordinates, status: verdict.status, reason: verdict.reason,
            fixed: verdict.fixedVersion)
    }

    /// The same for callers that know where the package is looked up, and what of the verdict decides.
    static func line(
        for package: PackageURL, at coordinates: AdvisoryCoordinates?, status: VerdictStatus, reason: String,
        fixed: String?
    ) -> String {
        switch status {
        case .fixed, .notAffected: return "Nothing to do"
        case .undetermined: return "Check by hand: \(words(reason))"
        case .affected: break
        }
        if reason == VerdictReason.kernelNotRunning { return "Remove \(package.name): another kernel is running" }
        let name = coordinates?.name ?? package.name
        if let fixed { return "\(upgrade)\(name)\(toVersion)\(fixed)" }
        let place = coordinates.map { words($0.scope, for: UInt8(ascii: ":")) } ?? package.type
        switch reason {
        case VerdictReason.noFixPlanned: return "No fix planned in \(place); remove \(name) or limit who reaches it"
        case VerdictReason.endOfLife: return "\(place) is no longer supported; move to a supported release"
        default: return "No fix in \(place) yet"
        }
    }

    /// What stands before the name of what is to be upgraded, and between it and the version.
    static let upgrade: StaticString = "Upgrade "
    static let toVersion: StaticString = " to "

    /// A machine word as words.
    static func words(_ reason: String) -> String { words(reason, for: UInt8(ascii: "_")) }

    /// The text with blanks for a mark. By bytes: a report of a whole fleet asks for it a hundred thousand times.
    private static func words(_ text: String, for mark: UInt8) -> String {
        guard text.utf8.contains(mark) else { return text }
        return String(decoding: text.utf8.map { $0 == mark ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
