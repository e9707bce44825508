import Foundation
import Stores

/// One event of a company, as lists and the stream show it.
struct EventReply: Encodable {
    let id: Int64
    let at: Date
    private let kind: Event.Kind
    private let name: Event.Name

    private enum CodingKeys: String, CodingKey {
        case id, at, type, data
    }

    init(_ event: Event) {
        id = event.id.rawValue
        at = event.at
        kind = event.kind
        name = event.name
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(at, forKey: .at)
        try container.encode(name.rawValue, forKey: .type)
        switch kind {
        case .agentEnrolled(let agent, let hostname):
            try container.encode(EnrolledData(agentID: agent, hostname: hostname), forKey: .data)
        case .inventoryApplied(let change): try container.encode(InventoryAppliedData(change), forKey: .data)
        case .verdictsChanged(let change): try container.encode(VerdictsChangedData(change), forKey: .data)
        }
    }
}

private struct EnrolledData: Encodable {
    let agentID: AgentID
    let hostname: String

    private enum CodingKeys: String, CodingKey {
        case hostname
        case agentID = "agent_id"
    }
}

private struct InventoryAppliedData: Encodable {
    let agentID: AgentID
    let hostname: String
    let packagesAdded: Int
    let packagesRemoved: Int
    let opened: Int
    let resolved: Int
    let openedExamples: [String]
    let resolvedExamples: [String]

    private enum CodingKeys: String, CodingKey {
        case hostname, opened, resolved
        case agentID = "agent_id"
        case packagesAdded = "packages_added"
        case packagesRemoved = "packages_removed"
        case openedExamples = "opened_examples"
        case resolvedExamples = "resolved_examples"
    }

    init(_ change: InventoryChange) {
        agentID = change.agent
        hostname = change.hostname
        packagesAdded = change.packagesAdded
        packagesRemoved = change.packagesRemoved
        opened = change.opened
        resolved = change.resolved
        openedExamples = change.openedExamples
        resolvedExamples = change.resolvedExamples
    }
}

private struct VerdictsChangedData: Encodable {
    let agents: Int
    let opened: Int
    let resolved: Int
    let openedExamples: [String]
    let resolvedExamples: [String]
    let indexDigest: String

    private enum CodingKeys: String, CodingKey {
        case agents, opened, resolved
        case openedExamples = "opened_examples"
        case resolvedExamples = "resolved_examples"
        case indexDigest = "index_digest"
    }

    init(_ change: VerdictsChange) {
        agents = change.agents
        opened = change.opened
        resolved = change.resolved
        openedExamples = change.openedExamples
        resolvedExamples = change.resolvedExamples
        indexDigest = change.indexDigest
    }
}
