import Foundation
import Matching
import PostgreSQL
import Stores

/// Replaces the verdicts of packages, and moves everything that depends on them in every company by the difference.
///
/// Runs while nobody else changes verdicts or applies inventories.
struct VerdictRecording {
    /// Ascending: locks are taken in this order.
    let companies: [Int32]
    let indexDigest: String
    let now: Date
    let transaction: PostgresTransaction

    /// What is said of one vulnerability in one package.
    private struct Said {
        let isAffected: Bool
        let isFixable: Bool
    }

    /// What is said, by vulnerability and package.
    private typealias Statements = [Int64: [Int64: Said]]

    /// What differs for everybody: statements before and after, and the weights of their vulnerabilities.
    private struct Difference {
        let packages: Set<Int64>
        let before: Statements
        let after: Statements
        let weights: [Int64: VulnerabilityWeight]
    }

    /// - Returns: The event of each company whose agents have one of the packages.
    func run(_ verdicts: [PackageVerdicts]) async throws -> [Int32: Event] {
        let verdicts = VerdictPlan.distinct(verdicts)
        let ids = verdicts.map(\.package.rawValue).rows
        let plan = try await plan(verdicts, ids)
        // A package that was never matched is in no inventory that is applied: nobody is concerned.
        let evaluated = Set(
            try await transaction.query(CatalogueQueries.evaluated(ids)).map { try $0.get(0, as: Int64.self) })
        let concerned = plan.packages.intersection(evaluated)
        let difference = concerned.isEmpty ? nil : try await difference(plan, concerned)
        try await write(plan, ids)
        guard let difference else { return [:] }
        return try await spread(difference)
    }

    private func plan(_ verdicts: [PackageVerdicts], _ ids: [Int32]) async throws -> VerdictPlan {
        var standing: [Int64: [String: VerdictPlan.Standing]] = [:]
        try await transaction.query(CatalogueQueries.standing(packages: ids)).forEach { row in
            standing[try row.get(0), default: [:]][try row.get(2)] = (try row.get(1), try StoredVerdict(row, at: 3))
        }
        let named = Set(verdicts.flatMap { VerdictPlan.findings($0.verdicts).map(\.vulnerability) })
        let rows = try await VulnerabilityUpdate(companies: companies, now: now, transaction: transaction).rows(
            of: named)
        var plan = VerdictPlan()
        for package in verdicts {
            try plan.add(package, standing: standing[package.package.rawValue] ?? [:], at: now) { name in
                guard let row = rows[name.storable] else { throw StoreError.failed("damaged catalogue") }
                return row
            }
        }
        return plan
    }

    private func difference(_ plan: VerdictPlan, _ packages: Set<Int64>) async throws -> Difference {
        let vulnerabilities = plan.vulnerabilities.rows
        let results = try await transaction.run([
            CatalogueQueries.said(vulnerabilities: vulnerabilities),
            CatalogueQueries.weights(vulnerabilities: vulnerabilities),
        ])
        var before: Statements = [:]
        try results[0].forEach { row in
            before[try row.get(0), default: [:]][try row.get(1)] = Said(
                isAffected: try row.get(2), isFixable: try row.get(3))
        }
        var after = before
        for deletion in plan.deletions { after[deletion.vulnerability]?[deletion.package] = nil }
        for put in plan.puts where plan.vulnerabilities.contains(put.vulnerability) {
            let verdict = put.verdict
            after[put.vulnerability, default: [:]][put.package] = Said(
                isAffected: verdict.isAffected, isFixable: verdict.isAffected && verdict.fixedVersion != nil)
        }
        var weights: [Int64: VulnerabilityWeight] = [:]
        try results[1].forEach { row in
            weights[try row.get(0)] = VulnerabilityWeight(
                severity: try row.get(1), risk: try row.get(2), isExploited: try row.get(3))
        }
        return Difference(packages: packages, before: before, after: after, weights: weights)
    }

    private func write(_ plan: VerdictPlan, _ ids: [Int32]) async throws {
        var statements: [PostgresStatement] = []
        if !plan.deletions.isEmpty { statements.append(CatalogueQueries.delete(plan.deletions)) }
        if !plan.puts.isEmpty { statements.append(try CatalogueQueries.put(plan.puts)) }
        try await transaction.run(statements + [CatalogueQueries.markEvaluated(ids, at: now)])
    }

    // MARK: - Companies

    private func spread(_ difference: Difference) async throws -> [Int32: Event] {
        let found = try await transaction.run(
            companies.flatMap { [.company($0), HolderQueries.all(company: $0, packages: Array(difference.packages))] })
        var events: [Int32: Event] = [:]
        for (index, company) in companies.enumerated() {
            let holders = try Holders.sets(found[2 * index + 1])
            guard !holders.isEmpty else { continue }
            try await transaction.run([.company(company), Lock.company(company)])
            let inventories = holders.values.reduce(into: HolderSet()) { $0.formUnion($1) }
            if let event = try await move(company, inventories, difference) { events[company] = event }
        }
        return events
    }

