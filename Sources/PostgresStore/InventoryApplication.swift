import Foundation
import Inventory
import PostgreSQL
import Stores

/// Makes a received inventory the applied one of an agent, and moves everything that depends on it by the difference.
///
/// Runs under the company's lock, and while verdicts stand: what it reads is not changed by others until it commits.
struct InventoryApplication {
    let company: Int32
    let agentID: AgentID
    let now: Date
    let evaluated: KnownRows<String, Int64>
    let transaction: PostgresTransaction

    /// The agent as it is before.
    private struct Agent {
        let hostname: String
        let waiting: Data?
        let applied: Int32?
        let firstAppliedAt: Date?

        init(_ row: PostgresRow) throws {
            hostname = try row.get(0)
            waiting = try row.get(1)
            applied = try row.get(2)
            firstAppliedAt = try row.get(3)
        }
    }

    /// What is there to work with.
    private struct Material {
        let agent: Agent
        let digest: Data
        let applied: StoredInventory?
        /// An inventory of others with the digest that waits.
        let known: StoredInventory?
        let content: Data?
        let dates: PackageDates
        /// Whether others have the applied inventory too.
        let isShared: Bool
    }

    private typealias PackageDifference = (added: [Int64], removed: [Int64])

    /// - Returns: `nil` when another inventory waits, or none.
    /// - Throws: ``StoreError/notFound(_:)``, ``StoreError/notEvaluated(packages:)``.
    func run(_ digest: InventoryDigest) async throws -> Event? {
        let locked = try await transaction.run([
            Lock.verdictsStand, Lock.company(company), InventoryQueries.lockAgent(agentID, company: company),
        ])
        guard let agent = try locked[2].first.map({ try Agent($0) }) else { throw StoreError.notFound("agent") }
        guard let waiting = agent.waiting, waiting == Data(digest.bytes) else { return nil }
        let material = try await fetch(agent, waiting)
        let new = try await packages(material)
        let packages = PackageIDList.difference(from: material.applied?.packages ?? [], to: new)
        let changes = try await stateChanges(material, new: new, packages)
        try await store(material, new, packages, changes)
        try await CompanyCounters.move(company: company, by: CounterDifference.of(changes), transaction)
        if changes.contains(where: \.isOpening) {
            try await Outbox.record(company: company, at: now, transaction) {
                [Openings.Holder(agent: agentID, hostname: agent.hostname, changes: changes)]
            }
        }
        return try await CompanyCounters.record(
            .inventoryApplied(try await describe(agent, packages, changes)), company: company, at: now, transaction)
    }

    private func fetch(_ agent: Agent, _ digest: Data) async throws -> Material {
        let results = try await transaction.run([
            InventoryQueries.byNumber(agent.applied.map { [$0] } ?? [], company: company),
            InventoryQueries.applied(digest, company: company), InventoryQueries.upload(agentID, company: company),
            InventoryQueries.dates(agentID, company: company), InventoryQueries.isShared(agentID, company: company),
        ])
        return Material(
            agent: agent, digest: digest, applied: try results[0].first.map { try StoredInventory($0) },
            known: try results[1].first.map { try StoredInventory($0) }, content: try results[2].first?.get(0),
            dates: try PackageDates(stored: try results[3].first?.get(0)), isShared: try results[4].value())
    }

    /// The rows of the packages that wait, ascending.
    private func packages(_ material: Material) async throws -> [Int64] {
        if let known = material.known { return known.packages }
        guard let content = material.content else { throw StoreError.unavailable("damaged inventory") }
        let lines = try StoredUpload.lines(content)
        let rows = try await evaluated.values(of: lines) { lines in
            let results = try await transaction.run([.startOfServer, InventoryQueries.evaluated(lines)])
            return (try results[0].value(), try results[1].map { (key: try $0.get(0), value: try $0.get(1)) })
        }
        guard rows.count == lines.count else { throw StoreError.notEvaluated(packages: lines.count - rows.count) }
        return rows.sorted()
    }

