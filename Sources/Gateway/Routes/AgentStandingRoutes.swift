import Foundation
import Hummingbird
import Logging
import Stores

/// Keeping agents out and letting them in again.
struct AgentStandingRoutes: Sendable {
    let services: GatewayServices
    let authenticator: Authenticator
    let limits: GatewayConfiguration.Limits

    var routes: [Route] {
        [
            .person(.get, "/v1/barred-agents", .viewFindings, list),
            .person(.put, "/v1/agents/{id}/standing", .manageAgents, change),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let agents = try await services.store.fetchBarredAgents(scope: caller.scope)
        return try Reply.json(ListReply(agents.map(BarredAgentReply.init)))
    }

    @Sendable private func change(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = AgentID(try call.parameter("id")),
            try await services.store.fetchAgent(scope: caller.scope, id: id) != nil
        else { throw APIError.notFound }
        let body = try await call.json(StandingRequest.self, limit: limits.jsonBody)
        guard (1...200).contains(body.reason.unicodeScalars.count) else {
            throw APIError.invalid("reason: not 1 to 200 characters")
        }
        try await services.store.setStanding(
            scope: caller.scope, agentID: id, standing: body.standing, reason: body.reason, at: services.now())
        authenticator.barred.set(id, isBarred: body.standing != .active)
        call.logger.info("standing of agent changed", metadata: ["agent": "\(id)", "standing": "\(body.standing)"])
        return Reply.nothing()
    }
}

/// Body that changes an agent's standing.
struct StandingRequest: Decodable {
    let standing: AgentStanding
    let reason: String
}

/// An agent that is kept out.
struct BarredAgentReply: Encodable {
    let id: AgentID
    let hostname: String
    let standing: AgentStanding
    let reason: String
    let since: Date

    init(_ agent: BarredAgent) {
        id = agent.id
        hostname = agent.hostname
        standing = agent.standing
        reason = agent.reason
        since = agent.since
    }
}
