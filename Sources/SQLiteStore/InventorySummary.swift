import Foundation
import GRDB
import Stores

extension InventorySummary {
    /// Brings a stored summary up to date, and the risk of the agents that share it.
    static func move(inventory: Int64, by changes: [StateChange], _ db: Database) throws {
        guard var row = try db.first(InventoryQueries.summary, [inventory], { StoredSummary(row: $0) }) else { return }
        if !row.summary.apply(changes) {
            row.summary.risk = try highestRisk(packages: try PackageIDList.decode(row.packageIDs), db)
        }
        try row.summary.write(inventory: inventory, db)
    }

    /// Computes a stored summary anew.
    static func recompute(inventory: Int64, _ db: Database) throws {
        guard let row = try db.first(InventoryQueries.summary, [inventory], { StoredSummary(row: $0) }) else { return }
        let states = try VulnerabilityStates.fetch(packages: try PackageIDList.decode(row.packageIDs), db)
        try InventorySummary(states.values).write(inventory: inventory, db)
    }

    static func highestRisk(packages ids: [Int64], _ db: Database) throws -> Int {
        try db.first(InventoryQueries.highestRisk, [StoredJSON.array(ids)]) { $0[0] } ?? 0
    }

    /// Stores the summary, and the risk of the agents that share it.
    func write(inventory: Int64, _ db: Database) throws {
        try db.run(
            InventoryQueries.setSummary,
            [
                "critical": counts.critical, "high": counts.high, "medium": counts.medium, "low": counts.low,
                "unknown": counts.unknown, "exploited": counts.exploited, "fixable": counts.fixable,
                "undetermined": counts.undetermined, "risk": risk, "id": inventory,
            ])
        try db.run(AgentQueries.setRisk, ["risk": risk, "inventory": inventory])
    }

    private struct StoredSummary {
        let packageIDs: Data
        var summary = InventorySummary()

        init(row: Row) {
            packageIDs = row[0]
            summary.risk = row[1]
            summary.counts = SeverityCounts(row: row, at: 2)
        }
    }
}
