import Foundation
import Stores

/// A signed-in person, or a program with a person's API token.
struct Caller: Sendable {
    let userID: UserID
    /// `nil` for a program.
    let sessionID: SessionID?
    let role: Role
    /// What the role allows, for a program within the scopes of its token.
    let permissions: Set<Permission>
    /// The only way to the company's data.
    let scope: CompanyScope
    /// When the token runs out.
    let expiresAt: Date
    /// As the audit log names the caller; the store adds a person's e-mail.
    let actor: AuditActor
}

/// An enrolled agent that proved its key.
struct AgentCaller: Sendable {
    let agentID: AgentID
    let scope: CompanyScope
    /// `Content-Digest` as the agent signed it: what the body must have. `nil` with a proof, which says nothing of the body.
    var contentDigest: String?
    /// With which it proved itself; `nil` for who signed with the key that comes with its token.
    var publicKey: [UInt8]?

    /// As the audit log names the agent.
    var actor: AuditActor { AuditActor(.agent, id: agentID.description) }
}
