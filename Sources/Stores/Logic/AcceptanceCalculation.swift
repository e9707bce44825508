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
    /// Exceptions that name a vulnerability, by its id as they say it; all others under `nil`.
    private let byVulnerability: [String?: [RiskException]]
    /// Packages that carry a vulnerability, without version.
    private var packages: [Int64: Set<String>] = [:]
    /// The same by vulnerability and inventory, where it matters which inventory.
    private var carriers: [Int64: [Int64: Set<String>]] = [:]

    /// - Parameters:
    ///   - exceptions: Those that are active.
    ///   - vulnerabilities: At least those that an exception is about, by row.
    package init(exceptions: [RiskException], vulnerabilities: [Int64: Vulnerability]) {
        self.exceptions = exceptions
        self.vulnerabilities = vulnerabilities
        byVulnerability = Dictionary(grouping: exceptions, by: \.scope.vulnerability)
    }

    /// The inventories with a finding of which it matters where it is.
    package var inventories: Set<Int64> { carriers.values.reduce(into: []) { $0.formUnion($1.keys) } }

    /// The vulnerabilities that one exception accepts in every package on every agent: nobody has to look where they are. Most exceptions are
    /// of this kind.
    package func acceptedEverywhere() -> Set<Int64> {
        Set(
            vulnerabilities.filter { _, vulnerability in
                exceptions(about: vulnerability).contains { $0.scope.package == nil && $0.scope.concernsEverybody }
            }.keys)
    }

    /// Notes that a package has a vulnerability, in whichever inventory.
    ///
    /// - Parameter package: Without version.
    package mutating func add(vulnerability: Int64, package: String) {
        packages[vulnerability, default: []].insert(package)
    }

    /// Notes that a package of an inventory has a vulnerability.
    ///
    /// - Parameter package: Without version.
    package mutating func add(vulnerability: Int64, package: String, inventory: Int64) {
        add(vulnerability: vulnerability, package: package)
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
        for row in acceptedEverywhere() where packages[row] != nil {
            guard let vulnerability = vulnerabilities[row], vulnerability.agents > 0 else { continue }
            result[vulnerability.name] = Self.accepted(vulnerability, on: vulnerability.agents)
        }
        for (row, inventories) in carriers {
            guard let vulnerability = vulnerabilities[row], result[vulnerability.name] == nil else { continue }
            let about = exceptions(about: vulnerability).map(\.scope)
            let everybody = about.filter(\.concernsEverybody)
            var accepted = 0
            for (inventory, packages) in inventories {
                if Self.accept(packages, everybody) {
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
        for (row, packages) in packages {
            guard let vulnerability = vulnerabilities[row] else { continue }
            for exception in exceptions(about: vulnerability) where exception.scope.concernsEverybody {
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
        let scopes = vulnerabilities.mapValues { exceptions(about: $0).map(\.scope) }
        for holder in holders {
            var accepted: [String: AcceptedVulnerability] = [:]
            for (row, inventories) in carriers {
                guard let vulnerability = vulnerabilities[row], let inventory = holder.inventory,
                    let packages = inventories[inventory], Self.accept(packages, scopes[row] ?? [], on: holder)
                else { continue }
                accepted[vulnerability.name] = Self.accepted(vulnerability, on: vulnerability.agents)
            }
            result[holder.id] = AgentAcceptance(
                agent: holder.id, labels: holder.labels.sorted(), exceptions: exceptions, vulnerabilities: accepted)
        }
        return result
    }

    private func exceptions(about vulnerability: Vulnerability) -> [RiskException] {
        let ids: Set<String?> = Set([vulnerability.name] + vulnerability.aliases + [nil])
        return ids.flatMap { byVulnerability[$0] ?? [] }
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
