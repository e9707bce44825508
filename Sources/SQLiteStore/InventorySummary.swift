import Foundation
import GRDB
import Stores

/// The counts and the risk of an inventory.
struct InventorySummary: Hashable {
    var counts = SeverityCounts()
    /// Highest risk of an affected vulnerability, in tenths.
    var risk = 0

    init() {}

    init(_ states: some Sequence<VulnerabilityState>) {
        for state in states { add(state, 1) }
    }

    /// Moves counts and risk by changes.
    ///
    /// - Returns: False when the riskiest vulnerability went away, so that ``risk`` is too high and must be found anew.
    mutating func apply(_ changes: [StateChange]) -> Bool {
        let before = risk
        var lostRiskiest = false
        for change in changes {
            if let old = change.old {
                add(old, -1)
                if old.isAffected && old.risk >= before { lostRiskiest = true }
            }
            if let new = change.new { add(new, 1) }
        }
        let regained = changes.contains { $0.new.map { $0.isAffected && $0.risk >= before } ?? false }
        return !lostRiskiest || regained
    }

    private mutating func add(_ state: VulnerabilityState, _ sign: Int) {
        guard state.isAffected else {
            counts.undetermined += sign
            return
        }
        switch state.severity {
        case 5: counts.critical += sign
        case 4: counts.high += sign
        case 3: counts.medium += sign
        case 2: counts.low += sign
        default: counts.unknown += sign
        }
        if state.isExploited { counts.exploited += sign }
        if state.isFixable { counts.fixable += sign }
        if sign > 0 { risk = max(risk, state.risk) }
    }

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
