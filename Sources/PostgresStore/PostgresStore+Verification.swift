import Foundation
import Inventory
import Matching
import PackageIdentity
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``Store/verify()``. Reads everything into memory, one consistent snapshot; meant for tests and for an operator in doubt.
    public func verify() async throws -> [Discrepancy] {
        try await snapshot("verify") { transaction in
            var reader = VerificationReader(transaction: transaction)
            return try await reader.differences().map { Discrepancy(description: $0) }
        }
    }
}

/// Whole tables, company by company; full scans on purpose.
private struct VerificationReader {
    let transaction: PostgresTransaction
    private var verification = Verification(countsAgentsOfPackages: false)
    private var purls: [Int64: PackageURL] = [:]
    /// What the shared computation does not know of.
    private var own: [String] = []
    private var nextAgent: Int64 = 1

    init(transaction: PostgresTransaction) { self.transaction = transaction }

    mutating func differences() async throws -> [String] {
        try await readCatalogue()
        let companies = try await transaction.run([.installation, CompanyQueries.all])[1].map {
            (row: try $0.get(0, as: Int32.self), id: CompanyID(uuid: try $0.get(1)))
        }
        for company in companies.sorted(by: { $0.row < $1.row }) {
            try await read(company.row)
            own += try await AuditLog.differences(company: company.row, company.id, transaction)
        }
        return own + verification.differences()
    }

    private func query(_ sql: String, _ parameters: any PostgresEncodable...) async throws -> PostgresResult {
        try await transaction.query(PostgresStatement(sql, parameters))
    }

    private mutating func readCatalogue() async throws {
        try await query("select id, purl from packages").forEach {
            purls[try $0.get(0)] = try PackageURL(stored: try $0.get(1))
        }
        try await query(
            "select package_id, vulnerability_id, affected, affected and fixed_version is not null from verdicts"
        )
        .forEach { row in
            verification.verdicts[try row.get(0), default: []].append(
                .init(vulnerability: try row.get(1), isAffected: try row.get(2), isFixable: try row.get(3)))
        }
        try await query("select id, name, severity, risk, exploited, record::text from vulnerabilities").forEach {
            row in
            verification.vulnerabilities[try row.get(0)] = .init(
                name: try row.get(1),
                weight: VulnerabilityWeight(
                    severity: try row.get(2), risk: try row.get(3), isExploited: try row.get(4)),
                record: try StoredJSON.decode(VulnerabilityRecord.self, try row.get(5)))
        }
    }

    private mutating func read(_ company: Int32) async throws {
        try await transaction.query(.company(company))
        try await readInventories(company)
        try await readAgents(company)
        try await readCounters(company)
        try await readTotals(company)
    }

    /// An inventory's number within its company as a number of its own.
    private func row(_ company: Int32, _ number: Int64) -> Int64 { Int64(company) << 32 | number }

    private mutating func readInventories(_ company: Int32) async throws {
        try await query(
            "select \(InventoryQueries.columns), digest, package_count from inventories where company_id = $1", company
        ).forEach { row in
            let stored = try StoredInventory(row)
            let held = stored.packages.compactMap { purls[$0] }
            verification.inventories[self.row(company, Int64(stored.number))] = .init(
                company: Int64(company), digest: [UInt8](try row.get(11, as: Data.self)), packages: stored.packages,
                packageCount: try row.get(12), summary: stored.summary, rebuiltDigest: Inventory(held).digest.bytes)
        }
        let holders = try await transaction.query(HolderQueries.all(company: company))
        for (package, set) in try Holders.sets(holders) {
            for number in set.numbers { verification.reverse[row(company, Int64(number)), default: []].insert(package) }
        }
    }

    private mutating func readAgents(_ company: Int32) async throws {
        let rows = try await query(
            """
            select a.applied_inventory, a.first_applied_at, a.risk, d.dates, a.waiting_digest, u.digest, u.content
            from agents a left join agent_dates d on d.company_id = a.company_id and d.agent_id = a.id
            left join uploads u on u.company_id = a.company_id and u.agent_id = a.id
            where a.company_id = $1 order by a.id
            """, company)
        try rows.forEach { row in
            let agent = nextAgent
            nextAgent += 1
            let applied = try row.get(0, as: Int64?.self).map { self.row(company, $0) }
            verification.agents[agent] = .init(
                company: Int64(company), references: [applied].compactMap(\.self), applied: applied,
                firstAppliedAt: try row.get(1, as: Date?.self)?.milliseconds, risk: try row.get(2))
            verification.since[agent] = try PackageDates(stored: try row.get(3)).dates
            try checkUpload(row, "company \(company), agent \(agent)")
        }
    }

    private mutating func checkUpload(_ row: PostgresRow, _ name: String) throws {
        let (waiting, kept) = (try row.get(4, as: Data?.self), try row.get(5, as: Data?.self))
        if waiting != kept { own.append("\(name): the upload is not the one that it waits for") }
        if let kept, let content = try row.get(6, as: Data?.self),
            Data(try StoredUpload.inventory(content, known: nil).digest.bytes) != kept
        {
            own.append("\(name): digest of the upload is not that of its packages")
        }
    }

    private mutating func readCounters(_ company: Int32) async throws {
        try await transaction.query(HolderQueries.firstSeen(company: company)).forEach { row in
            verification.companyPackages[.init(company: Int64(company), other: try row.get(0))] = .init(
                agents: nil, firstSeenAt: try row.get(1, as: Date.self).milliseconds)
        }
        try await query(
            """
            select vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited
            from company_vulnerabilities where company_id = $1
            """, company
        ).forEach { row in
            verification.companyVulnerabilities[.init(company: Int64(company), other: try row.get(0))] = .init(
                difference: CounterDifference(
                    agents: try row.get(1), fixable: try row.get(2), undetermined: try row.get(3)),
                name: try row.get(4),
                weight: VulnerabilityWeight(severity: try row.get(5), risk: try row.get(6), isExploited: try row.get(7))
            )
        }
        let tokens = try await query(
            """
            select t.uses, count(a.id) from enrollment_tokens t
            left join agents a on a.company_id = t.company_id and a.enrollment_token_id = t.id
            where t.company_id = $1 group by t.id, t.uses order by t.id
            """, company)
        try tokens.forEach { row in
            let number = Int64(verification.tokens.count) + 1
            verification.tokens.append(.init(row: number, uses: try row.get(0), agents: try row.get(1)))
        }
    }

    private mutating func readTotals(_ company: Int32) async throws {
        let results = try await transaction.run([
            CounterQueries.totals(company: company), CounterQueries.recountedTotals(company: company),
        ])
        func numbers(_ result: PostgresResult) throws -> [Int]? {
            try result.first.map { row in try (0..<11).map { try row.get($0) } }
        }
        let (found, expected) = (try numbers(results[0]), try numbers(results[1]))
        if found != expected {
            own.append("company \(company), totals: expected \(expected ?? []), found \(found ?? [])")
        }
        let free = try await query(
            """
            select (select next_inventory from company_totals where company_id = $1)
                - (select count(*) from inventories where company_id = $1)
                - (select count(*) from free_inventory_numbers where company_id = $1)
            """, company)
        if try free.value(as: Int?.self) != 0 { own.append("company \(company): numbers of inventories are lost") }
    }
}
