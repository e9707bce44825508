import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
import Stores

/// Makes received inventories the applied ones of their agents, and moves everything that depends on them by the difference.
///
/// Runs under the company's lock, and while verdicts stand: what it reads is not changed by others until it commits. Inventories follow one
/// another, as one may change what the next one meets. What is written travels with the next question, and counters, the hour and the
/// events of all are written once: a round trip costs more than most statements do.
struct InventoryApplication {
    private let company: Int32
    private let now: Date
    private let evaluated: KnownRows<String, Int64>
    private let transaction: PostgresTransaction
    /// What is to be written before anything is read.
    private var writes: [PostgresStatement] = []
    /// By how much the counters of vulnerabilities move.
    private var differences: [Int64: CounterDifference] = [:]
    private var openings: [Openings.Holder] = []
    /// Packages that are new to the company, less those that nobody has any longer.
    private var packageDifference = 0

    init(company: Int32, now: Date, evaluated: KnownRows<String, Int64>, transaction: PostgresTransaction) {
        self.company = company
        self.now = now
        self.evaluated = evaluated
        self.transaction = transaction
    }

    /// The agent as it is before.
    private struct Agent {
        let id: AgentID
        let hostname: String
        let waiting: Data?
        let firstAppliedAt: Date?

        init(_ id: AgentID, _ row: PostgresRow) throws {
            self.id = id
            hostname = try row.get(0)
            waiting = try row.get(1)
            firstAppliedAt = try row.get(2)
        }
    }

    /// What is there to work with.
    private struct Material {
        let agent: Agent
        let digest: Data
        let applied: StoredInventory?
        /// An inventory of others with the digest that waits.
        let known: StoredInventory?
        let dates: PackageDates
        /// Whether others have the applied inventory too.
        let isShared: Bool
        /// The start of the server.
        let server: String

        /// The inventory that nobody has any longer.
        var left: StoredInventory? { isShared ? nil : applied }
    }

    private typealias PackageDifference = (added: [Int64], removed: [Int64])

    /// How an inventory differs from the one before, and what is known of that.
    private struct Difference {
        let packages: PackageDifference
        let changes: [StateChange]
        /// Since when the company had the packages that come or go.
        let firstSeen: [Int64: Date]
        /// Who holds the packages that go, without the inventory that goes.
        let holders: [Int64: HolderSet]
    }

    /// - Returns: An event each; `nil` when another inventory waits, or none.
    /// - Throws: ``StoreError/notFound(_:)``, ``StoreError/notEvaluated(packages:)``.
    mutating func run(_ received: [ReceivedInventory]) async throws -> [Event?] {
        writes = [Lock.verdictsStand, Lock.company(company)]
        var kinds: [Event.Kind?] = []
        for one in received { kinds.append(try await apply(one)) }
        try await CompanyCounters.move(company: company, by: differences, transaction)
        if !openings.isEmpty { try await Outbox.record(company: company, at: now, transaction) { openings } }
        if packageDifference != 0 {
            writes.append(CounterQueries.movePackages(company: company, by: packageDifference))
        }
        let happened = kinds.compactMap(\.self)
        guard !happened.isEmpty else { return kinds.map { _ in nil } }
        var events = try await CompanyCounters.record(
            happened, company: company, at: now, after: writes, transaction)[...]
        return kinds.map { $0 == nil ? nil : events.popFirst() }
    }

    private mutating func apply(_ received: ReceivedInventory) async throws -> Event.Kind? {
        guard let material = try await fetch(received) else { return nil }
        let new = try await packages(received, material)
        let packages = PackageIDList.difference(from: material.applied?.packages ?? [], to: new)
        let difference = try await store(material, new, packages)
        try await moveFirstSeen(material, difference)
        let changes = difference.changes
        differences.add(changes)
        if changes.contains(where: \.isOpening) {
            openings.append(
                Openings.Holder(agent: received.agentID, hostname: material.agent.hostname, changes: changes))
        }
        return .inventoryApplied(try await describe(material.agent, packages, changes))
    }

    // MARK: - Reading

    /// Writes what is to be written, and asks.
    private mutating func read(_ statements: [PostgresStatement]) async throws -> [PostgresResult] {
        let written = writes.count
        defer { writes = [] }
        return Array(try await transaction.run(writes + statements).dropFirst(written))
    }

