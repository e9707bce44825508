import Foundation
import GRDB
import Matching
import Stores

extension SQLiteStore {
    /// See ``FindingStore/fetchOverview(scope:at:)``.
    public func fetchOverview(scope: CompanyScope, at now: Date) async throws -> Overview {
        try await read("fetch overview") { db in
            let company = try scope.existingRow(db)
            let (counts, exposures) = try CompanyCounters.counts(company: company, db)
            let agents = try db.first(AgentQueries.counts, ["company": company]) {
                ($0[0] as Int, $0[1] as Int, $0[2] as Int)
            }
            let acceptance = try AcceptanceReading(company: company, at: now, db).company(db)
            let policy = try db.first(TriageQueries.policy, [company]) { try SLAPolicy(stored: $0[0]) } ?? SLAPolicy()
            let overdue = policy.isEmpty ? [] : try Self.overdue(company, policy, at: now, db)
            return Overview(
                counts: counts, exposures: exposures, agents: agents?.0 ?? 0, agentsWithoutInventory: agents?.1 ?? 0,
                agentsPending: agents?.2 ?? 0,
                packages: try db.first(CounterQueries.packageCount, [company]) { $0[0] } ?? 0,
                accepted: acceptance.counts, acceptedExposures: acceptance.exposures,
                overdue: overdue.subtracting(acceptance.entirely).count)
        }
    }

    /// See ``FindingStore/fetchTrend(scope:days:at:)``.
    public func fetchTrend(scope: CompanyScope, days: Int, at now: Date) async throws -> [TrendPoint] {
        try await read("fetch trend") { db in
            let last = TrendHour.of(now)
            let arguments: StatementArguments = [
                "company": try scope.existingRow(db), "first": last - Int64(days) * 24, "last": last,
            ]
            return try db.rows(CounterQueries.hours, arguments) { row in
                TrendPoint(
                    hour: Date(milliseconds: row[0] * 3_600_000), counts: SeverityCounts(row: row, at: 2),
                    agents: row[1])
            }
        }
    }

    /// See ``FindingStore/fetchVulnerabilities(scope:query:page:)``.
    public func fetchVulnerabilities(scope: CompanyScope, query: VulnerabilityQuery, page: PageRequest) async throws
        -> Page<VulnerabilitySummary>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "vulnerabilities")
        return try await read("fetch vulnerabilities") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            let sql = FindingQueries.vulnerabilities(query, hasCursor: cursor != nil)
            let arguments = try query.arguments(cursor: cursor, limit: page.limit) + ["company": company]
            let rows = try db.rows(sql, arguments) { VulnerabilityRow(row: $0) }
            return try Page(rows: rows, limit: page.limit, list: "vulnerabilities", key: \.key) {
                try $0.summary(company: company, db)
            }
        }
    }

    /// See ``FindingStore/fetchVulnerability(scope:id:)``.
    public func fetchVulnerability(scope: CompanyScope, id: String) async throws -> VulnerabilitySummary? {
        try await read("fetch vulnerability") { db in
            guard let company = try scope.row(db) else { return nil }
            let row = try db.first(FindingQueries.vulnerability, ["company": company, "name": id]) {
                VulnerabilityRow(row: $0)
            }
            return try row?.summary(company: company, db)
        }
    }

    /// See ``FindingStore/fetchAffectedAgents(scope:vulnerability:page:)``. By host name, ties by id.
    public func fetchAffectedAgents(scope: CompanyScope, vulnerability id: String, page: PageRequest) async throws
        -> Page<AffectedAgent>
    {
        let cursor = try PageCursor<HostKey>.key(page.cursor, list: "affected")
        return try await read("fetch affected agents") { db in
            guard let company = try scope.row(db),
                let vulnerability = try db.first(FindingQueries.rowByName, [id], { $0[0] as Int64 })
            else { return Page(items: [], nextCursor: nil) }
            var arguments: StatementArguments = [
                "company": company, "vulnerability": vulnerability, "limit": page.limit + 1,
            ]
            if let cursor { arguments += ["text": cursor.hostname, "tie": cursor.tie.blob] }
            let rows = try db.rows(FindingQueries.affectedAgents(hasCursor: cursor != nil), arguments) {
                (
                    summary: try AgentSummary(row: $0), hostname: $0[18] as String,
                    holder: AgentFindings(row: $0, at: 19, company)
                )
            }
            return try Page(rows: rows, limit: page.limit, list: "affected") {
                HostKey(hostname: $0.hostname, tie: $0.summary.id)
            } item: { row in
                let packages = try row.holder.packages([vulnerability: id], isAffected: true, db)
                return AffectedAgent(agent: row.summary, packages: packages[vulnerability] ?? [])
            }
        }
    }
}

extension VulnerabilityQuery {
    /// What the conditions and the cursor bind.
    func arguments(cursor: NumberKey?, limit: Int) throws -> StatementArguments {
        var arguments: StatementArguments = ["limit": limit + 1]
        if let cursor { arguments += ["risk": cursor.number, "name": cursor.tie] }
        if let minimumSeverity { arguments += ["severity": minimumSeverity.rank] }
        if !search.isEmpty { arguments += ["search": containsPattern(search)] }
        if let among { arguments += ["among": try StoredJSON.encode(among.sorted())] }
        if !besides.isEmpty { arguments += ["besides": try StoredJSON.encode(besides.sorted())] }
        return arguments
    }
}

/// A vulnerability of a company, before its texts are read.
private struct VulnerabilityRow {
    let row: Int64
    let key: NumberKey
    let agents: Int
    let isFixable: Bool
    let json: String

    init(row: Row) {
        self.row = row[0]
        key = NumberKey(number: row[2], tie: row[1])
        agents = row[3]
        isFixable = row[4]
        json = row[5]
    }

    func summary(company: Int64, _ db: Database) throws -> VulnerabilitySummary {
        let arguments: StatementArguments = ["company": company, "vulnerability": row]
        let firstSeen = try db.first(FindingQueries.firstSeen, arguments) { $0[0] as Int64? } ?? nil
        guard let firstSeen else { throw StoreError.failed("damaged counters") }
        return VulnerabilitySummary(
            record: try StoredJSON.decode(VulnerabilityRecord.self, json), agents: agents, fixable: isFixable,
            firstSeen: Date(milliseconds: firstSeen))
    }
}
