import ConformanceTesting
import Foundation
import Inventory
import Matching
import PackageIdentity
@_spi(Minting) import Stores

/// A random history, replayed from its seed, on a store and on a model of plain sets.
public struct HistoryCase: Sendable, CustomStringConvertible {
    /// Equal seeds give equal histories.
    public let seed: UInt64
    /// How many things happen.
    public let steps: Int

    /// Makes a case.
    public init(seed: UInt64, steps: Int = 120) {
        self.seed = seed
        self.steps = steps
    }

    /// The seed, for the name of a test.
    public var description: String { "seed \(seed)" }

    /// Plays the history; throws at the first difference between store and model.
    public func run(_ store: any Store) async throws {
        var history = try await History(World(store), seed: seed)
        for step in 1...steps {
            try await history.step()
            if step % 10 == 0 || step == steps { try await history.compare() }
        }
    }
}

/// SplitMix64: small, and the same everywhere.
///
/// - Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A history under way.
private struct History {
    struct Agent {
        let scope: CompanyScope
        let id: AgentID
        /// When each package of the applied inventory appeared; `nil` before the first.
        var packages: [PackageURL: Double]?
        /// Received and not applied yet.
        var waiting: Inventory?
    }

    let world: World
    var random: SeededGenerator
    var time = 100.0
    var feed = Feed()
    /// What the store was told, with the time at which each verdict appeared.
    var standing: [PackageURL: [String: (verdict: Verdict, since: Double)]] = [:]
    var evaluated: Set<PackageURL> = []
    var agents: [Agent] = []
    let scopes: [CompanyScope]
    let tokens: [SecretHash]
    let pool: [PackageURL]
    let vulnerabilities: [String]

    init(_ world: World, seed: UInt64) async throws {
        self.world = world
        random = SeededGenerator(state: seed)
        let scopes = [try await world.company("one"), try await world.company("two")]
        self.scopes = scopes
        tokens = [try await world.token(scopes[0]), try await world.token(scopes[1])]
        pool = try (0..<12).flatMap { name in try (1...2).map { try World.purl("p\(name)", "\($0)") } }
        vulnerabilities = (0..<10).map { "CVE-2026-\($0)" }
        for id in vulnerabilities { feed.describe(id, cvss: Double.random(in: 0...10, using: &random).rounded()) }
    }

