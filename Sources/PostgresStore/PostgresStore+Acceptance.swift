import Foundation
import Matching
import PackageIdentity
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``ExceptionStore/fetchAcceptance(scope:at:)``.
    public func fetchAcceptance(scope: CompanyScope, at now: Date) async throws -> Acceptance {
        guard let company = try await row(scope) else { return Acceptance(exceptions: [], vulnerabilities: [:]) }
        let active = try await read(
            "fetch exceptions", company: company, ExceptionQueries.active(company: company, at: now))
        guard active.first != nil else { return Acceptance(exceptions: [], vulnerabilities: [:]) }
        return try await snapshot("fetch acceptance", company: company) { transaction in
            try await AcceptanceReading(company: company, at: now, transaction).company()
        }
    }

    /// See ``ExceptionStore/fetchAcceptance(scope:agents:at:)``.
    public func fetchAcceptance(scope: CompanyScope, agents: [AgentID], at now: Date) async throws
        -> [AgentID: AgentAcceptance]
    {
        guard !agents.isEmpty, let company = try await row(scope) else { return [:] }
        return try await snapshot("fetch acceptance of agents", company: company) { transaction in
            try await AcceptanceReading(company: company, at: now, transaction).each(agents)
        }
    }
}

/// Reads what ``AcceptanceCalculation`` works with.
struct AcceptanceReading {
    private let company: Int32
    private let exceptions: [RiskException]
    private let transaction: PostgresTransaction

    init(company: Int32, at now: Date, _ transaction: PostgresTransaction) async throws {
        self.company = company
        self.transaction = transaction
        exceptions = try await transaction.query(ExceptionQueries.active(company: company, at: now))
            .map { try RiskException($0) }
    }

    func company() async throws -> Acceptance {
        guard !exceptions.isEmpty else { return Acceptance(exceptions: [], vulnerabilities: [:]) }
        let calculation = try await calculation(inventories: nil)
        let inventories = calculation.inventories.map { Int32(truncatingIfNeeded: $0) }
        var counts: [Int64: Int] = [:]
        try await transaction.query(AgentQueries.count(company: company, inventories: inventories)).forEach {
            counts[try $0.get(0, as: Int64.self)] = try $0.get(1, as: Int.self)
        }
        let holders = try await holders(exceptions.agents, exceptions.labels)
        return Acceptance(
            exceptions: exceptions, vulnerabilities: calculation.company(agents: counts, holders: holders),
            subjects: calculation.subjects())
    }

    func each(_ agents: [AgentID]) async throws -> [AgentID: AgentAcceptance] {
        let holders = try await holders(agents, [])
        let inventories = exceptions.isEmpty ? [] : holders.compactMap(\.inventory)
        return try await calculation(inventories: Set(inventories)).each(holders)
    }

    /// - Parameter inventories: Those that are looked at; `nil` means all of the company.
    private func calculation(inventories: Set<Int64>?) async throws -> AcceptanceCalculation {
        guard inventories?.isEmpty != true else {
            return AcceptanceCalculation(exceptions: exceptions, vulnerabilities: [:])
        }
        var vulnerabilities: [Int64: AcceptanceCalculation.Vulnerability] = [:]
        try await transaction.query(
            ExceptionQueries.vulnerabilities(
                company: company, ids: exceptions.vulnerabilities, packages: exceptions.wholePackages)
        ).forEach { row in
            vulnerabilities[try row.get(0)] = AcceptanceCalculation.Vulnerability(
                name: try row.get(1), aliases: try row.get(2), agents: try row.get(3), severity: try row.get(4),
                isExploited: try row.get(5), isFixable: try row.get(6))
        }
        var calculation = AcceptanceCalculation(exceptions: exceptions, vulnerabilities: vulnerabilities)
        let carriers = try await transaction.query(
            ExceptionQueries.carriers(company: company, vulnerabilities: Array(vulnerabilities.keys))
        ).map { row in
            (
                vulnerability: try row.get(0, as: Int64.self), package: try row.get(1, as: Int64.self),
                name: try PackageURL(stored: try row.get(2)).unversioned
            )
        }
        for carrier in carriers { calculation.add(vulnerability: carrier.vulnerability, package: carrier.name) }
        // For an agent it matters what it has; for the company only where not everything is accepted.
        let everywhere = inventories == nil ? calculation.acceptedEverywhere() : []
        let partly = carriers.filter { !everywhere.contains($0.vulnerability) }
        let sets = try await Holders.fetch(company: company, packages: Set(partly.map(\.package)), transaction)
        for carrier in partly {
            for number in sets[carrier.package]?.numbers ?? [] where inventories?.contains(Int64(number)) ?? true {
                calculation.add(
                    vulnerability: carrier.vulnerability, package: carrier.name, inventory: Int64(number))
            }
        }
        return calculation
    }

    private func holders(_ agents: [AgentID], _ labels: [String]) async throws -> [AcceptanceCalculation.Holder] {
        guard !agents.isEmpty || !labels.isEmpty else { return [] }
        return try await transaction.query(ExceptionQueries.holders(company: company, agents: agents, labels: labels))
            .map {
                AcceptanceCalculation.Holder(
                    id: AgentID(uuid: try $0.get(0)), inventory: try $0.get(1, as: Int64?.self),
                    labels: Set(try $0.get(2, as: [String].self)))
            }
    }
}
