import Foundation
import GRDB
import Matching
@_spi(Minting) import Stores

/// Replaces the verdicts of packages, and moves everything that depends on them by the difference.
struct VerdictRecording {
    let indexDigest: String
    let now: Date

    /// What changes: rows to write and delete, and of these what is seen from outside.
    private struct Plan {
        var puts: [(package: Int64, vulnerability: Int64, verdict: StoredVerdict)] = []
        var deletions: [(package: Int64, vulnerability: Int64)] = []
        /// Packages and vulnerabilities where a status or a fixed version changes.
        var packages: Set<Int64> = []
        var vulnerabilities: Set<Int64> = []
    }

    private typealias Inventories = [Int64: Holder]

    /// Who has an inventory.
    private struct Holder {
        let company: Int64
        let agents: Int
    }

    func run(_ verdicts: [PackageVerdicts], _ db: Database) throws -> [CompanyScope: Event] {
        let verdicts = Dictionary(verdicts.map { ($0.package, $0) }) { _, last in last }.values
        var plan = Plan()
        for package in verdicts { try add(package, to: &plan, db) }
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

    /// Compares the verdicts of a package with those that stand.
    private func add(_ package: PackageVerdicts, to plan: inout Plan, _ db: Database) throws {
        let id = package.package.rawValue
        var standing: [String: (row: Int64, verdict: StoredVerdict)] = [:]
        try db.forEach(CatalogueQueries.verdictsByPackage, [id]) { row in
            standing[row[1]] = (row[0], StoredVerdict(row: row, at: 2))
        }
        for verdict in Self.findings(package.verdicts) {
            let old = standing.removeValue(forKey: verdict.vulnerability)
            let row = try old?.row ?? VulnerabilityUpdate.row(of: verdict.vulnerability, at: now, db)
            let new = try StoredVerdict(verdict, standing: old?.verdict, at: now)
            guard new != old?.verdict else { continue }
            plan.puts.append((id, row, new))
            if old.map({ $0.verdict.isAffected != new.isAffected || $0.verdict.fixedVersion != new.fixedVersion })
                ?? true
            {
                plan.packages.insert(id)
                plan.vulnerabilities.insert(row)
            }
        }
        for (row, _) in standing.values {
            plan.deletions.append((id, row))
            plan.packages.insert(id)
            plan.vulnerabilities.insert(row)
        }
    }

    /// One verdict per vulnerability, affected before undetermined, and no others.
    private static func findings(_ verdicts: [Verdict]) -> some Sequence<Verdict> {
        let kept = verdicts.filter { $0.status == .affected || $0.status == .undetermined }
        return Dictionary(kept.map { ($0.vulnerability, $0) }) { $0.status == .affected ? $0 : $1 }.values
    }

    private func write(_ plan: Plan, _ db: Database) throws {
        for (package, vulnerability) in plan.deletions {
            try db.run(CatalogueQueries.deleteVerdict, [package, vulnerability])
        }
        for (package, vulnerability, verdict) in plan.puts {
            try db.run(
                CatalogueQueries.putVerdict,
                [
                    package, vulnerability, verdict.isAffected, verdict.fixedVersion, verdict.reason, verdict.urgency,
                    verdict.advisories, verdict.appearedAt,
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
        for (inventory, holder) in inventories {
            let changes = StateChange.between(before[inventory] ?? [:], after[inventory] ?? [:])
            if !changes.isEmpty { try InventorySummary.move(inventory: inventory, by: changes, db) }
            if holder.agents > 0 { companies[holder.company, default: .init()].add(changes, agents: holder.agents) }
        }
        var events: [CompanyScope: Event] = [:]
        for (company, change) in companies.sorted(by: { $0.key < $1.key }) {
            try CompanyCounters.move(company: company, by: change.differences, db)
            let event = try EventLog.append(
                .verdictsChanged(try change.described(indexDigest: indexDigest, db)), company: company, at: now, db)
            try CompanyCounters.recordHour(company: company, at: now, db)
            let id = try db.first(CatalogueQueries.companyByRow, [company]) { try CompanyID(blob: $0[0]) }
            if let id { events[CompanyScope(companyID: id)] = event }
        }
        return events
    }
}

/// What new verdicts change in one company.
private struct CompanyChange {
    var differences: [Int64: CompanyCounters.Difference] = [:]
    var agents = 0
    var opened: Set<Int64> = []
    var resolved: Set<Int64> = []

    /// Adds the changes that this many agents go through.
    mutating func add(_ changes: [StateChange], agents count: Int) {
        agents += count
        for change in changes {
            differences[change.vulnerability, default: .init()].add(change, agents: count)
            if change.isOpening { opened.insert(change.vulnerability) }
            if change.isResolution { resolved.insert(change.vulnerability) }
        }
    }

    func described(indexDigest: String, _ db: Database) throws -> VerdictsChange {
        VerdictsChange(
            agents: agents, opened: opened.count, resolved: resolved.count,
            openedExamples: try EventLog.examples(of: opened, db),
            resolvedExamples: try EventLog.examples(of: resolved, db), indexDigest: indexDigest)
    }
}

/// A verdict as its row holds it.
struct StoredVerdict: Equatable {
    let isAffected: Bool
    let fixedVersion: String?
    let reason: String
    let urgency: String?
    /// JSON array.
    let advisories: String
    let appearedAt: Int64

    /// - Parameter standing: The verdict it replaces, whose date it keeps when the status is the same.
    init(_ verdict: Verdict, standing: StoredVerdict?, at now: Date) throws {
        isAffected = verdict.status == .affected
        fixedVersion = verdict.fixedVersion
        reason = verdict.reason
        urgency = verdict.urgency
        advisories = try StoredJSON.encode(verdict.advisories)
        let kept = standing.flatMap { $0.isAffected == (verdict.status == .affected) ? $0.appearedAt : nil }
        appearedAt = kept ?? now.milliseconds
    }

    /// Reads six columns in a row: affected, fixed_version, reason, urgency, advisories, appeared_at.
    init(row: Row, at first: Int) {
        isAffected = row[first]
        fixedVersion = row[first + 1]
        reason = row[first + 2]
        urgency = row[first + 3]
        advisories = row[first + 4]
        appearedAt = row[first + 5]
    }

    func verdict(of vulnerability: String) throws -> Verdict {
        Verdict(
            vulnerability: vulnerability, advisories: try StoredJSON.decode([String].self, advisories),
            status: isAffected ? .affected : .undetermined, fixedVersion: fixedVersion, reason: reason,
            urgency: urgency)
    }
}
