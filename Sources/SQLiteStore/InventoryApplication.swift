import Foundation
import GRDB
import Stores

/// Makes a received inventory the applied one of an agent, and moves everything that depends on it by the difference.
struct InventoryApplication {
    let agent: InventoryHolder
    let received: StoredInventory
    let now: Date

    /// - Throws: ``StoreError/notEvaluated(packages:)``.
    func run(_ db: Database) throws -> Event {
        let new = try received.evaluatedPackageIDs(db)
        let applied = try agent.applied.flatMap { try StoredInventory.fetch($0, db) }
        let old = applied?.packageIDs ?? []
        let packages = PackageIDList.difference(from: old, to: new)
        let changes = try stateChanges(old: applied == nil ? nil : old, new: new, packages, db)

        let arrived = try recentArrivals(packages.removed, db)
        let row = try store(new, applied: applied, packages, changes, db)
        try db.run(InventoryQueries.setApplied, ["applied": row, "now": now.milliseconds, "id": agent.row])
        try moveFirstSeen(packages, isFirst: applied == nil, arrived: arrived, db)
        try moveVulnerabilities(changes, db)
        if let applied, applied.row != row { try StoredInventory.deleteIfUnreferenced(applied.row, db) }

        let event = try EventLog.append(
            .inventoryApplied(try describe(packages, changes, db)), company: agent.companyRow, at: now, db)
        try CompanyCounters.recordHour(company: agent.companyRow, at: now, db)
        if changes.contains(where: \.isOpening) {
            try Outbox.record(company: agent.companyRow, at: now, db) {
                [Openings.Holder(agent: agent.id, hostname: agent.hostname, changes: changes)]
            }
        }
        return event
    }

    private typealias PackageDifference = (added: [Int64], removed: [Int64])

    /// How the agent's vulnerabilities change. After the first inventory only those are looked at that the difference speaks of.
    private func stateChanges(
        old: [Int64]?, new: [Int64], _ packages: PackageDifference, _ db: Database
    ) throws -> [StateChange] {
        guard let old else { return StateChange.between([:], try .fetch(packages: new, db)) }
        let (inOld, inNew) = (Set(old), Set(new))
        var (before, after): (VulnerabilityStates, VulnerabilityStates) = ([:], [:])
        let touched = StoredJSON.array(packages.added + packages.removed)
        try db.forEach(InventoryQueries.verdictsSharedWithPackages, [touched]) { row in
            let state = VulnerabilityState(row: row, at: 1)
            let package: Int64 = row[6]
            if inOld.contains(package) { before.add(state, for: row[0]) }
            if inNew.contains(package) { after.add(state, for: row[0]) }
        }
        return StateChange.between(before, after)
    }

    /// Writes the inventory's packages and summary, and answers its row.
    private func store(
        _ new: [Int64], applied: StoredInventory?, _ packages: PackageDifference, _ changes: [StateChange],
        _ db: Database
    ) throws -> Int64 {
        if received.packageIDs != nil { return received.row }
        var summary = applied?.summary ?? InventorySummary()
        if !summary.apply(changes) { summary.risk = try InventorySummary.highestRisk(packages: new, db) }
        let row: Int64
        if let applied, try canTakeOver(applied, db) {
            row = applied.row
            try takeOver(applied, new, packages, db)
        } else {
            row = received.row
            try db.run(
                InventoryQueries.setPackages,
                ["ids": PackageIDList.encode(new), "count": new.count, "id": row])
            try insertPackages(new, inventory: row, db)
        }
        try summary.write(inventory: row, db)
        return row
    }

    /// Whether nobody but this agent refers to its old inventory, so that its row can become the new one.
    private func canTakeOver(_ applied: StoredInventory, _ db: Database) throws -> Bool {
        try db.first(
            InventoryQueries.isReferencedByOthers, ["id": applied.row, "agent": agent.row], { $0[0] as Bool }) == false
    }

    /// Writes the difference only. Other agents that wait for the same inventory are led to the row that stays.
    private func takeOver(
        _ applied: StoredInventory, _ new: [Int64], _ packages: PackageDifference, _ db: Database
    ) throws {
        try db.run(InventoryQueries.moveReceived, ["old": received.row, "new": applied.row])
        try db.run(InventoryQueries.delete, [received.row])
        try db.run(
            InventoryQueries.rename,
            ["digest": received.digest, "ids": PackageIDList.encode(new), "count": new.count, "id": applied.row])
        try db.run(
            InventoryQueries.deletePackages,
            ["ids": StoredJSON.array(packages.removed), "company": agent.companyRow, "inventory": applied.row])
        try insertPackages(packages.added, inventory: applied.row, db)
    }

    private func insertPackages(_ ids: [Int64], inventory: Int64, _ db: Database) throws {
        try db.run(
            InventoryQueries.insertPackages,
            ["ids": StoredJSON.array(ids), "company": agent.companyRow, "inventory": inventory])
    }

    /// Of the packages that go, those whose first sight in the company was on this agent.
    private func recentArrivals(_ removed: [Int64], _ db: Database) throws -> [Int64] {
        guard !removed.isEmpty else { return [] }
        return try db.rows(
            CounterQueries.packagesFirstSeenOn,
            ["ids": StoredJSON.array(removed), "company": agent.companyRow, "agent": agent.row]
        ) { $0[0] }
    }

    /// Moves first-seen dates: of packages on this agent, and of packages in the company.
    private func moveFirstSeen(
        _ packages: PackageDifference, isFirst: Bool, arrived: [Int64], _ db: Database
    ) throws {
        let added: StatementArguments = [
            "ids": StoredJSON.array(packages.added), "company": agent.companyRow, "agent": agent.row,
            "now": now.milliseconds,
        ]
        try db.run(CounterQueries.addPackages, added)
        if !isFirst { try db.run(InventoryQueries.insertSince, added) }
        guard !packages.removed.isEmpty else { return }
        let removed: StatementArguments = [
            "ids": StoredJSON.array(packages.removed), "company": agent.companyRow, "agent": agent.row,
        ]
        try db.run(InventoryQueries.deleteSince, removed)
        try db.run(CounterQueries.removePackages, removed)
        try db.run(CounterQueries.deletePackagesWithoutAgents, removed)
        if !arrived.isEmpty {
            try db.run(
                CounterQueries.recomputeFirstSeen, ["ids": StoredJSON.array(arrived), "company": agent.companyRow])
        }
    }

    private func moveVulnerabilities(_ changes: [StateChange], _ db: Database) throws {
        try CompanyCounters.move(company: agent.companyRow, by: CounterDifference.of(changes), db)
    }

    private func describe(
        _ packages: PackageDifference, _ changes: [StateChange], _ db: Database
    ) throws -> InventoryChange {
        let opened = changes.filter(\.isOpening).map(\.vulnerability)
        let resolved = changes.filter(\.isResolution).map(\.vulnerability)
        return InventoryChange(
            agent: agent.id, hostname: agent.hostname, packagesAdded: packages.added.count,
            packagesRemoved: packages.removed.count, opened: opened.count, resolved: resolved.count,
            openedExamples: try EventLog.examples(of: opened, db),
            resolvedExamples: try EventLog.examples(of: resolved, db))
    }
}

extension EventLog {
    /// The names of the ten riskiest.
    static func examples(of vulnerabilities: some Sequence<Int64>, _ db: Database) throws -> [String] {
        try db.rows(InventoryQueries.riskiestNames, [StoredJSON.array(vulnerabilities)]) { $0[0] }
    }
}
