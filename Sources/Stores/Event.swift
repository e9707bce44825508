import Foundation

/// One change in a company, as appended to its log in the transaction that made the change.
public struct Event: Sendable, Hashable {
    public let id: EventID
    public let at: Date
    public let kind: Kind

    public init(id: EventID, at: Date, kind: Kind) {
        self.id = id
        self.at = at
        self.kind = kind
    }

    /// What happened.
    public enum Kind: Sendable, Hashable {
        case agentEnrolled(agent: AgentID, hostname: String)
        /// An agent's inventory was applied and differs from the one before.
        case inventoryApplied(InventoryChange)
        /// A feed changed the verdicts of package versions that agents of the company have.
        case verdictsChanged(VerdictsChange)
    }

    /// The raw value is the word on the wire.
    public enum Name: String, Sendable, CaseIterable {
        case agentEnrolled = "agent_enrolled"
        case inventoryApplied = "inventory_applied"
        case verdictsChanged = "verdicts_changed"
    }

    /// The kind's word on the wire.
    public var name: Name {
        switch kind {
        case .agentEnrolled: .agentEnrolled
        case .inventoryApplied: .inventoryApplied
        case .verdictsChanged: .verdictsChanged
        }
    }
}

/// What applying an inventory changed on one agent.
public struct InventoryChange: Sendable, Hashable, Codable {
    public let agent: AgentID
    public let hostname: String
    public let packagesAdded: Int
    public let packagesRemoved: Int
    /// Vulnerabilities the agent has now and had not before, and the reverse: how many, and at most ten of the riskiest by name.
    public let opened: Int
    public let resolved: Int
    public let openedExamples: [String]
    public let resolvedExamples: [String]

    public init(
        agent: AgentID, hostname: String, packagesAdded: Int, packagesRemoved: Int, opened: Int, resolved: Int,
        openedExamples: [String], resolvedExamples: [String]
    ) {
        self.agent = agent
        self.hostname = hostname
        self.packagesAdded = packagesAdded
        self.packagesRemoved = packagesRemoved
        self.opened = opened
        self.resolved = resolved
        self.openedExamples = openedExamples
        self.resolvedExamples = resolvedExamples
    }
}

/// What new verdicts changed in one company.
public struct VerdictsChange: Sendable, Hashable, Codable {
    /// Agents whose findings changed.
    public let agents: Int
    /// Vulnerabilities that at least one agent gained or lost by it, by id, at most ten each, and how many in all.
    public let opened: Int
    public let resolved: Int
    public let openedExamples: [String]
    public let resolvedExamples: [String]
    /// Digest of the index that decided.
    public let indexDigest: String

    public init(
        agents: Int, opened: Int, resolved: Int, openedExamples: [String], resolvedExamples: [String],
        indexDigest: String
    ) {
        self.agents = agents
        self.opened = opened
        self.resolved = resolved
        self.openedExamples = openedExamples
        self.resolvedExamples = resolvedExamples
        self.indexDigest = indexDigest
    }
}
