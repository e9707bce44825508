/// What one check of ``Doctor`` found.
public struct Diagnosis: Sendable, Equatable, Encodable {
    /// What was looked at, in the order in which one rests on the other.
    public enum Check: String, Sendable, Encodable, CaseIterable {
        case configuration, state, enrollment, proxy, name, connection, server, clock
        case diskSpace = "disk_space"
    }

    /// How it came out.
    public enum Outcome: String, Sendable, Encodable {
        /// As it should be.
        case ok
        /// The agent works, but somebody should look.
        case warning
        /// The agent cannot do its work.
        case failed
        /// Not looked at, because of what failed before.
        case skipped
    }

    /// What was looked at.
    public let check: Check
    /// How it came out.
    public let outcome: Outcome
    /// What was seen. Shows no secret.
    public let finding: String
    /// What to do; `nil` when nothing needs to be done.
    public let advice: String?

    static func ok(_ check: Check, _ finding: String) -> Diagnosis {
        Diagnosis(check: check, outcome: .ok, finding: finding, advice: nil)
    }

    static func warning(_ check: Check, _ finding: String, _ advice: String) -> Diagnosis {
        Diagnosis(check: check, outcome: .warning, finding: finding, advice: advice)
    }

    static func failed(_ check: Check, _ finding: String, _ advice: String) -> Diagnosis {
        Diagnosis(check: check, outcome: .failed, finding: finding, advice: advice)
    }

    static func skipped(_ check: Check, because reason: String) -> Diagnosis {
        Diagnosis(check: check, outcome: .skipped, finding: reason, advice: nil)
    }
}
