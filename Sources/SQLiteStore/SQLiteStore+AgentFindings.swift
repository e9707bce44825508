import Foundation
import GRDB
import Matching
import PackageIdentity
import Stores

extension SQLiteStore {
    /// See ``FindingStore/fetchAgentPackages(scope:agentID:search:page:)``. By purl.
    public func fetchAgentPackages(scope: CompanyScope, agentID: AgentID, search: String, page: PageRequest)
        async throws -> Page<AgentPackage>
    {
        let cursor = try PageCursor<String>.key(page.cursor, list: "packages")
        return try await read("fetch agent packages") { db in
            let (agent, ids) = try Self.holdings(agentID, scope, db)
            var arguments: StatementArguments = [
                "ids": StoredJSON.array(ids), "agent": agent.row, "limit": page.limit + 1,
            ]
            if let cursor { arguments += ["purl": cursor] }
            if !search.isEmpty { arguments += ["search": containsPattern(search)] }
            let sql = FindingQueries.packages(hasCursor: cursor != nil, hasSearch: !search.isEmpty)
            let rows = try db.rows(sql, arguments) { row in
                (id: row[0] as Int64, purl: row[1] as String, since: (row[2] as Int64?) ?? agent.firstAppliedAt)
            }
            let counts = try Self.counts(packages: rows.map(\.id), db)
            return try Page(rows: rows, limit: page.limit, list: "packages", key: \.purl) { row in
                AgentPackage(
                    purl: try PackageURL(stored: row.purl), since: Date(milliseconds: row.since),
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
        return try await read("fetch agent findings") { db in
            let (agent, ids) = try Self.holdings(agentID, scope, db)
            let arguments =
                try query.arguments(cursor: cursor, limit: page.limit) + ["ids": StoredJSON.array(ids)]
            let rows = try db.rows(FindingQueries.agentFindings(query, hasCursor: cursor != nil), arguments) { row in
                (id: row[0] as Int64, key: NumberKey(number: row[2], tie: row[1]))
            }
            let names = Dictionary(rows.prefix(page.limit).map { ($0.id, $0.key.tie) }) { first, _ in first }
            let packages = try agent.packages(names, isAffected: !query.undetermined, db)
            return try Page(rows: rows, limit: page.limit, list: list, key: \.key) { row in
                guard let json = try db.first(FindingQueries.record, [row.id], { $0[0] as String }) else {
                    throw StoreError.failed("damaged catalogue")
                }
                return AgentFinding(
                    record: try StoredJSON.decode(VulnerabilityRecord.self, json), packages: packages[row.id] ?? [])
            }
        }
    }

    /// An agent and the rows of its packages.
    private static func holdings(_ id: AgentID, _ scope: CompanyScope, _ db: Database) throws -> (
        AgentFindings, [Int64]
    ) {
        let found = try db.first(FindingQueries.agent, [id.blob, scope.companyID.blob]) { row in
            (AgentFindings(row: row, at: 0, row[3]), try (row[4] as Data?).map(PackageIDList.decode) ?? [])
        }
        guard let found else { throw StoreError.notFound("agent") }
        return found
    }

    /// What the verdicts of each package count to.
    private static func counts(packages ids: [Int64], _ db: Database) throws -> [Int64: InventorySummary] {
        var states: [Int64: [VulnerabilityState]] = [:]
        try db.forEach(FindingQueries.statesByPackage, [StoredJSON.array(ids)]) { row in
            states[row[0], default: []].append(VulnerabilityState(row: row, at: 1))
        }
        return states.mapValues { InventorySummary($0) }
    }
}
