import Foundation
import Hummingbird
import Logging
import Stores

/// How agents join the company.
struct EnrollmentRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    /// A year.
    private static let longestLifetime = 366 * 24 * 3600

    var routes: [Route] {
        policy + [
            .person(.get, "/v1/enrollment-tokens", .viewEnrollment, list),
            .person(.post, "/v1/enrollment-tokens", .manageEnrollment, create),
            .person(.delete, "/v1/enrollment-tokens/{id}", .manageEnrollment, revoke),
        ]
    }

    private var policy: [Route] {
        Route.policy(
            "/v1/enrollment-policy", viewing: .viewEnrollment, managing: .manageEnrollment, bodyLimit: limits.jsonBody
        ) { scope in
            EnrollmentPolicyBody(reenrollment: try await services.store.fetchReenrollmentPolicy(scope: scope))
        } set: { scope, body in
            try await services.store.setReenrollmentPolicy(scope: scope, body.reenrollment, at: services.now())
            return body
        }
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let tokens = try await services.store.fetchEnrollmentTokens(scope: caller.scope)
        return try Reply.json(ListReply(tokens.map { EnrollmentTokenReply($0) }))
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(EnrollmentTokenRequest.self, limit: limits.jsonBody)
        guard (1...100).contains(body.label.unicodeScalars.count) else {
            throw APIError.invalid("label: not 1 to 100 characters")
        }
        guard (1...1_000_000).contains(body.maximumUses) else {
            throw APIError.invalid("maximum_uses: not 1 to 1000000")
        }
        guard (60...Self.longestLifetime).contains(body.expiresIn) else {
            throw APIError.invalid("expires_in: not 60 to \(Self.longestLifetime)")
        }
        let secret = Secret.makeEnrollmentToken()
        let now = services.now()
        let token = try await services.store.insertEnrollmentToken(
            scope: caller.scope, token: Secret.hash(secret), label: body.label, maximumUses: body.maximumUses,
            expiresAt: now.addingTimeInterval(TimeInterval(body.expiresIn)), at: now)
        call.logger.info("enrollment token made", metadata: ["enrollment": "\(token.id)", "user": "\(caller.userID)"])
        return try Reply.json(EnrollmentTokenReply(token, secret: secret), status: .created)
    }

    @Sendable private func revoke(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = EnrollmentTokenID(try call.parameter("id")) else { throw APIError.notFound }
        try await services.store.revokeEnrollmentToken(scope: caller.scope, id: id, at: services.now())
        call.logger.info("enrollment token revoked", metadata: ["enrollment": "\(id)", "user": "\(caller.userID)"])
        return Reply.nothing()
    }
}
