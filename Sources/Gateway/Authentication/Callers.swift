import Foundation
import Stores

/// A signed-in person, as an access token names them.
struct Caller: Sendable {
    let userID: UserID
    let sessionID: SessionID
    let role: Role
    /// The only way to the company's data.
    let scope: CompanyScope
    /// When the access token runs out.
    let expiresAt: Date

    /// As the audit log names the person; the store adds the e-mail.
    var actor: AuditActor { AuditActor(.person, id: userID.description) }
}

/// An enrolled agent that proved its key.
struct AgentCaller: Sendable {
    let agentID: AgentID
    let scope: CompanyScope

    /// As the audit log names the agent.
    var actor: AuditActor { AuditActor(.agent, id: agentID.description) }
}
