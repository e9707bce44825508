import Foundation

/// One change in a company, as appended to its log in the transaction that made the change.
public struct Event: Sendable, Hashable {
    /// Names it for good.
    public let id: EventID
    /// When it happened.
    public let at: Date
    /// What happened.
    public let kind: Kind

    /// Makes one from its parts.
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
    /// The agent.
    public let agent: AgentID
    /// Name of the host as it gives it itself.
    public let hostname: String
    /// Packages the agent has now and had not before.
    public let packagesAdded: Int
    /// Packages the agent had before and has no more.
    public let packagesRemoved: Int
    /// Vulnerabilities the agent has now and had not before, and the reverse: how many, and at most ten of the riskiest by name.
    public let opened: Int
    /// How many the agents have no more.
    public let resolved: Int
    /// At most ten of those opened, riskiest first.
    public let openedExamples: [String]
    /// At most ten of those resolved, riskiest first.
    public let resolvedExamples: [String]

    /// Makes one from its parts.
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
    /// How many the agents have no more.
    public let resolved: Int
    /// At most ten of those opened, riskiest first.
    public let openedExamples: [String]
    /// At most ten of those resolved, riskiest first.
    public let resolvedExamples: [String]
    /// Digest of the index that decided.
    public let indexDigest: String

    /// Makes one from its parts.
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
