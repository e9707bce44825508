import BoundedInput
import Foundation
import GRDB
import Inventory
import PackageIdentity
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``InventoryStore/receiveInventory(scope:agentID:inventory:packed:at:)``.
    public func receiveInventory(
        scope: CompanyScope, agentID: AgentID, inventory: Inventory, packed: [UInt8]?, at now: Date
    ) async throws -> Bool {
        // Level 1: it is kept for seconds.
        let content = Data(packed ?? Gzip.compress(inventory.encoded(), level: 1))
        return try await write("receive inventory") { db in
            guard let agent = try InventoryHolder.fetch(agentID, scope, db) else { throw StoreError.notFound("agent") }
            let known: Int64? = try db.first(
                InventoryQueries.rowByDigest, [agent.companyRow, inventory.digest.blob]
            ) { $0[0] }
            let received =
                try known
                ?? db.insert(
                    InventoryQueries.insertReceived,
                    [agent.companyRow, inventory.digest.blob, content, inventory.packages.count])
            try db.run(
                InventoryQueries.setReceived, ["received": received, "now": now.milliseconds, "id": agent.row])
            if let previous = agent.received, previous != received {
                try StoredInventory.deleteIfUnreferenced(previous, db)
            }
            return agent.applied != nil
        }
    }

    /// See ``InventoryStore/fetchInventory(scope:digest:)``.
    public func fetchInventory(scope: CompanyScope, digest: InventoryDigest) async throws -> Inventory? {
        try await read("fetch inventory") { db in
            try db.first(InventoryQueries.contentByDigest, [try scope.row(db), digest.blob]) {
                try StoredInventory.inventory(content: $0[0], packageIDs: $0[1], db)
            }
        }
    }

    /// See ``InventoryStore/fetchPendingWork(limit:)``.
    public func fetchPendingWork(limit: Int) async throws -> [PendingWork] {
        try await read("fetch pending work") { db in
            try db.rows(InventoryQueries.pendingCompanies, [max(0, limit)]) { row in
                PendingWork(scope: CompanyScope(companyID: try CompanyID(blob: row[0])), agents: row[1])
            }
        }
    }

    /// See ``InventoryStore/fetchPendingAgents(scope:after:limit:)``.
    public func fetchPendingAgents(scope: CompanyScope, after: PendingAgent?, limit: Int) async throws
        -> [PendingAgent]
    {
        try await read("fetch pending agents") { db in
            let arguments: StatementArguments = [
                "company": try scope.row(db), "since": after?.waitingSince.milliseconds ?? .min,
                "uuid": after?.agentID.blob ?? Data(), "limit": max(0, limit),
            ]
            return try db.rows(InventoryQueries.pendingAgents, arguments) { row in
                PendingAgent(agentID: try AgentID(blob: row[0]), waitingSince: Date(milliseconds: row[1]))
            }
        }
    }

    /// See ``InventoryStore/fetchPendingInventories(scope:agents:)``.
    public func fetchPendingInventories(scope: CompanyScope, agents: [AgentID]) async throws -> [PendingInventory] {
        try await read("fetch pending inventories") { db in
            let company = try scope.row(db)
            return try agents.compactMap { agent in
                try db.first(InventoryQueries.pendingInventory, [agent.blob, company]) { row in
                    PendingInventory(
                        agentID: agent,
                        inventory: try StoredInventory.inventory(content: row[0], packageIDs: row[1], db))
                }
            }
        }
    }

    /// See ``InventoryStore/applyInventories(scope:_:at:)``.
    public func applyInventories(scope: CompanyScope, _ received: [ReceivedInventory], at now: Date) async throws
        -> [Event?]
    {
        try await write("apply inventories") { db in
            try received.map { one in
                guard let agent = try InventoryHolder.fetch(one.agentID, scope, db) else {
                    throw StoreError.notFound("agent")
                }
                guard let inventory = try agent.received.flatMap({ try StoredInventory.fetch($0, db) }),
                    inventory.digest == one.digest.blob, agent.applied != inventory.row
                else { return nil }
                return try InventoryApplication(agent: agent, received: inventory, now: now).run(db)
            }
        }
    }
}

/// An agent with the inventories it refers to.
struct InventoryHolder: Sendable {
    let id: AgentID
    let row: Int64
    let companyRow: Int64
    let hostname: String
    let received: Int64?
    let applied: Int64?

    /// `nil` when the company has no such agent.
    static func fetch(_ id: AgentID, _ scope: CompanyScope, _ db: Database) throws -> InventoryHolder? {
        try db.first(InventoryQueries.agent, [id.blob, scope.companyID.blob]) { row in
            InventoryHolder(
                id: id, row: row[0], companyRow: row[1], hostname: row[2], received: row[3], applied: row[4])
        }
    }
}
