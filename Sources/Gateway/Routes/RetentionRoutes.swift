import Foundation
import Hummingbird
import Logging
import Stores

/// How long the company keeps what only grows. What carries it out is `zerotrace retention run`.
struct RetentionRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    var routes: [Route] {
        [
            .person(.get, "/v1/retention-policy", .viewFindings, policy),
            .person(.put, "/v1/retention-policy", .managePolicy, setPolicy),
        ]
    }

    @Sendable private func policy(_ call: Call, _ caller: Caller) async throws -> Response {
        try Reply.json(RetentionPolicyBody(try await services.store.fetchRetentionPolicy(scope: caller.scope)))
    }

    @Sendable private func setPolicy(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(RetentionPolicyBody.self, limit: limits.jsonBody)
        let policy = try body.policy()
        try await services.store.setRetentionPolicy(scope: caller.scope, policy, at: services.now())
        call.logger.info("retention policy set", metadata: ["user": "\(caller.userID)"])
        return try Reply.json(RetentionPolicyBody(policy))
    }
}
