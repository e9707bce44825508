import Foundation
import Scoring

/// Which findings an endpoint wants to be told of.
package struct EndpointFilter: Sendable {
    /// Which endpoint.
    package let id: EndpointID
    private let minimumSeverity: Int
    private let exploitedOnly: Bool

    /// - Parameter minimumSeverity: As in ``Severity/rank``; 0 wants all.
    package init(id: EndpointID, minimumSeverity: Int, exploitedOnly: Bool) {
        self.id = id
        self.minimumSeverity = minimumSeverity
        self.exploitedOnly = exploitedOnly
    }

    /// Whether it wants to hear of this.
    package func wants(_ state: VulnerabilityState) -> Bool {
        state.severity >= minimumSeverity && (state.isExploited || !exploitedOnly)
    }
}

/// What an endpoint is told.
package struct Notice: Sendable {
    /// Names the notification for good.
    package let id = NotificationID()
    /// Where to.
    package let endpoint: EndpointID
    /// What happened.
    package let type: String
    /// There is one notification with this key for an endpoint, whatever is done twice.
    package let key: String
    /// JSON, as it is delivered.
    package let payload: String

    /// The form of every payload.
    private struct Payload<Content: Encodable>: Encodable {
        let type: String
        let timestamp: String
        let data: Content
    }

    private struct Finding: Encodable {
        let agentID: AgentID
        let hostname: String
        let vulnerability: String
        let severity: Severity
        let risk: Double
        let exploited: Bool
        let fixable: Bool
        let firstSeen: String

        private enum CodingKeys: String, CodingKey {
            case hostname, vulnerability, severity, risk, exploited, fixable
            case agentID = "agent_id"
            case firstSeen = "first_seen"
        }
    }

    private struct Silence: Encodable {
        let agentID: AgentID
        let hostname: String
        let lastSeen: String

        private enum CodingKeys: String, CodingKey {
            case hostname
            case agentID = "agent_id"
            case lastSeen = "last_seen"
        }
    }

    private struct Nothing: Encodable {}

    /// A finding is first seen.
    package init(
        to endpoint: EndpointID, agent: AgentID, hostname: String, vulnerability: String, _ state: VulnerabilityState,
        at now: Date
    ) throws {
        self.endpoint = endpoint
        type = "finding.first_seen"
        key = "\(type) \(agent) \(now.milliseconds) \(vulnerability)"
        let time = now.formatted(.iso8601)
        payload = try StoredJSON.encode(
            Payload(
                type: type, timestamp: time,
                data: Finding(
                    agentID: agent, hostname: hostname, vulnerability: vulnerability,
                    severity: Severity(rank: state.severity), risk: Double(state.risk) / 10,
                    exploited: state.isExploited, fixable: state.isFixable, firstSeen: time)))
    }

    /// What ``key`` begins with of an agent that is silent; then come its id in hexadecimal digits and when it was last seen, in milliseconds.
    package static let silenceKey = "agent.silent "

    /// An agent has not called for too long.
    package init(to endpoint: EndpointID, silent agent: AgentID, hostname: String, lastSeen: Date, at now: Date) throws
    {
        self.endpoint = endpoint
        type = "agent.silent"
        key = "\(Self.silenceKey)\(agent.description.filter { $0 != "-" }) \(lastSeen.milliseconds)"
        payload = try StoredJSON.encode(
            Payload(
                type: type, timestamp: now.formatted(.iso8601),
                data: Silence(agentID: agent, hostname: hostname, lastSeen: lastSeen.formatted(.iso8601))))
    }

    /// Somebody wants to see whether it arrives.
    package init(testOf endpoint: EndpointID, at now: Date) throws {
        self.endpoint = endpoint
        type = "endpoint.test"
        key = "\(type) \(id)"
        payload = try StoredJSON.encode(
            Payload(type: type, timestamp: now.formatted(.iso8601), data: Nothing()))
    }
}

/// Findings that begin on agents in one transaction.
package struct Openings: Sendable {
    /// An agent that gains vulnerabilities.
    package struct Holder: Sendable {
        /// Which agent.
        package let agent: AgentID
        /// As it calls itself.
        package let hostname: String
        /// What it gains.
        package let changes: [StateChange]

        /// Makes one from its parts; changes that are no openings are left out.
        package init(agent: AgentID, hostname: String, changes: [StateChange]) {
            self.agent = agent
            self.hostname = hostname
            self.changes = changes.filter(\.isOpening)
        }
    }

    private let filters: [EndpointFilter]
    private let holders: [Holder]

    /// Only what an endpoint wants is kept.
    package init(_ holders: [Holder], for filters: [EndpointFilter]) {
        self.filters = filters
        self.holders = holders
    }

    /// Vulnerabilities whose names are needed.
    package var vulnerabilities: Set<Int64> {
        Set(
            holders.flatMap(\.changes).filter { change in
                change.new.map { state in filters.contains { $0.wants(state) } } ?? false
            }.map(\.vulnerability))
    }

    /// What is to be written.
    ///
    /// - Parameter names: Ids by row.
    package func notices(_ names: [Int64: String], at now: Date) throws -> [Notice] {
        var notices: [Notice] = []
        for holder in holders {
            for change in holder.changes {
                guard let state = change.new, let name = names[change.vulnerability] else { continue }
                for filter in filters where filter.wants(state) {
                    notices.append(
                        try Notice(
                            to: filter.id, agent: holder.agent, hostname: holder.hostname, vulnerability: name, state,
                            at: now))
                }
            }
        }
        return notices
    }
}
