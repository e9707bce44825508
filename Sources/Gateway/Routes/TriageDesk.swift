import Foundation
import Stores

/// What is laid over the company's vulnerabilities when they are shown: what is accepted, due dates, and who deals with what.
struct TriageDesk: Sendable {
    private let services: GatewayServices
    private let caller: Caller
    private let acceptance: Acceptance
    private let policy: SLAPolicy
    private let now: Date

    init(_ services: GatewayServices, _ caller: Caller) async throws {
        self.services = services
        self.caller = caller
        now = services.now()
        acceptance = try await services.store.fetchAcceptance(scope: caller.scope, at: now)
        policy = try await services.store.fetchSLAPolicy(scope: caller.scope)
    }

    /// What a list is asked for: besides what every list knows, `state`, `overdue` and `assignee`, an id or "me".
    func query(_ parameters: QueryParameters) async throws -> VulnerabilityQuery {
        var query = try parameters.vulnerabilities()
        query.restrict(
            to: try parameters.findingState(), accepted: Set(acceptance.vulnerabilities.keys),
            entirely: acceptance.entirely)
        if try parameters.flag("overdue") {
            let overdue = try await services.store.fetchOverdue(scope: caller.scope, policy: policy, at: now)
            query.keep(overdue.subtracting(acceptance.entirely))
        }
        let assignee = try parameters.id("assignee") { $0 == "me" ? caller.userID : UserID($0) }
        if let user = assignee {
            let all = try await services.store.fetchAssignments(scope: caller.scope, vulnerabilities: nil)
            query.keep(Set(all.filter { $0.value.user == user }.keys))
        }
        return query
    }

    /// Vulnerabilities as replies.
    func replies(_ summaries: [VulnerabilitySummary]) async throws -> [CompanyVulnerabilityReply] {
        let ids = summaries.flatMap { [$0.record.id] + $0.record.aliases }
        let assignments = try await services.store.fetchAssignments(scope: caller.scope, vulnerabilities: ids)
        return summaries.map { summary in
            // One that was given under an id that has become an alias is still given.
            let assignment = ([summary.record.id] + summary.record.aliases).lazy.compactMap { assignments[$0] }.first
            return CompanyVulnerabilityReply(
                summary, acceptance.vulnerabilities[summary.record.id], assignment, policy, at: now)
        }
    }
}

extension VulnerabilityQuery {
    /// Leaves out what is not among these as well.
    fileprivate mutating func keep(_ ids: Set<String>) { among = among?.intersection(ids) ?? ids }
}
