import Foundation
import PackageIdentity
import Scoring

/// Works out what active exceptions accept, from the few findings that they can be about.
///
/// An agent's finding is accepted when every package that carries it is. Whether a package is depends on the agent only where an exception
/// names an agent or a label; all others are looked at once an inventory, however many agents share it.
package struct AcceptanceCalculation: Sendable {
    /// A vulnerability that an exception may be about.
    package struct Vulnerability: Sendable {
        /// Its id.
        package let name: String
        /// Its other ids.
        package let aliases: [String]
        /// Agents of the company that are affected.
        package let agents: Int
        /// As in ``Severity/rank``.
        package let severity: Int
        /// Known to be exploited.
        package let isExploited: Bool
        /// At least one affected package has a fix.
        package let isFixable: Bool

        /// Makes one from its parts.
        package init(
            name: String, aliases: [String], agents: Int, severity: Int, isExploited: Bool, isFixable: Bool
        ) {
            self.name = name
            self.aliases = aliases
            self.agents = agents
            self.severity = severity
            self.isExploited = isExploited
            self.isFixable = isFixable
        }
    }

    /// An agent that is looked at by itself.
    package struct Holder: Sendable {
        /// Which agent.
        package let id: AgentID
        /// The row of its applied inventory; `nil` before the first.
        package let inventory: Int64?
        /// Its labels.
        package var labels: Set<String>

        /// Makes one from its parts.
        package init(id: AgentID, inventory: Int64?, labels: Set<String>) {
            self.id = id
            self.inventory = inventory
            self.labels = labels
        }
    }

    private let exceptions: [RiskException]
    private let vulnerabilities: [Int64: Vulnerability]
    /// Packages that carry a vulnerability, without version, by vulnerability and inventory.
    private var carriers: [Int64: [Int64: Set<String>]] = [:]

    /// - Parameters:
    ///   - exceptions: Those that are active.
    ///   - vulnerabilities: At least those that an exception is about, by row.
    package init(exceptions: [RiskException], vulnerabilities: [Int64: Vulnerability]) {
        self.exceptions = exceptions
        self.vulnerabilities = vulnerabilities
    }

    /// The inventories with a finding.
    package var inventories: Set<Int64> { Set(carriers.values.flatMap(\.keys)) }

    /// Notes that a package of an inventory has a vulnerability.
    ///
    /// - Parameter package: Without version.
    package mutating func add(vulnerability: Int64, package: String, inventory: Int64) {
        carriers[vulnerability, default: [:]][inventory, default: []].insert(package)
    }

    /// What is accepted in the company.
    ///
    /// - Parameters:
    ///   - agents: How many have each of ``inventories``.
    ///   - holders: The agents that an exception names, or whose label one names.
    package func company(agents: [Int64: Int], holders: [Holder]) -> [String: AcceptedVulnerability] {
        let byInventory = Dictionary(grouping: holders) { $0.inventory ?? 0 }
        var result: [String: AcceptedVulnerability] = [:]
        for (row, inventories) in carriers {
            guard let vulnerability = vulnerabilities[row] else { continue }
            let about = exceptions(about: vulnerability)
            var accepted = 0
            for (inventory, packages) in inventories {
                if Self.accept(packages, about.filter(\.concernsEverybody)) {
                    accepted += agents[inventory] ?? 0
                } else {
                    accepted += (byInventory[inventory] ?? []).count { Self.accept(packages, about, on: $0) }
                }
            }
            if accepted > 0 { result[vulnerability.name] = Self.accepted(vulnerability, on: accepted) }
        }
        return result
    }

    /// What the exceptions that hold for every agent are about.
    package func subjects() -> [AcceptedSubject] {
        var subjects: [AcceptedSubject] = []
        for (row, inventories) in carriers {
            guard let vulnerability = vulnerabilities[row] else { continue }
            let (ids, packages) = (
                Set([vulnerability.name] + vulnerability.aliases),
                inventories.values.reduce(into: Set()) { $0.formUnion($1) }
            )
            for exception in exceptions
            where exception.scope.concernsEverybody && exception.scope.isAbout(vulnerability: ids) {
                let own = packages.filter { exception.scope.isAbout(package: $0) }.sorted()
                guard !own.isEmpty else { continue }
                subjects.append(
                    AcceptedSubject(
                        exception: exception.id, vulnerability: vulnerability.name, aliases: vulnerability.aliases,
                        packages: own))
            }
        }
        return subjects.sorted {
            ($0.vulnerability, $0.exception.description) < ($1.vulnerability, $1.exception.description)
        }
    }

    /// What is accepted on each of these agents.
    package func each(_ holders: [Holder]) -> [AgentID: AgentAcceptance] {
        var result: [AgentID: AgentAcceptance] = [:]
        for holder in holders {
            var accepted: [String: AcceptedVulnerability] = [:]
            for (row, inventories) in carriers {
                guard let vulnerability = vulnerabilities[row], let inventory = holder.inventory,
                    let packages = inventories[inventory],
                    Self.accept(packages, exceptions(about: vulnerability), on: holder)
                else { continue }
                accepted[vulnerability.name] = Self.accepted(vulnerability, on: vulnerability.agents)
            }
            result[holder.id] = AgentAcceptance(
                agent: holder.id, labels: holder.labels.sorted(), exceptions: exceptions, vulnerabilities: accepted)
        }
        return result
    }

    private func exceptions(about vulnerability: Vulnerability) -> [ExceptionScope] {
        let ids = Set([vulnerability.name] + vulnerability.aliases)
        return exceptions.map(\.scope).filter { $0.isAbout(vulnerability: ids) }
    }

    private static func accept(_ packages: Set<String>, _ scopes: [ExceptionScope], on holder: Holder) -> Bool {
        accept(packages, scopes.filter { $0.concerns(holder.id, labels: holder.labels) })
    }

    private static func accept(_ packages: Set<String>, _ scopes: [ExceptionScope]) -> Bool {
        packages.allSatisfy { package in scopes.contains { $0.isAbout(package: package) } }
    }

    private static func accepted(_ vulnerability: Vulnerability, on agents: Int) -> AcceptedVulnerability {
        AcceptedVulnerability(
            agents: vulnerability.agents, acceptedAgents: agents, severity: Severity(rank: vulnerability.severity),
            isExploited: vulnerability.isExploited, isFixable: vulnerability.isFixable)
    }
}

extension Severity {
    /// The severity at a place of the order, 0…5.
    package init(rank: Int) {
        let all = Self.allCases
        self = all.indices.contains(rank) ? all[all.index(all.startIndex, offsetBy: rank)] : .unknown
    }
}

extension Sequence<RiskException> {
    /// Vulnerabilities that scopes name.
    package var vulnerabilities: [String] { Set(compactMap(\.scope.vulnerability)).sorted() }
    /// Packages that are accepted whatever their vulnerability, without version.
    package var wholePackages: [String] {
        Set(filter { $0.scope.vulnerability == nil }.compactMap(\.scope.package)).sorted()
    }
    /// Labels that scopes name.
    package var labels: [String] { Set(compactMap(\.scope.label)).sorted() }
    /// Agents that scopes name.
    package var agents: [AgentID] { Array(Set(compactMap(\.scope.agent))) }
}

extension RiskException {
    /// What the audit log says of it.
    package var auditDetails: [String: String] {
        var details = ["expires_at": expiresAt.ISO8601Format(), "requested_by": request.name]
        details["vulnerability"] = scope.vulnerability
        details["package"] = scope.package
        details["justification"] = justification?.rawValue
        details["label"] = scope.label
        details["agent"] = scope.agent?.description
        return details
    }
}
