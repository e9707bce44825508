import Foundation
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``AgentIdentityStore/setStanding(scope:agentID:standing:reason:at:)``.
    public func setStanding(
        scope: CompanyScope, agentID: AgentID, standing: AgentStanding, reason: String, at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        try await write("set standing of agent", company: company) { transaction in
            let held = try await transaction.query(EnrollmentQueries.lockStanding(agentID, company: company))
            guard let row = held.first else { throw StoreError.notFound("agent") }
            let before = try AgentStanding(stored: try row.get(0))
            guard before != standing else { return }
            guard before != .revoked else { throw StoreError.agentRevoked }
            try await transaction.query(
                EnrollmentQueries.setStanding(
                    agentID, company: company, standing, reason: reason, at: now.inWholeMilliseconds))
            try await log.append(
                standing.action, agentID.description, ["reason": reason], company: company, scope.companyID,
                transaction)
        }
    }

    /// Keeps an agent out whose heartbeat cannot come from the machine of the one before.
    func quarantine(_ scope: CompanyScope, _ agentID: AgentID, reason: String, at now: Date) async throws {
        let context = AuditContext(actor: AuditActor(.system), address: AuditContext.current.address)
        try await AuditContext.$current.withValue(context) {
            try await setStanding(
                scope: scope, agentID: agentID, standing: .quarantined, reason: reason, at: now)
        }
    }

    /// See ``AgentIdentityStore/fetchBarredAgents(scope:)``.
    public func fetchBarredAgents(scope: CompanyScope) async throws -> [BarredAgent] {
        guard let company = try await row(scope) else { return [] }
        let result = try await read("fetch barred agents", company: company, EnrollmentQueries.barred(company: company))
        return try result.map { row in
            BarredAgent(
                id: AgentID(uuid: try row.get(0)), hostname: try row.get(1),
                standing: try AgentStanding(stored: try row.get(2)), reason: try row.get(3), since: try row.get(4))
        }
    }

    /// See ``AgentIdentityStore/fetchBarredAgentIDs(since:)``.
    public func fetchBarredAgentIDs(since: Date) async throws -> Set<AgentID> {
        try await Self.classifyingErrors("fetch barred agent ids") {
            let found = try await self.run(
                [.installation], EnrollmentQueries.barred(since: since.inWholeMilliseconds), isRepeatable: true)
            return Set(try found.map { AgentID(uuid: try $0.get(0)) })
        }
    }
}
