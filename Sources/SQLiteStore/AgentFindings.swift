import Foundation
import GRDB
import PackageIdentity
import Stores

/// An agent as its findings need it.
struct AgentFindings: Sendable {
    let row: Int64
    let companyRow: Int64
    /// `nil` before the first inventory.
    let inventory: Int64?
    let firstAppliedAt: Int64

    /// Reads three columns in a row: the agent's row, its applied inventory and first_applied_at.
    init(row: Row, at first: Int, _ company: Int64) {
        self.row = row[first]
        companyRow = company
        inventory = row[first + 1]
        firstAppliedAt = (row[first + 2] as Int64?) ?? 0
    }

    /// The packages that carry these vulnerabilities, each list by purl.
    ///
    /// - Parameter names: Ids of the vulnerabilities by row.
    func packages(_ names: [Int64: String], isAffected: Bool, _ db: Database) throws -> [Int64: [FindingPackage]] {
        var packages: [Int64: [FindingPackage]] = [:]
        let arguments: StatementArguments = [
            "vulnerabilities": StoredJSON.array(names.keys), "affected": isAffected, "company": companyRow,
            "inventory": inventory, "agent": row,
        ]
        try db.forEach(FindingQueries.agentVerdicts, arguments) { row in
            let verdict = StoredVerdict(row: row, at: 3)
            let since: Int64 = row[2] ?? firstAppliedAt
            packages[row[0], default: []].append(
                FindingPackage(
                    purl: try PackageURL(stored: row[1]), verdict: try verdict.verdict(of: names[row[0]] ?? ""),
                    firstSeen: Date(milliseconds: max(since, verdict.appearedAt))))
        }
        return packages
    }
}
