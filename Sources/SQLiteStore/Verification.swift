import Foundation
import GRDB
import Matching
import Stores

/// Everything that follows from agents, inventories and verdicts, computed anew in the plainest way and compared with what is stored.
struct Verification {
    private struct Agent {
        let company: Int64
        let received: Int64?
        let applied: Int64?
        let firstAppliedAt: Int64?
        let risk: Int
    }

    private struct Inventory {
        let company: Int64
        let digest: Data
        let packages: [Int64]?
        let packageCount: Int
        let summary: InventorySummary
        let rebuiltDigest: Data
    }

    private struct Said {
        let vulnerability: Int64
        let isAffected: Bool
        let isFixable: Bool
    }

    /// Two rows that belong together: company and package, or company and vulnerability.
    private struct Pair: Hashable {
        let company: Int64
        let other: Int64
    }

    private struct CompanyPackage: Equatable {
        var agents: Int
        var firstSeenAt: Int64
    }

    private struct CompanyVulnerability: Equatable {
        var difference: CompanyCounters.Difference
        let name: String
        let severity: Int
        let risk: Int
        let isExploited: Bool
    }

    private struct Vulnerability {
        let name: String
        let severity: Int
        let risk: Int
        let isExploited: Bool
        let record: VulnerabilityRecord
    }

    private var agents: [Int64: Agent] = [:]
    private var inventories: [Int64: Inventory] = [:]
    private var reverse: [Int64: Set<Int64>] = [:]
    private var since: [Int64: [Int64: Int64]] = [:]
    private var verdicts: [Int64: [Said]] = [:]
    private var vulnerabilities: [Int64: Vulnerability] = [:]
    private var companyPackages: [Pair: CompanyPackage] = [:]
    private var companyVulnerabilities: [Pair: CompanyVulnerability] = [:]
    private var tokens: [(row: Int64, uses: Int, agents: Int)] = []

    /// Reads the tables.
    init(_ db: Database) throws {
        try db.forEach(VerificationQueries.agents) { row in
            agents[row[0]] = Agent(
                company: row[1], received: row[2], applied: row[3], firstAppliedAt: row[4], risk: row[5])
        }
        try db.forEach(VerificationQueries.inventories) { row in inventories[row[0]] = try Self.inventory(row, db) }
        try db.forEach(VerificationQueries.inventoryPackages) { reverse[$0[0], default: []].insert($0[2]) }
        try db.forEach(VerificationQueries.since) { since[$0[0], default: [:]][$0[1]] = $0[2] }
        try db.forEach(VerificationQueries.verdicts) { row in
            verdicts[row[0], default: []].append(Said(vulnerability: row[1], isAffected: row[2], isFixable: row[3]))
        }
        try db.forEach(VerificationQueries.vulnerabilities) { row in
            vulnerabilities[row[0]] = Vulnerability(
                name: row[1], severity: row[2], risk: row[3], isExploited: row[4],
                record: try StoredJSON.decode(VulnerabilityRecord.self, row[5]))
        }
        try readCounters(db)
    }

    private mutating func readCounters(_ db: Database) throws {
        try db.forEach(VerificationQueries.companyPackages) { row in
            companyPackages[Pair(company: row[0], other: row[1])] = CompanyPackage(agents: row[2], firstSeenAt: row[3])
        }
        try db.forEach(VerificationQueries.companyVulnerabilities) { row in
            companyVulnerabilities[Pair(company: row[0], other: row[1])] = CompanyVulnerability(
                difference: .init(agents: row[2], fixable: row[3], undetermined: row[4]), name: row[5],
                severity: row[6], risk: row[7], isExploited: row[8])
        }
        tokens = try db.rows(VerificationQueries.tokens) { ($0[0], $0[1], $0[2]) }
    }

    private static func inventory(_ row: Row, _ db: Database) throws -> Inventory {
        var summary = InventorySummary()
        summary.risk = row[6]
        summary.counts = SeverityCounts(row: row, at: 7)
        let packages = try (row[4] as Data?).map(PackageIDList.decode)
        return Inventory(
            company: row[1], digest: row[2], packages: packages, packageCount: row[5], summary: summary,
            rebuiltDigest: try StoredInventory.inventory(content: row[3], packageIDs: row[4], db).digest.blob)
    }

    /// What differs, one line each, in a stable order.
    func differences() -> [String] {
        inventoryDifferences() + agentDifferences() + companyPackageDifferences() + companyVulnerabilityDifferences()
            + vulnerabilityDifferences()
            + tokens.filter { $0.uses != $0.agents }.map {
                "enrollment token \($0.row): \($0.uses) uses, \($0.agents) agents"
            }
    }

