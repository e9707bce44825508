import Foundation
import Matching

/// Everything that follows from agents, inventories and verdicts, computed anew in the plainest way and compared with what is stored.
///
/// A store reads its tables into the properties; the keys are whatever numbers name its rows.
package struct Verification: Sendable {
    /// An agent as stored.
    package struct Agent: Sendable {
        /// The row of its company.
        package let company: Int64
        /// Inventories that it refers to, applied or not.
        package let references: [Int64]
        /// The inventory that is applied.
        package let applied: Int64?
        /// When the first inventory was applied, in milliseconds since 1970.
        package let firstAppliedAt: Int64?
        /// In tenths.
        package let risk: Int

        /// Makes one from its parts.
        package init(company: Int64, references: [Int64], applied: Int64?, firstAppliedAt: Int64?, risk: Int) {
            self.company = company
            self.references = references
            self.applied = applied
            self.firstAppliedAt = firstAppliedAt
            self.risk = risk
        }
    }

    /// An inventory as stored.
    package struct Inventory: Sendable {
        /// The row of its company.
        package let company: Int64
        /// Under which it is kept.
        package let digest: [UInt8]
        /// Rows of the catalogue; `nil` before it is applied.
        package let packages: [Int64]?
        /// As stored.
        package let packageCount: Int
        /// As stored.
        package let summary: InventorySummary
        /// The digest of what is stored.
        package let rebuiltDigest: [UInt8]

        /// Makes one from its parts.
        package init(
            company: Int64, digest: [UInt8], packages: [Int64]?, packageCount: Int, summary: InventorySummary,
            rebuiltDigest: [UInt8]
        ) {
            self.company = company
            self.digest = digest
            self.packages = packages
            self.packageCount = packageCount
            self.summary = summary
            self.rebuiltDigest = rebuiltDigest
        }
    }

    /// A verdict as stored.
    package struct Said: Sendable {
        /// The row of the vulnerability.
        package let vulnerability: Int64
        /// Affected, or undetermined.
        package let isAffected: Bool
        /// Affected, and there is a fix.
        package let isFixable: Bool

        /// Makes one from its parts.
        package init(vulnerability: Int64, isAffected: Bool, isFixable: Bool) {
            self.vulnerability = vulnerability
            self.isAffected = isAffected
            self.isFixable = isFixable
        }
    }

    /// Two rows that belong together: company and package, or company and vulnerability.
    package struct Pair: Hashable, Sendable {
        /// The row of the company.
        package let company: Int64
        /// The other row.
        package let other: Int64

        /// Makes one from its parts.
        package init(company: Int64, other: Int64) {
            self.company = company
            self.other = other
        }
    }

    /// What a company keeps of a package.
    package struct CompanyPackage: Equatable, Sendable {
        /// Agents that have it; `nil` where the store does not count them.
        package var agents: Int?
        /// When it appeared on the first of these, in milliseconds since 1970.
        package var firstSeenAt: Int64

        /// Makes one from its parts.
        package init(agents: Int?, firstSeenAt: Int64) {
            self.agents = agents
            self.firstSeenAt = firstSeenAt
        }
    }

    /// What a company keeps of a vulnerability.
    package struct CompanyVulnerability: Equatable, Sendable {
        /// Its counters.
        package var difference: CounterDifference
        /// Its id.
        package let name: String
        /// What lists sort by.
        package let weight: VulnerabilityWeight

        /// Makes one from its parts.
        package init(difference: CounterDifference, name: String, weight: VulnerabilityWeight) {
            self.difference = difference
            self.name = name
            self.weight = weight
        }
    }

    /// A vulnerability as stored.
    package struct Vulnerability: Sendable {
        /// Its id.
        package let name: String
        /// As in the columns.
        package let weight: VulnerabilityWeight
        /// The whole record.
        package let record: VulnerabilityRecord

        /// Makes one from its parts.
        package init(name: String, weight: VulnerabilityWeight, record: VulnerabilityRecord) {
            self.name = name
            self.weight = weight
            self.record = record
        }
    }

    /// An enrollment token as stored.
    package struct Token: Sendable {
        /// Its row.
        package let row: Int64
        /// Uses counted.
        package let uses: Int
        /// Agents that enrolled with it.
        package let agents: Int

        /// Makes one from its parts.
        package init(row: Int64, uses: Int, agents: Int) {
            self.row = row
            self.uses = uses
            self.agents = agents
        }
    }

    /// Whether the store counts the agents that have a package.
    private let countsAgentsOfPackages: Bool
    /// Agents by row.
    package var agents: [Int64: Agent] = [:]
    /// Inventories by row.
    package var inventories: [Int64: Inventory] = [:]
    /// The packages of an inventory as the reverse index has them.
    package var reverse: [Int64: Set<Int64>] = [:]
    /// Dates of packages on agents that are not those of the first inventory: agent → package → milliseconds since 1970.
    package var since: [Int64: [Int64: Int64]] = [:]
    /// Verdicts by package.
    package var verdicts: [Int64: [Said]] = [:]
    /// Vulnerabilities by row.
    package var vulnerabilities: [Int64: Vulnerability] = [:]
    /// What companies keep of packages.
    package var companyPackages: [Pair: CompanyPackage] = [:]
    /// What companies keep of vulnerabilities.
    package var companyVulnerabilities: [Pair: CompanyVulnerability] = [:]
    /// Enrollment tokens.
    package var tokens: [Token] = []

    /// An empty one, to be filled.
    package init(countsAgentsOfPackages: Bool = true) { self.countsAgentsOfPackages = countsAgentsOfPackages }

    /// What differs, one line each, in a stable order.
    package func differences() -> [String] {
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
                isFixable: said.isFixable || (others?.isFixable ?? false), severity: vulnerability.weight.severity,
                risk: vulnerability.weight.risk, isExploited: vulnerability.weight.isExploited)
        }
        return states
    }

    private func inventoryDifferences() -> [String] {
        let referenced = Set(agents.values.flatMap(\.references))
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
            for held in agent.references where inventories[held]?.company != agent.company {
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
                    agents: countsAgentsOfPackages ? (known?.agents ?? 0) + 1 : nil,
                    firstSeenAt: min(known?.firstSeenAt ?? date, date))
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
                        difference: .init(), name: vulnerabilities[row]?.name ?? "",
                        weight: VulnerabilityWeight(
                            severity: state.severity, risk: state.risk, isExploited: state.isExploited))
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
            stored.name != stored.record.id || stored.weight != VulnerabilityWeight(stored.record)
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
