import Foundation
import GRDB
import Matching
@_spi(Minting) import Stores

/// Replaces the verdicts of packages, and moves everything that depends on them by the difference.
struct VerdictRecording {
    let indexDigest: String
    let now: Date

    private typealias Inventories = [Int64: Holder]

    /// Who has an inventory.
    private struct Holder {
        let company: Int64
        let agents: Int
    }

    func run(_ verdicts: [PackageVerdicts], _ db: Database) throws -> [CompanyScope: Event] {
        let verdicts = VerdictPlan.distinct(verdicts)
        var plan = VerdictPlan()
        for package in verdicts {
            try plan.add(package, standing: try standing(package.package, db), at: now) {
                try VulnerabilityUpdate.row(of: $0, at: now, db)
            }
        }
        let inventories = try inventories(of: plan.packages, db)
        let before = try states(plan.vulnerabilities, in: inventories, db)
        try write(plan, db)
        for package in verdicts {
            try db.run(CatalogueQueries.markEvaluated, [now.milliseconds, package.package.rawValue])
        }
        guard !inventories.isEmpty else { return [:] }
        let after = try states(plan.vulnerabilities, in: inventories, db)
        return try move(inventories, from: before, to: after, db)
    }

    /// The verdicts of a package that stand, by name of the vulnerability.
    private func standing(_ package: PackageID, _ db: Database) throws -> [String: VerdictPlan.Standing] {
        var standing: [String: VerdictPlan.Standing] = [:]
        try db.forEach(CatalogueQueries.verdictsByPackage, [package.rawValue]) { row in
            standing[row[1]] = (row[0], StoredVerdict(row: row, at: 2))
        }
        return standing
    }

    private func write(_ plan: VerdictPlan, _ db: Database) throws {
        for deletion in plan.deletions {
            try db.run(CatalogueQueries.deleteVerdict, [deletion.package, deletion.vulnerability])
        }
        for put in plan.puts {
            let verdict = put.verdict
            try db.run(
                CatalogueQueries.putVerdict,
                [
                    put.package, put.vulnerability, verdict.isAffected, verdict.fixedVersion, verdict.reason,
                    verdict.urgency, verdict.advisories, verdict.appearedAt,
                ])
        }
    }

    private func inventories(of packages: Set<Int64>, _ db: Database) throws -> Inventories {
        guard !packages.isEmpty else { return [:] }
        var companies: [Int64: Int64] = [:]
        try db.forEach(CatalogueQueries.inventoriesByPackage, [StoredJSON.array(packages.sorted())]) { row in
            companies[row[0]] = row[1]
        }
        var result: Inventories = [:]
        try db.forEach(AgentQueries.countByInventory, [StoredJSON.array(companies.keys.sorted())]) { row in
            let inventory: Int64 = row[0]
            result[inventory] = companies[inventory].map { Holder(company: $0, agents: row[1]) }
        }
        return result
    }

    /// The states of these vulnerabilities in these inventories.
    private func states(_ vulnerabilities: Set<Int64>, in inventories: Inventories, _ db: Database) throws
        -> [Int64: VulnerabilityStates]
    {
        guard !inventories.isEmpty else { return [:] }
        var result: [Int64: VulnerabilityStates] = [:]
        try db.forEach(CatalogueQueries.statesByVulnerability, [StoredJSON.array(vulnerabilities.sorted())]) { row in
            let inventory: Int64 = row[6]
            guard inventories[inventory] != nil else { return }
            result[inventory, default: [:]].add(VulnerabilityState(row: row, at: 1), for: row[0])
        }
        return result
    }

    /// Moves summaries and counters, and appends one event per company.
    private func move(
        _ inventories: Inventories, from before: [Int64: VulnerabilityStates], to after: [Int64: VulnerabilityStates],
        _ db: Database
    ) throws -> [CompanyScope: Event] {
        var companies: [Int64: CompanyChange] = [:]
        var openings: [Int64: [(inventory: Int64, changes: [StateChange])]] = [:]
        for (inventory, holder) in inventories {
            let changes = StateChange.between(before[inventory] ?? [:], after[inventory] ?? [:])
            if !changes.isEmpty { try InventorySummary.move(inventory: inventory, by: changes, db) }
            if holder.agents > 0 {
                companies[holder.company, default: .init()].add(changes, agents: holder.agents)
                if changes.contains(where: \.isOpening) {
                    openings[holder.company, default: []].append((inventory, changes))
                }
            }
        }
        var events: [CompanyScope: Event] = [:]
        for (company, change) in companies.sorted(by: { $0.key < $1.key }) {
            try CompanyCounters.move(company: company, by: change.differences, db)
            let event = try EventLog.append(
                .verdictsChanged(try change.described(indexDigest: indexDigest, db)), company: company, at: now, db)
            try CompanyCounters.recordHour(company: company, at: now, db)
            if let opened = openings[company] {
                try Outbox.record(company: company, at: now, db) { try Self.holders(opened, db) }
            }
            let id = try db.first(CatalogueQueries.companyByRow, [company]) { try CompanyID(blob: $0[0]) }
            if let id { events[CompanyScope(companyID: id)] = event }
        }
        return events
    }

    /// The agents that have these inventories.
    private static func holders(
        _ openings: [(inventory: Int64, changes: [StateChange])], _ db: Database
    ) throws -> [Openings.Holder] {
        try openings.flatMap { inventory, changes in
            try db.rows(NotificationQueries.agents, [inventory]) { row in
                Openings.Holder(agent: try AgentID(blob: row[0]), hostname: row[1], changes: changes)
            }
        }
    }
}

extension CompanyChange {
    fileprivate func described(indexDigest: String, _ db: Database) throws -> VerdictsChange {
        VerdictsChange(
            agents: agents, opened: opened.count, resolved: resolved.count,
            openedExamples: try EventLog.examples(of: opened, db),
            resolvedExamples: try EventLog.examples(of: resolved, db), indexDigest: indexDigest)
    }
}
