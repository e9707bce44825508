import Foundation
import Matching
import PackageIdentity
import Scoring

/// Whether a finding is to be dealt with.
public enum FindingState: String, Sendable, Codable, CaseIterable {
    case open
    /// An exception accepts it on every package that carries it.
    case accepted
}

/// What a company accepts at a moment.
public struct Acceptance: Sendable, Hashable {
    /// Those that are active.
    public let exceptions: [RiskException]
    /// Vulnerabilities that are accepted on at least one agent, by id.
    public let vulnerabilities: [String: AcceptedVulnerability]

    /// What those are about that hold for every agent: each pair of exception and vulnerability once.
    public let subjects: [AcceptedSubject]

    /// Makes one from its parts.
    public init(
        exceptions: [RiskException], vulnerabilities: [String: AcceptedVulnerability], subjects: [AcceptedSubject] = []
    ) {
        self.subjects = subjects
        self.exceptions = exceptions
        self.vulnerabilities = vulnerabilities
    }

    /// Ids of vulnerabilities that are accepted on every agent that has them.
    public var entirely: Set<String> { Set(vulnerabilities.filter { $0.value.state == .accepted }.keys) }

    /// The vulnerabilities that are accepted everywhere, by severity.
    public var counts: SeverityCounts {
        vulnerabilities.values.filter { $0.state == .accepted }.reduce(into: SeverityCounts()) { $0.add($1) }
    }

    /// Accepted pairs of agent and vulnerability.
    public var exposures: Int { vulnerabilities.values.reduce(0) { $0 + $1.acceptedAgents } }
}

/// What an exception is about.
public struct AcceptedSubject: Sendable, Hashable {
    /// Which exception.
    public let exception: ExceptionID
    /// The id of the vulnerability.
    public let vulnerability: String
    /// Its other ids.
    public let aliases: [String]
    /// Packages of the company that carry it and that the exception is about, without version, ascending; at least one.
    public let packages: [String]

    /// Makes one from its parts.
    public init(exception: ExceptionID, vulnerability: String, aliases: [String], packages: [String]) {
        self.exception = exception
        self.vulnerability = vulnerability
        self.aliases = aliases
        self.packages = packages
    }
}

/// A vulnerability that is accepted on some agents of a company, or on all.
public struct AcceptedVulnerability: Sendable, Hashable {
    /// Agents that are affected.
    public let agents: Int
    /// Of these, on how many it is accepted.
    public let acceptedAgents: Int
    /// How bad it is.
    public let severity: Severity
    /// Known to be exploited.
    public let isExploited: Bool
    /// At least one affected package has a fix.
    public let isFixable: Bool

    /// Makes one from its parts.
    public init(agents: Int, acceptedAgents: Int, severity: Severity, isExploited: Bool, isFixable: Bool) {
        self.agents = agents
        self.acceptedAgents = acceptedAgents
        self.severity = severity
        self.isExploited = isExploited
        self.isFixable = isFixable
    }

    /// Accepted when it is on every agent.
    public var state: FindingState { acceptedAgents >= agents ? .accepted : .open }
}

/// What is accepted on one agent at a moment.
public struct AgentAcceptance: Sendable, Hashable {
    /// Of the agent, ascending.
    public let labels: [String]
    /// Those that are active and may concern the agent.
    public let exceptions: [RiskException]
    /// Vulnerabilities of the agent that are accepted, by id.
    public let vulnerabilities: [String: AcceptedVulnerability]
    private let agent: AgentID

    /// Makes one from its parts.
    public init(
        agent: AgentID, labels: [String], exceptions: [RiskException], vulnerabilities: [String: AcceptedVulnerability]
    ) {
        self.agent = agent
        self.labels = labels
        self.exceptions = exceptions.filter { $0.scope.concerns(agent, labels: labels) }
        self.vulnerabilities = vulnerabilities
    }

    /// The accepted vulnerabilities by severity.
    public var counts: SeverityCounts { vulnerabilities.values.reduce(into: SeverityCounts()) { $0.add($1) } }

    /// Whether a finding of this agent is accepted.
    public func state(of record: VulnerabilityRecord) -> FindingState {
        vulnerabilities[record.id] == nil ? .open : .accepted
    }

    /// The exceptions that are about a finding of this agent: each about one of its packages at least.
    public func exceptions(on record: VulnerabilityRecord, of packages: [PackageURL]) -> [RiskException] {
        let names = Set(packages.map(\.unversioned))
        let ids = Set([record.id] + record.aliases)
        return exceptions.filter { exception in
            exception.scope.isAbout(vulnerability: ids)
                && names.contains { exception.scope.isAbout(package: $0) }
        }
    }
}

extension ExceptionScope {
    /// Whether it is about a vulnerability with these ids.
    func isAbout(vulnerability ids: Set<String>) -> Bool { vulnerability.map { ids.contains($0) } ?? true }

    /// Whether it is about a package, given without version.
    func isAbout(package name: String) -> Bool { package.map { $0 == name } ?? true }

    /// Whether it is about an agent.
    func concerns(_ agent: AgentID, labels: some Sequence<String>) -> Bool {
        (self.agent.map { $0 == agent } ?? true) && (label.map { labels.contains($0) } ?? true)
    }

    /// Whether it holds for every agent of the company.
    var concernsEverybody: Bool { agent == nil && label == nil }
}

extension PackageURL {
    /// Type, namespace and name: the canonical text up to version, qualifiers and subpath, none of whose marks stand in a name unescaped.
    public var unversioned: String {
        String(description.prefix { $0 != "@" && $0 != "?" && $0 != "#" })
    }
}

extension SeverityCounts {
    /// Counts a vulnerability.
    fileprivate mutating func add(_ vulnerability: AcceptedVulnerability) {
        switch vulnerability.severity {
        case .critical: critical += 1
        case .high: high += 1
        case .medium: medium += 1
        case .low: low += 1
        default: unknown += 1
        }
        if vulnerability.isExploited { exploited += 1 }
        if vulnerability.isFixable { fixable += 1 }
    }
}
