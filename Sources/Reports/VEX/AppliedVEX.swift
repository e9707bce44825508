import Advisories
import Matching

/// A user's statement that decided about a package and a vulnerability, and where it stands.
public struct AppliedVEX: Sendable, Hashable {
    /// The file it was read from, as the user named it.
    public let file: String
    /// The document's own id; empty when it has none.
    public let document: String
    /// Who states it; `nil` when the document does not say.
    public let author: String?
    /// How the package stands to the vulnerability.
    public let status: VEXStatement.Status
    /// The machine word of the reason; `nil` when none is given.
    public let justification: String?
    /// What to do; `nil` when not stated.
    public let action: String?
    /// Anything else in words; `nil` when nothing is said.
    public let notes: String?

    /// The machine word of a verdict that rests on it.
    var reason: String {
        switch status {
        case .notAffected: VerdictReason.vexNotAffected
        case .fixed: VerdictReason.vexFixed
        case .affected: "vex_affected"
        case .underInvestigation: "vex_under_investigation"
        }
    }

    /// The verdict as the statement has it.
    func overriding(_ verdict: Verdict) -> Verdict {
        let status: VerdictStatus =
            switch status {
            case .notAffected: .notAffected
            case .fixed: .fixed
            case .affected: .affected
            case .underInvestigation: .undetermined
            }
        // Where both say affected, the feeds know more: the reason tells whether there is a fix.
        if status == verdict.status { return verdict }
        return Verdict(
            vulnerability: verdict.vulnerability, advisories: verdict.advisories, status: status,
            fixedVersion: verdict.fixedVersion, reason: reason, urgency: verdict.urgency,
            confidence: verdict.confidence)
    }

    /// One line for people: what it says, who says so, and where.
    public var sentence: String {
        var text = "VEX \(status.rawValue.replacing("_", with: " "))"
        if let author, !author.isEmpty { text += " by \(author)" }
        text += " in \(file)"
        if let justification { text += ": \(justification.replacing("_", with: " "))" }
        if let notes { text += justification == nil ? ": \(notes)" : " (\(notes))" }
        return text
    }
}
