import Foundation
import Hummingbird
import Logging
import Stores

/// Tokens with which programs act for people of the company.
struct APITokenRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    /// A year.
    private static let longestLifetime = 366 * 24 * 3600

    var routes: [Route] {
        [
            .person(.get, "/v1/api-tokens", .viewAPITokens, list),
            .person(.post, "/v1/api-tokens", .manageAPITokens, create),
            .person(.delete, "/v1/api-tokens/{id}", .manageAPITokens, revoke),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let tokens = try await services.store.fetchAPITokens(scope: caller.scope)
        return try Reply.json(ListReply(tokens.map { APITokenReply($0) }))
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(APITokenRequest.self, limit: limits.jsonBody)
        guard (1...100).contains(body.name.unicodeScalars.count) else {
            throw APIError.invalid("name: not 1 to 100 characters")
        }
        guard (60...Self.longestLifetime).contains(body.expiresIn) else {
            throw APIError.invalid("expires_in: not 60 to \(Self.longestLifetime)")
        }
        guard !body.scopes.isEmpty else { throw APIError.invalid("scopes: none") }
        for scope in body.scopes {
            guard let permission = Permission(scope: scope) else {
                throw APIError.invalid("scopes: \(Permission.scopes.joined(separator: ", ")), and no others")
            }
            // Nobody gives away what they may not do.
            guard caller.permissions.contains(permission) else { throw APIError.forbidden }
        }
        let (secret, now) = (Secret.makeAPIToken(), services.now())
        let token = try await services.store.insertAPIToken(
            scope: caller.scope, userID: caller.userID, token: Secret.hash(secret), name: body.name,
            scopes: body.scopes, expiresAt: now.addingTimeInterval(TimeInterval(body.expiresIn)), at: now)
        call.logger.info("API token made", metadata: ["api_token": "\(token.id)", "user": "\(caller.userID)"])
        return try Reply.json(APITokenReply(token, secret: secret), status: .created)
    }

    @Sendable private func revoke(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = APITokenID(try call.parameter("id")) else { throw APIError.notFound }
        try await services.store.revokeAPIToken(scope: caller.scope, id: id, at: services.now())
        call.logger.info("API token revoked", metadata: ["api_token": "\(id)", "user": "\(caller.userID)"])
        return Reply.nothing()
    }
}
