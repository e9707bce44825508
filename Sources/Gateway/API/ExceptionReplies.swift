import Foundation
import Stores

/// Body that asks for an exception.
struct ExceptionRequest: Decodable {
    let vulnerability: String?
    let package: String?
    let label: String?
    let agentID: AgentID?
    let reason: String
    let justification: ExceptionJustification?
    let expiresAt: String

    private enum CodingKeys: String, CodingKey {
        case vulnerability, package, label, reason, justification
        case agentID = "agent_id"
        case expiresAt = "expires_at"
    }
}

/// Body that decides on one.
struct DecisionRequest: Decodable {
    let approved: Bool
    let comment: String?
}

/// Body that replaces an agent's labels.
struct LabelsRequest: Decodable {
    let labels: [String]
}

/// Who did something to an exception.
struct ExceptionActorReply: Encodable {
    let userID: UserID
    let name: String
    let at: Date
    let comment: String

    private enum CodingKeys: String, CodingKey {
        case name, at, comment
        case userID = "user_id"
    }

    init(_ actor: ExceptionActor) {
        userID = actor.id
        name = actor.name
        at = actor.at
        comment = actor.comment
    }
}

/// A risk that the company accepts for a time.
struct ExceptionReply: Encodable {
    let id: ExceptionID
    let state: ExceptionState
    let vulnerability: OrNull<String>
    let package: OrNull<String>
    let label: OrNull<String>
    let agentID: OrNull<AgentID>
    let reason: String
    let justification: OrNull<ExceptionJustification>
    let expiresAt: Date
    let request: ExceptionActorReply
    let decision: OrNull<ExceptionActorReply>
    let revocation: OrNull<ExceptionActorReply>

    private enum CodingKeys: String, CodingKey {
        case id, state, vulnerability, package, label, reason, justification, request, decision, revocation
        case agentID = "agent_id"
        case expiresAt = "expires_at"
    }

    init(_ exception: RiskException, at now: Date) {
        id = exception.id
        state = exception.state(at: now)
        vulnerability = OrNull(exception.scope.vulnerability)
        package = OrNull(exception.scope.package)
        label = OrNull(exception.scope.label)
        agentID = OrNull(exception.scope.agent)
        reason = exception.request.comment
        justification = OrNull(exception.justification)
        expiresAt = exception.expiresAt
        request = ExceptionActorReply(exception.request)
        decision = OrNull(exception.decision.map(ExceptionActorReply.init))
        revocation = OrNull(exception.revocation.map(ExceptionActorReply.init))
    }
}
