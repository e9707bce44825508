import Foundation

/// Whether an agent may speak to the server.
public enum AgentStanding: String, Sendable, Codable, CaseIterable {
    case active
    /// Kept out until somebody has looked: its key seems to be on two machines, or somebody said so.
    case quarantined
    /// Kept out for good; only a new key and a new enrollment help.
    case revoked
}

/// An agent that is kept out, as people see it.
public struct BarredAgent: Sendable, Hashable {
    /// Which agent.
    public let id: AgentID
    /// Name of the host as it gave it last.
    public let hostname: String
    /// Never ``AgentStanding/active``.
    public let standing: AgentStanding
    /// Why, for people.
    public let reason: String
    /// Since when.
    public let since: Date

    /// Makes one from its parts.
    public init(id: AgentID, hostname: String, standing: AgentStanding, reason: String, since: Date) {
        self.id = id
        self.hostname = hostname
        self.standing = standing
        self.reason = reason
        self.since = since
    }
}

/// Which agents are kept out. ``AgentStore/recordHeartbeat(scope:agentID:facts:at:)`` quarantines an agent by itself when what it says
/// cannot come from one machine; see ``CloneEvidence``.
public protocol AgentIdentityStore: Sendable {
    /// Keeps an agent out, or lets a quarantined one in again. Idempotent.
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/agentRevoked`` for another standing of a revoked one.
    func setStanding(
        scope: CompanyScope, agentID: AgentID, standing: AgentStanding, reason: String, at now: Date
    ) async throws
    /// Agents of the company that are kept out, latest first.
    func fetchBarredAgents(scope: CompanyScope) async throws -> [BarredAgent]
    /// Agents of all companies that were kept out at this moment or later and still are: their access tokens may not have run out.
    /// For the gateway's own check, hence without scope; it learns ids and nothing else.
    func fetchBarredAgentIDs(since: Date) async throws -> Set<AgentID>
}