    mutating func step() async throws {
        time += Double(Int.random(in: 1...40, using: &random))
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: try await enroll()
        case 10..<40: try await receive()
        case 40..<65: try await apply()
        case 65..<80: try await changeVerdicts()
        case 80..<94: try await changeRecords()
        default: try await beat()
        }
    }

    private mutating func enroll() async throws {
        guard agents.count < 8 else { return }
        let company = Int.random(in: 0..<2, using: &random)
        let key = UInt64(agents.count)
        let id = try await world.enroll(tokens[company], "host-\(key)", key: key, at: time)
        agents.append(Agent(scope: scopes[company], id: id))
    }

    private mutating func receive() async throws {
        guard let index = agents.indices.randomElement(using: &random) else { return }
        var packages: Set<PackageURL>
        if Int.random(in: 0..<3, using: &random) == 0, let other = agents.randomElement(using: &random) {
            packages = Set((other.packages ?? [:]).keys)
        } else {
            packages = Set((agents[index].packages ?? [:]).keys)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let purl = pool[Int.random(in: 0..<pool.count, using: &random)]
                if packages.remove(purl) == nil { packages.insert(purl) }
            }
        }
        let inventory = Inventory(packages)
        let agent = agents[index]
        try await world.store.receiveInventory(
            scope: agent.scope, agentID: agent.id, inventory: inventory, at: world.at(time))
        let applied = agent.packages.map { Inventory($0.keys) }
        agents[index].waiting = applied == inventory ? nil : inventory
    }

    private mutating func apply() async throws {
        guard let index = agents.indices.randomElement(using: &random) else { return }
        let agent = agents[index]
        guard let waiting = agent.waiting else {
            let old = Inventory((agent.packages ?? [:]).keys)
            let event = try await world.store.applyInventory(
                scope: agent.scope, agentID: agent.id, digest: old.digest, at: world.at(time))
            return try expect(event, equals: nil, "applied again")
        }
        try await evaluateNew(waiting.packages)
        let before = affected(agent)
        var packages: [PackageURL: Double] = [:]
        for purl in waiting.packages { packages[purl] = agent.packages?[purl] ?? time }
        agents[index].packages = packages
        agents[index].waiting = nil
        let after = affected(agents[index])
        let event = try await world.store.applyInventory(
            scope: agent.scope, agentID: agent.id, digest: waiting.digest, at: world.at(time))
        guard case .inventoryApplied(let change) = event?.kind else {
            throw ConformanceFailure(description: "no event, at step time \(time)")
        }
        try expect(
            [change.opened, change.resolved],
            equals: [after.subtracting(before).count, before.subtracting(after).count],
            "opened and resolved")
    }

    private mutating func evaluateNew(_ purls: [PackageURL]) async throws {
        let missing = Set(purls).subtracting(evaluated)
        guard !missing.isEmpty else { return }
        try await record(missing)
    }

    private mutating func changeVerdicts() async throws {
        var touched: Set<PackageURL> = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let purl = pool[Int.random(in: 0..<pool.count, using: &random)]
            let id = vulnerabilities[Int.random(in: 0..<vulnerabilities.count, using: &random)]
            touched.insert(purl)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: feed.retract(id, of: purl)
            case 1: feed.say(id, of: purl, .undetermined)
            case 2: feed.say(id, of: purl, .affected, fixed: "9")
            default: feed.say(id, of: purl, .affected)
            }
        }
        try await record(touched)
    }

    private mutating func record(_ purls: Set<PackageURL>) async throws {
        let before = agents.map { affected($0) }
        for purl in purls {
            let old = standing[purl] ?? [:]
            standing[purl] = [:]
            for verdict in feed.verdicts[purl] ?? [] {
                let kept = old[verdict.vulnerability].flatMap { $0.verdict.status == verdict.status ? $0.since : nil }
                standing[purl]?[verdict.vulnerability] = (verdict, kept ?? time)
            }
        }
        evaluated.formUnion(purls)
        let events = try await world.record(Array(purls), at: time, feed: feed)
        for scope in scopes {
            var (opened, resolved): (Set<String>, Set<String>) = ([], [])
            for (agent, old) in zip(agents, before) where agent.scope == scope {
                opened.formUnion(affected(agent).subtracting(old))
                resolved.formUnion(old.subtracting(affected(agent)))
            }
            guard case .verdictsChanged(let change) = events[scope]?.kind else {
                try expect(opened.isEmpty && resolved.isEmpty, "findings changed without an event")
                continue
            }
            try expect([change.opened, change.resolved], equals: [opened.count, resolved.count], "verdicts changed")
        }
    }

    private mutating func changeRecords() async throws {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let id = vulnerabilities[Int.random(in: 0..<vulnerabilities.count, using: &random)]
            // Mostly only the likelihood moves, as it does every day.
            let old = Int.random(in: 0..<3, using: &random) > 0 ? feed.records[id] : nil
            let cvss = old?.cvssScore ?? Double.random(in: 0...10, using: &random).rounded()
            let exploited = old.map { $0.kev != nil } ?? (Int.random(in: 0..<4, using: &random) == 0)
            feed.describe(
                id, cvss: cvss, exploited: exploited, likelihood: Double.random(in: 0...1, using: &random))
        }
        let known = Set(standing.values.flatMap(\.keys))
        try await world.store.updateVulnerabilities(
            feed.records.values.filter { known.contains($0.id) }, at: world.at(time))
    }

    private mutating func beat() async throws {
        guard let agent = agents.randomElement(using: &random) else { return }
        let recorded = try await world.store.recordHeartbeat(
            scope: agent.scope, agentID: agent.id, facts: World.facts("host"), at: world.at(time))
        let applied = agent.packages.map { Inventory($0.keys).digest }
        try expect(recorded?.sync, equals: SyncState(received: agent.waiting?.digest ?? applied, applied: applied))
    }

    // MARK: - The model

    /// The vulnerabilities that affect an agent.
    private func affected(_ agent: Agent) -> Set<String> {
        Set(findings(agent, .affected).keys)
    }

    /// The agent's findings of a status: per vulnerability the packages and when each was first seen.
    private func findings(_ agent: Agent, _ status: VerdictStatus) -> [String: [PackageURL: Double]] {
        var found: [String: [PackageURL: Double]] = [:]
        for (purl, since) in agent.packages ?? [:] {
            for (id, verdict) in standing[purl] ?? [:] where verdict.verdict.status == status {
                found[id, default: [:]][purl] = max(since, verdict.since)
            }
        }
        return found
    }

    /// Compares everything that can be read with the model, and runs `verify()`.
    func compare() async throws {
        try await world.verify()
        for agent in agents { try await compare(agent) }
        for scope in scopes { try await compare(scope) }
    }

    private func compare(_ agent: Agent) async throws {
        let expected = findings(agent, .affected)
        let found = try await world.findings(agent.scope, agent.id)
        try expect(Set(found.map(\.record.id)), equals: Set(expected.keys), "findings")
        let keys = found.map { (-$0.record.risk.value, $0.record.id) }
        try expect(keys.map(\.1), equals: keys.sorted { $0 < $1 }.map(\.1), "order")
        for finding in found {
            let packages = (expected[finding.record.id] ?? [:]).sorted { $0.key < $1.key }
            try expect(finding.packages.map(\.purl), equals: packages.map(\.key), "packages")
            try expect(finding.packages.map(\.firstSeen), equals: packages.map { world.at($0.value) }, "first seen")
            try expect(finding.record, equals: try unwrap(feed.records[finding.record.id], "record"))
        }
        let summary = try await world.summary(agent.scope, agent.id)
        let unclear = Set(findings(agent, .undetermined).keys).subtracting(expected.keys)
        try expect(
            [summary.counts.total, summary.counts.undetermined], equals: [expected.count, unclear.count], "counts")
        try expect(summary.risk, equals: found.first?.record.risk.value ?? 0, "risk")
        try expect(summary.packageCount, equals: agent.packages?.count ?? 0, "packages")
        let packages = try await world.all {
            try await world.store.fetchAgentPackages(scope: agent.scope, agentID: agent.id, search: "", page: $0)
        }
        let held = (agent.packages ?? [:]).sorted { $0.key < $1.key }
        try expect(packages.map(\.purl), equals: held.map(\.key), "package list")
        try expect(packages.map(\.since), equals: held.map { world.at($0.value) }, "package since")
    }

    private func compare(_ scope: CompanyScope) async throws {
        let mine = agents.filter { $0.scope == scope }
        let found = try await world.vulnerabilities(scope)
        try expect(
            Set(found.map(\.record.id)), equals: mine.reduce(into: []) { $0.formUnion(affected($1)) }, "vulnerabilities"
        )
        for summary in found {
            let id = summary.record.id
            let dates = mine.flatMap { (findings($0, .affected)[id] ?? [:]).values }
            try expect(summary.firstSeen, equals: world.at(dates.min() ?? 0), "first seen in the company")
            try expect(summary.agents, equals: mine.filter { affected($0).contains(id) }.count, "agents")
            let fixes = mine.flatMap {
                ($0.packages ?? [:]).keys.compactMap { standing[$0]?[id]?.verdict.fixedVersion }
            }
            try expect(summary.fixable, equals: !fixes.isEmpty, "fixable")
        }
        let overview = try await world.store.fetchOverview(scope: scope, at: world.at(time))
        try expect(overview.counts.total, equals: found.count, "overview")
        try expect(overview.exposures, equals: found.reduce(0) { $0 + $1.agents }, "exposures")
        try expect(
            overview.packages, equals: Set(mine.flatMap { ($0.packages ?? [:]).keys }).count, "distinct packages")
        try expect(
            [overview.agents, overview.agentsPending, overview.agentsWithoutInventory],
            equals: [
                mine.count, mine.filter { $0.waiting != nil }.count,
                mine.filter { $0.waiting == nil && $0.packages == nil }.count,
            ], "agents")
    }
}
