import Hummingbird
import Logging
import Stores

extension Route {
    /// A policy of the company: `GET` shows it, `PUT` replaces it as a whole and answers with what holds now.
    ///
    /// - Parameters:
    ///   - path: "/v1/sla-policy"; the log names the policy by it.
    ///   - viewing: What it takes to see it.
    ///   - managing: What it takes to replace it.
    ///   - bodyLimit: Bytes of the body, inclusive.
    ///   - fetch: What holds.
    ///   - set: Puts it in force; throws 400 for what cannot be.
    static func policy<Body: Codable & Sendable>(
        _ path: String, viewing: Permission, managing: Permission, bodyLimit: Int,
        fetch: @escaping @Sendable (CompanyScope) async throws -> Body,
        set: @escaping @Sendable (CompanyScope, Body) async throws -> Body
    ) -> [Route] {
        [
            .person(.get, path, viewing) { _, caller in try Reply.json(try await fetch(caller.scope)) },
            .person(.put, path, managing) { call, caller in
                let body = try await call.json(Body.self, limit: bodyLimit)
                let policy = try await set(caller.scope, body)
                call.logger.info("policy set", metadata: ["policy": "\(path)", "user": "\(caller.userID)"])
                return try Reply.json(policy)
            },
        ]
    }
}
