import Foundation
import Matching
import PackageIdentity
import PostgreSQL
import Stores

extension PostgresStore {
    /// What an agent has.
    private struct Holdings {
        let packages: [Int64]
        let firstAppliedAt: Date
        let dates: PackageDates

        func since(_ package: Int64) -> Date { dates.dates[package].map { Date(milliseconds: $0) } ?? firstAppliedAt }
    }

    /// See ``FindingStore/fetchAgentPackages(scope:agentID:search:page:)``. By purl.
    public func fetchAgentPackages(scope: CompanyScope, agentID: AgentID, search: String, page: PageRequest)
        async throws -> Page<AgentPackage>
    {
        let cursor = try PageCursor<String>.key(page.cursor, list: "packages")
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        return try await snapshot("fetch agent packages", company: company) { transaction in
            let held = try await Self.holdings(agentID, company, transaction)
            let rows = try await transaction.query(
                FindingQueries.packages(held.packages, after: cursor, search: search, limit: page.limit + 1)
            ).map { (id: try $0.get(0, as: Int64.self), purl: try $0.get(1, as: String.self)) }
            let counts = try await Self.counts(rows.map(\.id), transaction)
            return try Page(rows: rows, limit: page.limit, list: "packages", key: \.purl) { row in
                AgentPackage(
                    purl: try PackageURL(stored: row.purl), since: held.since(row.id),
                    counts: counts[row.id]?.counts ?? SeverityCounts())
            }
        }
    }

    /// See ``FindingStore/fetchAgentFindings(scope:agentID:query:page:)``. Undetermined are the vulnerabilities that affect no package of
    /// the agent and are undetermined in one, as in its counts.
    public func fetchAgentFindings(
        scope: CompanyScope, agentID: AgentID, query: VulnerabilityQuery, page: PageRequest
    ) async throws -> Page<AgentFinding> {
        let list = query.undetermined ? "undetermined" : "findings"
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: list)
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        return try await snapshot("fetch agent findings", company: company) { transaction in
            let held = try await Self.holdings(agentID, company, transaction)
            let rows = try await transaction.query(
                FindingQueries.agentFindings(held.packages, query, after: cursor, limit: page.limit + 1)
            ).map { try FindingRow($0) }
            let names = Dictionary(rows.prefix(page.limit).map { ($0.id, $0.key.tie) }) { first, _ in first }
            let verdicts = try await transaction.query(
                FindingQueries.verdicts(
                    vulnerabilities: Array(names.keys), packages: held.packages, isAffected: !query.undetermined)
            ).map { try PackageVerdict($0, name: names[try $0.get(0)] ?? "") }
            let byVulnerability = Dictionary(grouping: verdicts, by: \.vulnerability)
            return try Page(rows: rows, limit: page.limit, list: list, key: \.key) { row in
                AgentFinding(
                    record: try StoredJSON.decode(VulnerabilityRecord.self, row.json),
                    packages: (byVulnerability[row.id] ?? []).map { $0.finding(held.since($0.package)) })
            }
        }
    }

    /// A vulnerability of an agent.
    private struct FindingRow {
        let id: Int64
        let key: NumberKey
        let json: String

        init(_ row: PostgresRow) throws {
            id = try row.get(0)
            key = NumberKey(number: try row.get(2), tie: try row.get(1))
            json = try row.get(3)
        }
    }

    private static func holdings(_ id: AgentID, _ company: Int32, _ transaction: PostgresTransaction) async throws
        -> Holdings
    {
        guard let row = try await transaction.query(FindingQueries.agent(id, company: company)).first else {
            throw StoreError.notFound("agent")
        }
        return Holdings(
            packages: try row.get(1, as: Data?.self).map(PackageIDList.decode) ?? [],
            firstAppliedAt: try row.get(0, as: Date?.self) ?? Date(milliseconds: 0),
            dates: try PackageDates(stored: try row.get(2)))
    }

    /// What the verdicts of each package count to.
    private static func counts(_ ids: [Int64], _ transaction: PostgresTransaction) async throws -> [Int64:
        InventorySummary]
    {
        var states: [Int64: [VulnerabilityState]] = [:]
        try await transaction.query(FindingQueries.states(ofEach: ids)).forEach { row in
            states[try row.get(0), default: []].append(try VulnerabilityState(row, at: 1))
        }
        return states.mapValues { InventorySummary($0) }
    }
}
