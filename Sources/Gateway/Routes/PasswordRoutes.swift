import Foundation
import Hummingbird
import Logging
import Stores
import Wire

/// Other passwords: by whoever knows the one before, or with a token that somebody with the right to has made.
struct PasswordRoutes: Sendable {
    let services: GatewayServices
    let authenticator: Authenticator
    let throttle: SignInThrottle
    let origin: OriginCheck
    let limits: GatewayConfiguration.Limits

    /// Fewest characters of a password that somebody chooses.
    private static let minimumLength = 12
    /// How long a token works: somebody hands it over, by a way of their own.
    static let resetLifetime: TimeInterval = 86_400

    var routes: [Route] {
        [
            .person(.put, "/v1/me/password", .manageOwnSessions, change),
            .person(.post, "/v1/users/{id}/password-reset", .manageUsers, issueReset),
            .open(.post, "/v1/auth/password-reset", useReset),
        ]
    }

    /// A wrong old password counts as one at sign-in: a stolen session shall not be good for guessing.
    @Sendable private func change(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(PasswordRequest.self, limit: limits.jsonBody)
        try Self.check(body.newPassword)
        guard let login = try await services.store.fetchUser(scope: caller.scope, id: caller.userID) else {
            throw APIError.notFound
        }
        let email = login.user.email.lowercased()
        try await throttle.begin(email: email, address: call.clientAddress, now: services.now())
        guard try await PasswordHasher.verify(body.oldPassword, against: login.passwordHash) else {
            throw APIError(.forbidden, "invalid_credentials", "The old password is wrong.")
        }
        await throttle.succeed(email: email, address: call.clientAddress)
        let ended = try await services.store.setPassword(
            scope: caller.scope, userID: caller.userID, replacing: login.passwordHash,
            with: try await PasswordHasher.hash(body.newPassword), keeping: caller.sessionID, at: services.now())
        end(ended)
        call.logger.info("password changed", metadata: ["user": "\(caller.userID)"])
        return Reply.nothing()
    }

    @Sendable private func issueReset(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = UserID(try call.parameter("id")),
            let login = try await services.store.fetchUser(scope: caller.scope, id: id)
        else { throw APIError.notFound }
        // An admin who could give an owner a password could become one.
        guard login.user.role != .owner || caller.role == .owner else { throw APIError.forbidden }
        let (token, expiresAt) = (Secret.makePasswordReset(), services.now().addingTimeInterval(Self.resetLifetime))
        try await services.store.insertPasswordReset(
            scope: caller.scope, userID: id, token: Secret.hash(token), expiresAt: expiresAt, at: services.now())
        call.logger.info("password reset made", metadata: ["of": "\(id)", "user": "\(caller.userID)"])
        return try Reply.json(
            PasswordResetReply(token: token, expiresAt: expiresAt.inWholeMilliseconds), status: .created)
    }

    @Sendable private func useReset(_ call: Call) async throws -> Response {
        try origin.check(call.request)
        let body = try await call.json(PasswordResetRequest.self, limit: limits.jsonBody)
        try Self.check(body.password)
        let token = Secret.hash(body.token)
        let name = Base64URL.encode(token.bytes)
        // Hashing is work that a stranger asks for.
        try await throttle.begin(email: name, address: call.clientAddress, now: services.now())
        let hash = try await PasswordHasher.hash(body.password)
        guard let ended = try await services.store.usePasswordReset(token, passwordHash: hash, at: services.now())
        else { throw APIError.unauthorized("This token is unknown, was used or has run out.", code: "invalid_token") }
        await throttle.succeed(email: name, address: call.clientAddress)
        end(ended)
        call.logger.info("password reset used")
        return Reply.nothing()
    }

    /// - Throws: 400 for one that is too short.
    static func check(_ password: String) throws {
        guard password.count >= minimumLength else {
            throw APIError.invalid("password: fewer than \(minimumLength) characters")
        }
    }

    private func end(_ sessions: [SessionID]) {
        for session in sessions { authenticator.sessions.end(session) }
    }
}
