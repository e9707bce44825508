import Foundation

/// That an agent called and said of itself what it had said before. Many are written at once, see ``AgentStore/recordPresence(scope:notes:)``.
public struct PresenceNote: Sendable {
    /// Who called.
    public let agentID: AgentID
    /// When.
    public var seenAt: Date
    /// What it said of itself, as columns hold it: brought into that form once and compared often.
    package let facts: StoredFacts

    /// Makes one from its parts.
    public init(agentID: AgentID, facts: HeartbeatFacts, seenAt: Date) throws {
        self.agentID = agentID
        self.seenAt = seenAt
        self.facts = try StoredFacts(facts)
    }
}