    /// Moves summaries and counters of a company, and appends its event.
    private func move(_ company: Int32, _ inventories: HolderSet, _ difference: Difference) async throws -> Event? {
        let spoken = Set((Array(difference.before.values) + Array(difference.after.values)).flatMap(\.keys))
        let sets = try await Holders.fetch(company: company, packages: spoken, transaction)
        let before = states(difference.before, difference.weights, sets, in: inventories)
        let after = states(difference.after, difference.weights, sets, in: inventories)
        let numbers = inventories.numbers
        var agents: [Int: Int] = [:]
        try await transaction.query(AgentQueries.count(company: company, inventories: numbers.map { Int32($0) }))
            .forEach {
                agents[try $0.get(0)] = try $0.get(1, as: Int.self)
            }
        var change = CompanyChange()
        var changes: [Int32: [StateChange]] = [:]
        for number in numbers {
            let own = StateChange.between(before[number] ?? [:], after[number] ?? [:])
            if !own.isEmpty { changes[Int32(number)] = own }
            if let count = agents[number] { change.add(own, agents: count) }
        }
        try await moveSummaries(company, changes)
        guard change.agents > 0 else { return nil }
        try await CompanyCounters.move(company: company, by: change.differences, transaction)
        let openings = changes.filter { $0.value.contains(where: \.isOpening) }
        if !openings.isEmpty {
            try await Outbox.record(company: company, at: now, transaction) { try await holders(company, openings) }
        }
        return try await CompanyCounters.record(
            [.verdictsChanged(try await described(change))], company: company, at: now, transaction
        ).first
    }

    /// The agents that have these inventories.
    private func holders(_ company: Int32, _ openings: [Int32: [StateChange]]) async throws -> [Openings.Holder] {
        try await transaction.query(
            NotificationQueries.agents(company: company, inventories: openings.keys.sorted())
        ).map { row in
            Openings.Holder(
                agent: AgentID(uuid: try row.get(1)), hostname: try row.get(2),
                changes: openings[try row.get(0, as: Int32.self)] ?? [])
        }
    }

    /// The states of the vulnerabilities in these inventories, by number.
    private func states(
        _ statements: Statements, _ weights: [Int64: VulnerabilityWeight], _ sets: [Int64: HolderSet],
        in inventories: HolderSet
    ) -> [Int: VulnerabilityStates] {
        var result: [Int: VulnerabilityStates] = [:]
        for (vulnerability, packages) in statements {
            guard let weight = weights[vulnerability] else { continue }
            for (package, said) in packages {
                let state = VulnerabilityState(
                    isAffected: said.isAffected, isFixable: said.isFixable, severity: weight.severity,
                    risk: weight.risk,
                    isExploited: weight.isExploited)
                for number in sets[package]?.numbers ?? [] where inventories.contains(number) {
                    result[number, default: [:]].add(state, for: vulnerability)
                }
            }
        }
        return result
    }

    private func moveSummaries(_ company: Int32, _ changes: [Int32: [StateChange]]) async throws {
        guard !changes.isEmpty else { return }
        let stored = try await transaction.query(InventoryQueries.byNumber(changes.keys.sorted(), company: company))
            .map { try StoredInventory($0) }
        var summaries: [(number: Int32, summary: InventorySummary)] = []
        for inventory in stored {
            var summary = inventory.summary
            if !summary.apply(changes[inventory.number] ?? []) {
                summary.risk = try await transaction.query(InventoryQueries.highestRisk(packages: inventory.packages))
                    .value()
            }
            summaries.append((inventory.number, summary))
        }
        try await transaction.run([
            InventoryQueries.setSummaries(company: company, summaries),
            AgentQueries.setRisks(company: company, summaries.map { ($0.number, $0.summary.risk) }),
        ])
    }

    private func described(_ change: CompanyChange) async throws -> VerdictsChange {
        let (opened, resolved) = try await CompanyCounters.examples(change.opened, change.resolved, transaction)
        return VerdictsChange(
            agents: change.agents, opened: change.opened.count, resolved: change.resolved.count, openedExamples: opened,
            resolvedExamples: resolved, indexDigest: indexDigest)
    }
}

extension StoredVerdict {
    /// Reads six columns in a row: affected, fixed_version, reason, urgency, advisories, appeared_at.
    init(_ row: PostgresRow, at first: Int) throws {
        self.init(
            isAffected: try row.get(first), fixedVersion: try row.get(first + 1), reason: try row.get(first + 2),
            urgency: try row.get(first + 3),
            advisories: try StoredJSON.encode(try row.get(first + 4, as: [String].self)),
            appearedAt: try row.get(first + 5, as: Date.self).milliseconds)
    }
}
