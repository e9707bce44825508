/// What a process says of itself at one moment; the body of `/-/healthy` and `/-/ready`.
///
/// Coded as `{"checks":[{"detail":"…","name":"database","passing":false,"required":true}],"live":true,"phase":"ready","ready":false}`.
public struct HealthReport: Sendable, Hashable, Codable {
    /// Where in its life the process is.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not everything has been set up. Moves to ``ready`` or ``stopping``.
        case starting
        /// Everything is set up. Moves to ``stopping``.
        case ready
        /// Told to end, finishing what is in progress. Final.
        case stopping
    }

    /// One thing that work needs.
    public struct Check: Sendable, Hashable, Codable {
        /// Short name, unique in a report: "database".
        public let name: String
        /// Whether it worked when it was last tried.
        public let passing: Bool
        /// Whether work must not be sent here while it does not pass. What is not required costs time or comes late without it.
        public let required: Bool
        /// Why it does not pass; `nil` when it does.
        public let detail: String?
    }

    /// Where in its life the process is.
    public let phase: Phase
    /// Whether the process can go on at all; `false` asks the supervisor to restart it.
    public let live: Bool
    /// Whether work may be sent here: live, in phase ``Phase/ready``, and every required check passes.
    public let ready: Bool
    /// All checks, ascending by name.
    public let checks: [Check]
    /// Why the process cannot go on; `nil` while it is live.
    public let fatal: String?
}