    /// How the agent's vulnerabilities change. After the first inventory only those are looked at that the difference speaks of.
    private func stateChanges(_ material: Material, new: [Int64], _ packages: PackageDifference) async throws
        -> [StateChange]
    {
        guard let old = material.applied?.packages else {
            return StateChange.between([:], try await .fetch(packages: new, transaction))
        }
        let touched = packages.added + packages.removed
        guard !touched.isEmpty else { return [] }
        let (inOld, inNew) = (Set(old), Set(new))
        var (before, after): (VulnerabilityStates, VulnerabilityStates) = ([:], [:])
        let statement = InventoryQueries.states(sharedWith: touched, among: Array(inOld.union(inNew)))
        try await transaction.query(statement).forEach { row in
            let (vulnerability, package) = (try row.get(0, as: Int64.self), try row.get(6, as: Int64.self))
            let state = try VulnerabilityState(row, at: 1)
            if inOld.contains(package) { before.add(state, for: vulnerability) }
            if inNew.contains(package) { after.add(state, for: vulnerability) }
        }
        return StateChange.between(before, after)
    }

    // MARK: - Writing

    /// Writes the inventory, who holds what, and since when.
    private func store(_ material: Material, _ new: [Int64], _ packages: PackageDifference, _ changes: [StateChange])
        async throws
    {
        let left = material.isShared ? nil : material.applied
        let seen = try await firstSeen(packages.added + packages.removed)
        var statements: [PostgresStatement] = []
        let number: Int32
        if let known = material.known {
            // Others have this inventory already; the old one goes unless others have it.
            number = known.number
            if let left {
                var holders = try await holders(left.packages, [left.number])
                holders.set(left.packages, in: left.number, held: false)
                statements = holders.statements()
            }
        } else if let left {
            // Nobody else has the old one, so its row becomes the new one: only the difference is written.
            number = left.number
            var holders = try await holders(packages.added + packages.removed, [number])
            holders.set(packages.removed, in: number, held: false)
            holders.set(packages.added, in: number, held: true)
            let summary = try await summary(material, new, changes)
            statements = [
                InventoryQueries.rename(
                    company: company, number: number, digest: material.digest, packages: new, summary)
            ]
            statements += holders.statements()
        } else {
            number = try await transaction.query(InventoryQueries.allocateNumber(company: company)).value()
            var holders = try await holders(new, [number])
            holders.set(new, in: number, held: true)
            let summary = try await summary(material, new, changes)
            statements = [
                InventoryQueries.insert(
                    company: company, number: number, digest: material.digest, packages: new, summary)
            ]
            statements += holders.statements()
        }
        statements += InventoryQueries.setApplied(agentID, company: company, number: number, at: now)
        if let left, left.number != number {
            statements += InventoryQueries.delete(company: company, number: left.number)
        }
        if let dates = movedDates(material, packages) {
            statements.append(InventoryQueries.setDates(dates, of: agentID, company: company))
        }
        try await transaction.run(statements)
        try await moveFirstSeen(material, packages, seen)
    }

    private func holders(_ packages: [Int64], _ numbers: [Int32]) async throws -> Holders {
        try await Holders(company: company, packages: packages, numbers: numbers, transaction)
    }

    private func summary(_ material: Material, _ new: [Int64], _ changes: [StateChange]) async throws
        -> InventorySummary
    {
        var summary = material.applied?.summary ?? InventorySummary()
        if !summary.apply(changes) {
            summary.risk = try await transaction.query(InventoryQueries.highestRisk(packages: new)).value()
        }
        return summary
    }

    /// The agent's dates after the change; `nil` when nothing is to be written.
    private func movedDates(_ material: Material, _ packages: PackageDifference) -> PackageDates? {
        guard material.applied != nil else { return nil }
        var dates = material.dates
        for package in packages.removed { dates.dates[package] = nil }
        for package in packages.added { dates.dates[package] = now.milliseconds }
        return dates == material.dates ? nil : dates
    }

    // MARK: - Since when the company has a package