    /// What packages together say of each vulnerability.
    private func states(_ packages: [Int64]) -> VulnerabilityStates {
        var states: VulnerabilityStates = [:]
        for said in packages.flatMap({ verdicts[$0] ?? [] }) {
            guard let vulnerability = vulnerabilities[said.vulnerability] else { continue }
            let others = states[said.vulnerability]
            states[said.vulnerability] = VulnerabilityState(
                isAffected: said.isAffected || (others?.isAffected ?? false),
                isFixable: said.isFixable || (others?.isFixable ?? false), severity: vulnerability.severity,
                risk: vulnerability.risk, isExploited: vulnerability.isExploited)
        }
        return states
    }

    private func inventoryDifferences() -> [String] {
        let referenced = Set(agents.values.flatMap { [$0.received, $0.applied].compactMap(\.self) })
        var lines: [String] = []
        for (row, inventory) in inventories.sorted(by: { $0.key < $1.key }) {
            let name = "inventory \(row)"
            if !referenced.contains(row) { lines.append("\(name): no agent refers to it") }
            if inventory.digest != inventory.rebuiltDigest {
                lines.append("\(name): digest is not that of its packages")
            }
            if Set(inventory.packages ?? []) != reverse[row] ?? [] {
                lines.append("\(name): reverse index has other packages than the inventory")
            }
            let expected = InventorySummary(states(inventory.packages ?? []).values)
            if inventory.summary != expected {
                lines.append("\(name): expected \(expected), found \(inventory.summary)")
            }
            if let packages = inventory.packages, packages.count != inventory.packageCount {
                lines.append("\(name): expected \(packages.count) packages, found \(inventory.packageCount)")
            }
        }
        for row in reverse.keys.sorted() where inventories[row] == nil {
            lines.append("inventory \(row): in the reverse index only")
        }
        return lines
    }

    private func agentDifferences() -> [String] {
        var lines: [String] = []
        for (row, agent) in agents.sorted(by: { $0.key < $1.key }) {
            let inventory = agent.applied.flatMap { inventories[$0] }
            let risk = inventory?.summary.risk ?? 0
            if agent.risk != risk { lines.append("agent \(row): expected risk \(risk), found \(agent.risk)") }
            if agent.applied != nil, inventory?.packages == nil {
                lines.append("agent \(row): applied inventory has no packages")
            }
            for held in [agent.received, agent.applied].compactMap(\.self)
            where inventories[held]?.company != agent.company {
                lines.append("agent \(row): inventory \(held) is of another company")
            }
            let packages = Set(inventory?.packages ?? [])
            for package in (since[row] ?? [:]).keys where !packages.contains(package) {
                lines.append("agent \(row): has a date for package \(package), which it has not")
            }
        }
        return lines
    }

    private func companyPackageDifferences() -> [String] {
        var expected: [Pair: CompanyPackage] = [:]
        for (row, agent) in agents {
            for package in agent.applied.flatMap({ inventories[$0]?.packages }) ?? [] {
                let date = since[row]?[package] ?? agent.firstAppliedAt ?? 0
                let pair = Pair(company: agent.company, other: package)
                let known = expected[pair]
                expected[pair] = CompanyPackage(
                    agents: (known?.agents ?? 0) + 1, firstSeenAt: min(known?.firstSeenAt ?? date, date))
            }
        }
        return Self.compare("package", expected, companyPackages)
    }

    private func companyVulnerabilityDifferences() -> [String] {
        var expected: [Pair: CompanyVulnerability] = [:]
        for agent in agents.values {
            for (row, state) in states(agent.applied.flatMap { inventories[$0]?.packages } ?? []) {
                let pair = Pair(company: agent.company, other: row)
                var counters =
                    expected[pair]
                    ?? CompanyVulnerability(
                        difference: .init(), name: vulnerabilities[row]?.name ?? "", severity: state.severity,
                        risk: state.risk, isExploited: state.isExploited)
                counters.difference.agents += state.isAffected ? 1 : 0
                counters.difference.fixable += state.isFixable ? 1 : 0
                counters.difference.undetermined += state.isAffected ? 0 : 1
                expected[pair] = counters
            }
        }
        return Self.compare("vulnerability", expected, companyVulnerabilities)
    }

    private func vulnerabilityDifferences() -> [String] {
        vulnerabilities.sorted { $0.key < $1.key }.filter { _, stored in
            stored.name != stored.record.id || stored.severity != stored.record.severity.rank
                || stored.risk != stored.record.risk.tenths || stored.isExploited != (stored.record.kev != nil)
        }.map { "vulnerability \($0.key): columns differ from the record" }
    }

    private static func compare<Value: Equatable>(
        _ what: String, _ expected: [Pair: Value], _ found: [Pair: Value]
    ) -> [String] {
        Set(expected.keys).union(found.keys).filter { expected[$0] != found[$0] }
            .sorted { ($0.company, $0.other) < ($1.company, $1.other) }
            .map { pair in
                let (expected, found) = (expected[pair].map { "\($0)" }, found[pair].map { "\($0)" })
                return "company \(pair.company), \(what) \(pair.other): expected \(expected ?? "none"), "
                    + "found \(found ?? "none")"
            }
    }
}