    private mutating func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        guard let result = try await read([statement]).first else { throw PostgresError.missingRow }
        return result
    }

    /// - Returns: `nil` when the agent waits with something else.
    private mutating func fetch(_ received: ReceivedInventory) async throws -> Material? {
        let (id, digest) = (received.agentID, Data(received.digest.bytes))
        // The agent first: what is read of it then stands.
        let results = try await read([
            InventoryQueries.lockAgent(id, company: company), .startOfServer,
            InventoryQueries.applied(of: id, company: company), InventoryQueries.applied(digest, company: company),
            InventoryQueries.dates(id, company: company), InventoryQueries.isShared(id, company: company),
        ])
        guard let agent = try results[0].first.map({ try Agent(id, $0) }) else { throw StoreError.notFound("agent") }
        guard agent.waiting == digest else { return nil }
        return Material(
            agent: agent, digest: digest, applied: try results[2].first.map { try StoredInventory($0) },
            known: try results[3].first.map { try StoredInventory($0) },
            dates: try PackageDates(stored: try results[4].first?.get(0)), isShared: try results[5].value(),
            server: try results[1].value())
    }

    /// The rows of the packages that wait, ascending.
    private mutating func packages(_ received: ReceivedInventory, _ material: Material) async throws -> [Int64] {
        if let known = material.known { return known.packages }
        let lines: [String]
        if let packages = received.packages {
            lines = packages.map(\.description)
        } else {
            lines = try await uploadedLines(material.agent)
        }
        let rows = try await evaluated.values(of: lines, on: material.server) { lines in
            try KnownRows.answer(try await transaction.run([.startOfServer, InventoryQueries.evaluated(lines)]))
        }
        guard rows.count == lines.count else { throw StoreError.notEvaluated(packages: lines.count - rows.count) }
        return rows.sorted()
    }

    /// The package URLs that the agent sent.
    private func uploadedLines(_ agent: Agent) async throws -> [String] {
        let upload = try await transaction.query(InventoryQueries.upload(agent.id, company: company))
        guard let row = upload.first else { throw StoreError.failed("damaged inventory") }
        return try StoredUpload.lines(try row.get(0))
    }

    /// What the packages of both inventories, or of the first one, say of vulnerabilities. After the first inventory only those are looked at
    /// that the difference speaks of.
    private func states(_ material: Material, _ new: [Int64], _ packages: PackageDifference) -> PostgresStatement {
        guard let old = material.applied?.packages else { return InventoryQueries.states(packages: new) }
        return InventoryQueries.states(
            sharedWith: packages.added + packages.removed, among: Array(Set(old).union(new)))
    }

    /// How the agent's vulnerabilities change, by what ``states(_:_:_:)`` asked.
    private func stateChanges(_ material: Material, _ new: [Int64], _ rows: PostgresResult) throws -> [StateChange] {
        var (before, after): (VulnerabilityStates, VulnerabilityStates) = ([:], [:])
        guard let old = material.applied?.packages else {
            try rows.forEach { row in after.add(try VulnerabilityState(row, at: 1), for: try row.get(0)) }
            return StateChange.between(before, after)
        }
        let (inOld, inNew) = (Set(old), Set(new))
        try rows.forEach { row in
            let (vulnerability, package) = (try row.get(0, as: Int64.self), try row.get(6, as: Int64.self))
            let state = try VulnerabilityState(row, at: 1)
            if inOld.contains(package) { before.add(state, for: vulnerability) }
            if inNew.contains(package) { after.add(state, for: vulnerability) }
        }
        return StateChange.between(before, after)
    }

    // MARK: - Writing

    /// Writes the inventory, who holds what, and since when.
    private mutating func store(_ material: Material, _ new: [Int64], _ packages: PackageDifference) async throws
        -> Difference
    {
        // Others have this inventory already, and the old one goes unless others have it; or nobody else has the old one, so its row becomes the
        // new one, and only the difference is written; or it is one more.
        let (number, held, freed): (Int32, [Int64], [Int64])
        if let known = material.known {
            (number, held, freed) = (known.number, [], material.left?.packages ?? [])
        } else if let left = material.left {
            (number, held, freed) = (left.number, packages.added, packages.removed)
        } else {
            let allocated = try await read(InventoryQueries.allocateNumber(company: company))
            (number, held, freed) = (try allocated.value(), new, [])
        }
        let holding = freed.isEmpty ? number : material.left?.number ?? number
        let results = try await read([
            states(material, new, packages),
            HolderQueries.firstSeen(company: company, packages: packages.added + packages.removed),
            HolderQueries.all(company: company, packages: packages.removed),
            Holders.query(company: company, packages: held + freed, numbers: [holding]),
        ])
        let changes = try stateChanges(material, new, results[0])
        var firstSeen: [Int64: Date] = [:]
        try results[1].forEach { firstSeen[try $0.get(0)] = try $0.get(1, as: Date.self) }
        var others = try Holders.sets(results[2])
        if let left = material.left {
            for package in packages.removed { others[package]?.remove(Int(left.number)) }
        }
        if material.known == nil {
            let summary = try await summary(material, new, changes)
            let write = material.left == nil ? InventoryQueries.insert : InventoryQueries.rename
            writes.append(write(company, number, material.digest, new, summary))
        }
        var holders = try Holders(company: company, results[3])
        holders.set(freed, in: holding, held: false)
        holders.set(held, in: holding, held: true)
        writes += holders.statements()
        writes += InventoryQueries.setApplied(material.agent.id, company: company, number: number, at: now)
        if let left = material.left, left.number != number {
            writes += InventoryQueries.delete(company: company, number: left.number)
        }
        if let dates = movedDates(material, packages) {
            writes.append(InventoryQueries.setDates(dates, of: material.agent.id, company: company))
        }
        return Difference(packages: packages, changes: changes, firstSeen: firstSeen, holders: others)
    }

    private mutating func summary(_ material: Material, _ new: [Int64], _ changes: [StateChange]) async throws
        -> InventorySummary
    {
        var summary = material.applied?.summary ?? InventorySummary()
        if !summary.apply(changes) {
            summary.risk = try await read(InventoryQueries.highestRisk(packages: new)).value()
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

    /// Of the packages that go, those whose first sight in the company was on this agent.
    private func arrivals(_ material: Material, _ difference: Difference) -> [Int64] {
        guard let first = material.agent.firstAppliedAt else { return [] }
        return difference.packages.removed.filter { package in
            difference.firstSeen[package].map {
                $0.milliseconds >= material.dates.dates[package] ?? first.milliseconds
            } ?? false
        }
    }

    /// Adds the packages that are new to the company, forgets those that nobody has any longer, and finds the dates anew that were this
    /// agent's.
    private mutating func moveFirstSeen(_ material: Material, _ difference: Difference) async throws {
        let (packages, seen) = (difference.packages, difference.firstSeen)
        let held = difference.holders.filter { !$0.value.isEmpty }
        let gone = packages.removed.filter { held[$0] == nil }
        let new = packages.added.filter { seen[$0] == nil }
        var dates: [(package: Int64, date: Date?)] = packages.added.filter { seen[$0].map { $0 > now } ?? true }
            .map { ($0, now) }
        let arrived = Set(arrivals(material, difference))
        dates += try await recomputedFirstSeen(held.filter { arrived.contains($0.key) })
        dates += gone.map { ($0, nil) }
        if !dates.isEmpty { writes.append(HolderQueries.setFirstSeen(company: company, dates)) }
        if !gone.isEmpty { writes.append(HolderQueries.deleteEmptyDates(company: company, packages: gone)) }
        packageDifference += new.count - gone.count
    }

    /// When each of these packages appeared on the first of the agents that have it.
    private mutating func recomputedFirstSeen(_ sets: [Int64: HolderSet]) async throws -> [(
        package: Int64, date: Date?
    )] {
        guard !sets.isEmpty else { return [] }
        let inventories = sets.values.reduce(into: HolderSet()) { $0.formUnion($1) }.numbers.map { Int32($0) }
        var earliest: [Int64: Int64] = [:]
        try await read(HolderQueries.dates(company: company, inventories: inventories)).forEach { row in
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
            agent: agent.id, hostname: agent.hostname, packagesAdded: packages.added.count,
            packagesRemoved: packages.removed.count, opened: opened.count, resolved: resolved.count,
            openedExamples: openedNames, resolvedExamples: resolvedNames)
    }
}
