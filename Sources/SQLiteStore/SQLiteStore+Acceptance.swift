import Foundation
import GRDB
import Matching
import PackageIdentity
import Stores

extension SQLiteStore {
    /// See ``ExceptionStore/fetchAcceptance(scope:at:)``.
    public func fetchAcceptance(scope: CompanyScope, at now: Date) async throws -> Acceptance {
        try await read("fetch acceptance") { db in
            guard let company = try scope.row(db) else { return Acceptance(exceptions: [], vulnerabilities: [:]) }
            return try AcceptanceReading(company: company, at: now, db).company(db)
        }
    }

    /// See ``ExceptionStore/fetchAcceptance(scope:agents:at:)``.
    public func fetchAcceptance(scope: CompanyScope, agents: [AgentID], at now: Date) async throws
        -> [AgentID: AgentAcceptance]
    {
        try await read("fetch acceptance of agents") { db in
            guard let company = try scope.row(db) else { return [:] }
            return try AcceptanceReading(company: company, at: now, db).each(agents, db)
        }
    }
}

/// Reads what ``AcceptanceCalculation`` works with.
struct AcceptanceReading {
    private let company: Int64
    private let exceptions: [RiskException]

    init(company: Int64, at now: Date, _ db: Database) throws {
        self.company = company
        exceptions = try db.rows(ExceptionQueries.active, ["company": company, "now": now.milliseconds]) {
            try RiskException(row: $0)
        }
    }

    func company(_ db: Database) throws -> Acceptance {
        guard !exceptions.isEmpty else { return Acceptance(exceptions: [], vulnerabilities: [:]) }
        let calculation = try calculation(inventories: nil, db)
        var counts: [Int64: Int] = [:]
        try db.forEach(AgentQueries.countByInventory, [StoredJSON.array(calculation.inventories)]) {
            counts[$0[0]] = $0[1] as Int
        }
        let named = try holders(exceptions.agents, db)
        let labelled = try holders(
            ExceptionQueries.agentsByLabel,
            ["company": company, "labels": try StoredJSON.encode(exceptions.labels)], db)
        let all = Dictionary((named + labelled).map { ($0.id, $0) }) { first, _ in first }
        return Acceptance(
            exceptions: exceptions,
            vulnerabilities: calculation.company(agents: counts, holders: Array(all.values)),
            subjects: calculation.subjects())
    }

    func each(_ agents: [AgentID], _ db: Database) throws -> [AgentID: AgentAcceptance] {
        let holders = try holders(agents, db)
        return try calculation(inventories: exceptions.isEmpty ? [] : holders.compactMap(\.inventory), db).each(holders)
    }

    /// - Parameter inventories: Those that are looked at; `nil` means all of the company.
    private func calculation(inventories: [Int64]?, _ db: Database) throws -> AcceptanceCalculation {
        guard inventories?.isEmpty != true else {
            return AcceptanceCalculation(exceptions: exceptions, vulnerabilities: [:])
        }
        var vulnerabilities: [Int64: AcceptanceCalculation.Vulnerability] = [:]
        try db.forEach(
            ExceptionQueries.vulnerabilities,
            [
                "company": company, "ids": try StoredJSON.encode(exceptions.vulnerabilities),
                "packages": try StoredJSON.encode(exceptions.wholePackages),
            ]
        ) { row in
            let record = try StoredJSON.decode(VulnerabilityRecord.self, row[2])
            vulnerabilities[row[0]] = AcceptanceCalculation.Vulnerability(
                name: row[1], aliases: record.aliases, agents: row[3], severity: row[4], isExploited: row[5],
                isFixable: row[6])
        }
        var calculation = AcceptanceCalculation(exceptions: exceptions, vulnerabilities: vulnerabilities)
        var arguments: StatementArguments = [
            "company": company, "vulnerabilities": StoredJSON.array(vulnerabilities.keys),
        ]
        if let inventories { arguments += ["inventories": StoredJSON.array(inventories)] }
        try db.forEach(ExceptionQueries.carriers(ofInventories: inventories != nil), arguments) { row in
            let package = try PackageURL(stored: row[1]).unversioned
            calculation.add(vulnerability: row[0], package: package, inventory: row[2])
        }
        return calculation
    }

    private func holders(_ agents: [AgentID], _ db: Database) throws -> [AcceptanceCalculation.Holder] {
        try agents.flatMap { try holders(ExceptionQueries.agentByID, ["company": company, "agent": $0.blob], db) }
    }

    private func holders(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws
        -> [AcceptanceCalculation.Holder]
    {
        var rows: [Int64: AcceptanceCalculation.Holder] = [:]
        try db.forEach(sql, arguments) { row in
            rows[row[2]] = AcceptanceCalculation.Holder(
                id: try AgentID(blob: row[0]), inventory: row[1], labels: [])
        }
        try db.forEach(ExceptionQueries.labelsOfAgents, ["rows": StoredJSON.array(rows.keys)]) { row in
            rows[row[0]]?.labels.insert(row[1])
        }
        return Array(rows.values)
    }
}