    /// Since when the company has had those of these packages that it has.
    private func firstSeen(_ packages: [Int64]) async throws -> [Int64: Date] {
        guard !packages.isEmpty else { return [:] }
        var dates: [Int64: Date] = [:]
        try await transaction.query(HolderQueries.firstSeen(company: company, packages: packages)).forEach {
            dates[try $0.get(0)] = try $0.get(1, as: Date.self)
        }
        return dates
    }

    /// Of the packages that go, those whose first sight in the company was on this agent.
    private func arrivals(_ material: Material, _ removed: [Int64], _ seen: [Int64: Date]) -> [Int64] {
        guard let first = material.agent.firstAppliedAt else { return [] }
        return removed.filter { package in
            seen[package].map { $0.milliseconds >= material.dates.dates[package] ?? first.milliseconds } ?? false
        }
    }

    /// Those of these packages that somebody in the company has.
    private func held(_ packages: [Int64]) async throws -> Set<Int64> {
        guard !packages.isEmpty else { return [] }
        let rows = try await transaction.query(HolderQueries.all(company: company, packages: packages))
        return Set(try rows.map { try $0.get(0, as: Int64.self) })
    }

    /// Adds the packages that are new to the company, forgets those that nobody has any longer, and finds the dates anew that were this
    /// agent's.
    ///
    /// - Parameter seen: Since when the company had them before.
    private func moveFirstSeen(_ material: Material, _ packages: PackageDifference, _ seen: [Int64: Date]) async throws
    {
        let held = try await held(packages.removed)
        let gone = packages.removed.filter { !held.contains($0) }
        let new = packages.added.filter { seen[$0] == nil }
        var dates: [(package: Int64, date: Date?)] = packages.added.filter { seen[$0].map { $0 > now } ?? true }
            .map { ($0, now) }
        dates += try await recomputedFirstSeen(arrivals(material, packages.removed, seen).filter(held.contains)).map {
            ($0.package, $0.date)
        }
        dates += gone.map { ($0, nil) }
        var statements: [PostgresStatement] = []
        if !dates.isEmpty { statements.append(HolderQueries.setFirstSeen(company: company, dates)) }
        if !gone.isEmpty { statements.append(HolderQueries.deleteEmptyDates(company: company, packages: gone)) }
        if new.count != gone.count {
            statements.append(CounterQueries.movePackages(company: company, by: new.count - gone.count))
        }
        guard !statements.isEmpty else { return }
        try await transaction.run(statements)
    }

    /// When each of these packages appeared on the first of the agents that have it.
    private func recomputedFirstSeen(_ packages: [Int64]) async throws -> [(package: Int64, date: Date)] {
        guard !packages.isEmpty else { return [] }
        let sets = try await Holders.fetch(company: company, packages: packages, transaction)
        let inventories = sets.values.reduce(into: HolderSet()) { $0.formUnion($1) }.numbers.map { Int32($0) }
        var earliest: [Int64: Int64] = [:]
        try await transaction.query(HolderQueries.dates(company: company, inventories: inventories)).forEach { row in
            let number = try row.get(0, as: Int.self)
            let first = try row.get(1, as: Date.self).milliseconds
            let own = try PackageDates(stored: try row.get(2))
            for (package, set) in sets where set.contains(number) {
                let date = own.dates[package] ?? first
                earliest[package] = min(earliest[package] ?? date, date)
            }
        }
        return earliest.map { (package: $0.key, date: Date(milliseconds: $0.value)) }
    }

    private func describe(_ agent: Agent, _ packages: PackageDifference, _ changes: [StateChange]) async throws
        -> InventoryChange
    {
        let opened = changes.filter(\.isOpening).map(\.vulnerability)
        let resolved = changes.filter(\.isResolution).map(\.vulnerability)
        let (openedNames, resolvedNames) = try await CompanyCounters.examples(opened, resolved, transaction)
        return InventoryChange(
            agent: agentID, hostname: agent.hostname, packagesAdded: packages.added.count,
            packagesRemoved: packages.removed.count, opened: opened.count, resolved: resolved.count,
            openedExamples: openedNames, resolvedExamples: resolvedNames)
    }
}
