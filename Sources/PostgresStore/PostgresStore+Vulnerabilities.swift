import Foundation
import Matching
import PackageIdentity
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``FindingStore/fetchOverview(scope:at:)``; throws ``StoreError/notFound(_:)`` when there is no such company.
    public func fetchOverview(scope: CompanyScope, at now: Date) async throws -> Overview {
        let company = try await existingRow(scope)
        let acceptance = try await fetchAcceptance(scope: scope, at: now)
        let overdue = try await fetchOverdue(scope: scope, policy: try await fetchSLAPolicy(scope: scope), at: now)
        let results = try await read(
            "fetch overview", company: company,
            [CounterQueries.totals(company: company), AgentQueries.waitingCounts(company: company)])
        guard let totals = results[0].first, let waiting = results[1].first else {
            throw StoreError.failed("damaged counters")
        }
        return Overview(
            counts: try SeverityCounts(totals, at: 0), exposures: try totals.get(8), agents: try totals.get(9),
            agentsWithoutInventory: try waiting.get(0), agentsPending: try waiting.get(1), packages: try totals.get(10),
            accepted: acceptance.counts, acceptedExposures: acceptance.exposures,
            overdue: overdue.subtracting(acceptance.entirely).count)
    }

    /// See ``FindingStore/fetchTrend(scope:days:at:)``; throws ``StoreError/notFound(_:)`` when there is no such company.
    public func fetchTrend(scope: CompanyScope, days: Int, at now: Date) async throws -> [TrendPoint] {
        let company = try await existingRow(scope)
        let last = TrendHour.of(now)
        let hours = CounterQueries.hours(company: company, from: last - Int64(days) * 24, through: last)
        return try await read("fetch trend", company: company, hours).map { row in
            TrendPoint(hour: try row.get(0), counts: try SeverityCounts(row, at: 2), agents: try row.get(1))
        }
    }

    /// See ``FindingStore/fetchVulnerabilities(scope:query:page:)``.
    public func fetchVulnerabilities(scope: CompanyScope, query: VulnerabilityQuery, page: PageRequest) async throws
        -> Page<VulnerabilitySummary>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "vulnerabilities")
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let statement = FindingQueries.vulnerabilities(company: company, query, after: cursor, limit: page.limit + 1)
        let rows = try await read("fetch vulnerabilities", company: company, statement).map { $0 }
        return try Page(rows: rows, limit: page.limit, list: "vulnerabilities") { row in
            NumberKey(number: (try? row.get(1)) ?? 0, tie: (try? row.get(0)) ?? "")
        } item: { row in
            try VulnerabilitySummary(row)
        }
    }

    /// See ``FindingStore/fetchVulnerability(scope:id:)``.
    public func fetchVulnerability(scope: CompanyScope, id: String) async throws -> VulnerabilitySummary? {
        guard let company = try await row(scope) else { return nil }
        return try await read(
            "fetch vulnerability", company: company, FindingQueries.vulnerability(company: company, name: id)
        ).first.map { try VulnerabilitySummary($0) }
    }

    /// See ``FindingStore/fetchAffectedAgents(scope:vulnerability:page:)``. By host name, ties by id.
    public func fetchAffectedAgents(scope: CompanyScope, vulnerability id: String, page: PageRequest) async throws
        -> Page<AffectedAgent>
    {
        let cursor = try PageCursor<HostKey>.key(page.cursor, list: "affected")
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        return try await snapshot("fetch affected agents", company: company) { transaction in
            let found = try await transaction.query(FindingQueries.holders(company: company, vulnerability: id))
            guard let vulnerability = try found.first?.get(3, as: Int64.self) else {
                return Page(items: [], nextCursor: nil)
            }
            let sets = try Holders.sets(found)
            let inventories = sets.values.reduce(into: HolderSet()) { $0.formUnion($1) }.numbers.map { Int32($0) }
            let results = try await transaction.run([
                FindingQueries.affectedAgents(
                    company: company, inventories: inventories, after: cursor, limit: page.limit + 1),
                FindingQueries.verdicts(vulnerabilities: [vulnerability], packages: Array(sets.keys), isAffected: true),
            ])
            let verdicts = try results[1].map { try PackageVerdict($0, name: id) }
            let agents = try results[0].map { try AffectedRow($0) }
            return try Page(rows: agents, limit: page.limit, list: "affected") {
                HostKey(hostname: $0.hostnameKey, tie: $0.summary.id)
            } item: { agent in
                let own = verdicts.filter { sets[$0.package]?.contains(agent.inventory) ?? false }
                return AffectedAgent(agent: agent.summary, packages: own.map { $0.finding(agent.since($0.package)) })
            }
        }
    }
}

/// An agent that is affected, as ``FindingQueries/affectedAgents(company:inventories:after:limit:)`` reads it.
private struct AffectedRow: Sendable {
    let summary: AgentSummary
    let hostnameKey: String
    let inventory: Int
    let firstAppliedAt: Date
    let dates: PackageDates

    init(_ row: PostgresRow) throws {
        summary = try AgentSummary(row)
        hostnameKey = try row.get(18)
        inventory = try row.get(19)
        firstAppliedAt = try row.get(20)
        dates = try PackageDates(stored: try row.get(21))
    }

    func since(_ package: Int64) -> Date { dates.dates[package].map { Date(milliseconds: $0) } ?? firstAppliedAt }
}

/// A verdict with its package, as ``FindingQueries/verdicts(vulnerabilities:packages:isAffected:)`` reads it.
struct PackageVerdict: Sendable {
    let vulnerability: Int64
    let package: Int64
    private let purl: PackageURL
    private let verdict: Verdict
    private let appearedAt: Date

    /// - Parameter name: The id of the vulnerability.
    init(_ row: PostgresRow, name: String) throws {
        vulnerability = try row.get(0)
        package = try row.get(1)
        purl = try PackageURL(stored: try row.get(2))
        let stored = try StoredVerdict(row, at: 3)
        verdict = try stored.verdict(of: name)
        appearedAt = Date(milliseconds: stored.appearedAt)
    }

    /// The finding on an agent that has the package since then.
    func finding(_ since: Date) -> FindingPackage {
        FindingPackage(purl: purl, verdict: verdict, firstSeen: max(since, appearedAt))
    }
}

extension VulnerabilitySummary {
    /// Reads name, risk, agents, whether it is fixable, record, and when the company was first affected.
    fileprivate init(_ row: PostgresRow) throws {
        guard let firstSeen = try row.get(5, as: Date?.self) else { throw StoreError.failed("damaged counters") }
        self.init(
            record: try StoredJSON.decode(VulnerabilityRecord.self, try row.get(4)), agents: try row.get(2),
            fixable: try row.get(3), firstSeen: firstSeen)
    }
}
