import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``InventoryStore/receiveInventory(scope:agentID:inventory:packed:at:)``.
    public func receiveInventory(
        scope: CompanyScope, agentID: AgentID, inventory: Inventory, packed: [UInt8]?, at now: Date
    ) async throws -> Bool {
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        let content = packed.map { Data($0) } ?? StoredUpload.content(inventory)
        let found = try await Self.classifyingErrors("receive inventory") {
            try await self.run(
                [.company(company), InventoryQueries.lockAgent(agentID, company: company)],
                InventoryQueries.receive(
                    agentID, company: company, digest: inventory.digest, content: content, at: now.inWholeMilliseconds),
                isRepeatable: true)
        }
        guard let row = found.first else { throw StoreError.notFound("agent") }
        return try row.get(0)
    }

    /// See ``InventoryStore/fetchInventory(scope:digest:)``.
    public func fetchInventory(scope: CompanyScope, digest: InventoryDigest) async throws -> Inventory? {
        guard let company = try await row(scope) else { return nil }
        let results = try await read(
            "fetch inventory", company: company,
            [.startOfServer, InventoryQueries.byDigest(digest, company: company)])
        guard let row = results[1].first else { return nil }
        if let content = try row.get(1, as: Data?.self) {
            return try StoredUpload.inventory(content, known: knownPackages)
        }
        let ids = try PackageIDList.decode(try row.get(0))
        return Inventory(try await packages(ids, on: try results[0].value()))
    }

    /// The package versions of these rows, in any order.
    private func packages(_ rows: [Int64], on server: String) async throws -> [PackageURL] {
        let found = try await packages.values(of: rows, on: server) { rows in
            let results = try await read("fetch packages", [.startOfServer, InventoryQueries.purls(rows)])
            return (
                try results[0].value(),
                try results[1].map { (key: try $0.get(0), value: try PackageURL(stored: $0.get(1))) }
            )
        }
        guard found.count == rows.count else { throw StoreError.failed("damaged inventory") }
        return found
    }

    /// Companies that are looked through in one round trip.
    static let companiesAtOnce = 100

    /// See ``InventoryStore/fetchPendingWork(limit:)``. Asks company by company, as nobody sees into all of them at once.
    public func fetchPendingWork(limit: Int) async throws -> [PendingWork] {
        let companies = try await fetchCompanyRows(CompanyQueries.all)
        var found: [(since: Date, row: Int32, work: PendingWork)] = []
        for start in stride(from: 0, to: companies.count, by: Self.companiesAtOnce) {
            let some = companies[start..<min(start + Self.companiesAtOnce, companies.count)]
            let results = try await Self.classifyingErrors("fetch pending work") {
                try await client.run(
                    some.flatMap { [.company($0.row), InventoryQueries.pendingCount(company: $0.row)] },
                    isRepeatable: true)
            }
            for (index, company) in some.enumerated() {
                guard let row = results[2 * index + 1].first, let since = try row.get(1, as: Date?.self) else {
                    continue
                }
                let scope = CompanyScope(companyID: company.company.id)
                found.append((since, company.row, PendingWork(scope: scope, agents: try row.get(0))))
            }
        }
        return found.sorted { ($0.since, $0.row) < ($1.since, $1.row) }.prefix(max(0, limit)).map(\.work)
    }

    /// See ``InventoryStore/fetchPendingAgents(scope:after:limit:)``.
    public func fetchPendingAgents(scope: CompanyScope, after: PendingAgent?, limit: Int) async throws
        -> [PendingAgent]
    {
        guard let company = try await row(scope) else { return [] }
        return try await read(
            "fetch pending agents", company: company,
            InventoryQueries.pending(company: company, after: after, limit: limit)
        ).map { PendingAgent(agentID: AgentID(uuid: try $0.get(0)), waitingSince: try $0.get(1)) }
    }

    /// See ``InventoryStore/fetchPendingInventories(scope:agents:)``.
    public func fetchPendingInventories(scope: CompanyScope, agents: [AgentID]) async throws -> [PendingInventory] {
        guard !agents.isEmpty, let company = try await row(scope) else { return [] }
        return try await read(
            "fetch pending inventories", company: company, InventoryQueries.pending(agents, company: company)
        ).map { row in
            PendingInventory(
                agentID: AgentID(uuid: try row.get(0)),
                inventory: try StoredUpload.inventory(try row.get(1), known: knownPackages))
        }
    }

    /// See ``InventoryStore/applyInventories(scope:_:at:)``.
    public func applyInventories(scope: CompanyScope, _ received: [ReceivedInventory], at now: Date) async throws
        -> [Event?]
    {
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        let now = now.inWholeMilliseconds
        return try await write("apply inventories", company: company) { transaction in
            var application = InventoryApplication(
                company: company, now: now, evaluated: evaluatedPackages, transaction: transaction)
            return try await application.run(received)
        }
    }
}
