/// How long the company keeps what only grows. What carries it out is `zerotrace retention run`.
struct RetentionRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    var routes: [Route] {
        Route.policy(
            "/v1/retention-policy", viewing: .viewFindings, managing: .managePolicy, bodyLimit: limits.jsonBody
        ) { scope in
            RetentionPolicyBody(try await services.store.fetchRetentionPolicy(scope: scope))
        } set: { scope, body in
            let policy = try body.policy()
            try await services.store.setRetentionPolicy(scope: scope, policy, at: services.now())
            return RetentionPolicyBody(policy)
        }
    }
}
