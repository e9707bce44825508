import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// See ``AgentIdentityStore/setStanding(scope:agentID:standing:reason:at:)``.
    public func setStanding(
        scope: CompanyScope, agentID: AgentID, standing: AgentStanding, reason: String, at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        try await write("set standing of agent") { db in
            guard let company = try scope.row(db),
                let known = try db.first(AgentQueries.standing, [agentID.blob, company], { $0[0] as String? })
            else { throw StoreError.notFound("agent") }
            let before = try AgentStanding(stored: known)
            guard before != standing else { return }
            guard before != .revoked else { throw StoreError.agentRevoked }
            try db.run(AgentQueries.setStanding, standing.columns(reason, now) + [agentID.blob, company])
            try log.append(
                standing.action, agentID.description, ["reason": reason], company: company, scope.companyID, db)
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
        try await read("fetch barred agents") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(AgentQueries.barred, [company]) { row in
                BarredAgent(
                    id: try AgentID(blob: row[0]), hostname: row[1], standing: try AgentStanding(stored: row[2]),
                    reason: row[3], since: Date(milliseconds: row[4]))
            }
        }
    }

    /// See ``AgentIdentityStore/fetchBarredAgentIDs(since:)``.
    public func fetchBarredAgentIDs(since: Date) async throws -> Set<AgentID> {
        try await read("fetch barred agent ids") { db in
            Set(try db.rows(AgentQueries.barredSince, [since.milliseconds]) { try AgentID(blob: $0[0]) })
        }
    }
}

extension AgentStanding {
    /// What the three columns hold.
    func columns(_ reason: String, _ now: Date) -> StatementArguments {
        self == .active ? [String?.none, Int64?.none, String?.none] : [rawValue, now.milliseconds, reason]
    }
}
