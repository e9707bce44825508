import Foundation
import GRDB
import Matching
import Stores

extension SQLiteStore {
    /// See ``Store/verify()``. Reads everything into memory; meant for tests and for an operator in doubt.
    public func verify() async throws -> [Discrepancy] {
        try await read("verify") { db in
            let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map {
                "foreign key: \($0[0] as String)"
            }
            let differences = try Verification(db).differences()
            let companies = try db.rows(VerificationQueries.companies) { row in
                (row: row[0] as Int64, id: try CompanyID(blob: row[1]))
            }
            let audit = try companies.flatMap { try AuditLog.differences(company: $0.row, $0.id, db) }
            return (integrity + orphans + differences + audit).map { Discrepancy(description: $0) }
        }
    }
}

extension Verification {
    /// Reads the tables.
    fileprivate init(_ db: Database) throws {
        self.init()
        try db.forEach(VerificationQueries.agents) { row in
            let (received, applied) = (row[2] as Int64?, row[3] as Int64?)
            agents[row[0]] = Agent(
                company: row[1], references: [received, applied].compactMap(\.self), applied: applied,
                firstAppliedAt: row[4], risk: row[5])
        }
        try db.forEach(VerificationQueries.inventories) { row in inventories[row[0]] = try Self.inventory(row, db) }
        try db.forEach(VerificationQueries.inventoryPackages) { reverse[$0[0], default: []].insert($0[2]) }
        try db.forEach(VerificationQueries.since) { since[$0[0], default: [:]][$0[1]] = $0[2] }
        try db.forEach(VerificationQueries.verdicts) { row in
            verdicts[row[0], default: []].append(Said(vulnerability: row[1], isAffected: row[2], isFixable: row[3]))
        }
        try db.forEach(VerificationQueries.vulnerabilities) { row in
            vulnerabilities[row[0]] = Vulnerability(
                name: row[1], weight: VulnerabilityWeight(severity: row[2], risk: row[3], isExploited: row[4]),
                record: try StoredJSON.decode(VulnerabilityRecord.self, row[5]))
        }
        try readCounters(db)
    }

    private mutating func readCounters(_ db: Database) throws {
        try db.forEach(VerificationQueries.companyPackages) { row in
            companyPackages[Pair(company: row[0], other: row[1])] = CompanyPackage(agents: row[2], firstSeenAt: row[3])
        }
        try db.forEach(VerificationQueries.companyVulnerabilities) { row in
            companyVulnerabilities[Pair(company: row[0], other: row[1])] = CompanyVulnerability(
                difference: CounterDifference(agents: row[2], fixable: row[3], undetermined: row[4]), name: row[5],
                weight: VulnerabilityWeight(severity: row[6], risk: row[7], isExploited: row[8]))
        }
        tokens = try db.rows(VerificationQueries.tokens) { Token(row: $0[0], uses: $0[1], agents: $0[2]) }
    }

    private static func inventory(_ row: Row, _ db: Database) throws -> Inventory {
        var summary = InventorySummary()
        summary.risk = row[6]
        summary.counts = SeverityCounts(row: row, at: 7)
        let packages = try (row[4] as Data?).map(PackageIDList.decode)
        return Inventory(
            company: row[1], digest: [UInt8](row[2] as Data), packages: packages, packageCount: row[5],
            summary: summary,
            rebuiltDigest: try StoredInventory.inventory(content: row[3], packageIDs: row[4], db).digest.bytes)
    }
}
