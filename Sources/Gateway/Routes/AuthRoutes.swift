import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Stores

/// Signing in and out, and staying signed in.
struct AuthRoutes: Sendable {
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let authenticator: Authenticator
    let throttle: SignInThrottle
    let cookie: RefreshCookie
    let origin: OriginCheck

    var routes: [Route] {
        [
            .open(.post, "/v1/auth/login", login),
            .open(.post, "/v1/auth/refresh", refresh),
            .open(.post, "/v1/auth/logout", logout),
            .person(.get, "/v1/me", .viewSelf, profile),
        ]
    }

    @Sendable private func login(_ call: Call) async throws -> Response {
        try origin.check(call.request)
        let body = try await call.json(LoginRequest.self, limit: configuration.limits.jsonBody)
        let email = body.email.trimmingCharacters(in: .whitespaces).lowercased()
        guard !email.isEmpty, email.utf8.count <= 254 else { throw APIError.invalid("email: not 1 to 254 bytes") }
        try await throttle.begin(email: email, address: call.clientAddress, now: services.now())
        let login = try await services.store.fetchLogin(email: email)
        guard try await PasswordHasher.verify(body.password, against: login?.passwordHash), let login else {
            if let login { noteRefusal(of: login, call) }
            throw APIError.unauthorized("E-mail or password is wrong.", code: "invalid_credentials")
        }
        await throttle.succeed(email: email, address: call.clientAddress)
        let token = Secret.makeRefreshToken()
        let session = try await services.store.insertSession(
            userID: login.user.id, refreshToken: Secret.hash(token), expiresAt: refreshExpiry, at: services.now())
        call.logger.info("signed in", metadata: ["user": "\(login.user.id)", "sid": "\(session.id)"])
        return try await reply(login.user, login.company, session: session, token: token)
    }

    /// Writes a refused sign-in into the log of the user's company. The reply does not wait for it: how long it takes would tell whether
    /// there is such a user. The throttle bounds how many there can be.
    private func noteRefusal(of login: UserLogin, _ call: Call) {
        let (scope, store, now) = (authenticator.scope(of: login), services.store, services.now())
        Task {
            do {
                try await store.appendAudit(
                    scope: scope, .sessionRefused, subject: login.user.id.description, details: [:], at: now)
            } catch {
                call.logger.error("refused sign-in not in the audit log", metadata: ["error": "\(error)"])
            }
        }
    }

    @Sendable private func refresh(_ call: Call) async throws -> Response {
        try origin.check(call.request)
        guard let presented = cookie.value(in: call.request) else {
            throw APIError.unauthorized("There is no session to prolong. Sign in.", code: "session_ended")
        }
        let token = Secret.makeRefreshToken()
        let (session, user) = try await rotate(presented, to: token, call)
        let caller = authenticator.person(session: session, user: user)
        guard let login = try await services.store.fetchUser(scope: caller.scope, id: user.id) else {
            throw sessionEnded()
        }
        return try await reply(login.user, login.company, session: session, token: token)
    }

    /// Exchanges the refresh token. One that was used before tells that somebody has a copy: the store has revoked the session, and
    /// its access tokens and streams end now.
    private func rotate(_ presented: String, to token: String, _ call: Call) async throws -> (Session, User) {
        let outcome = try await services.store.rotateRefreshToken(
            Secret.hash(presented), to: Secret.hash(token), expiresAt: refreshExpiry, at: services.now())
        switch outcome {
        case .rotated(let session, let user): return (session, user)
        case .reused(let session):
            call.logger.warning("refresh token used twice, session revoked", metadata: ["sid": "\(session)"])
            authenticator.sessions.end(session)
            throw sessionEnded()
        case .unknown, .expired: throw sessionEnded()
        }
    }

    /// Ends the session that the access token names, or else the one of the cookie. Answers 204 in any case: who is signed out
    /// already has what they wanted.
    @Sendable private func logout(_ call: Call) async throws -> Response {
        try origin.check(call.request)
        if let session = try await session(of: call) {
            try await call.acting(session.actor) {
                try await services.store.revokeSession(id: session.id, at: services.now())
            }
            authenticator.sessions.end(session.id)
            call.logger.info("signed out", metadata: ["sid": "\(session.id)"])
        }
        var response = Reply.nothing()
        response.headers[.setCookie] = cookie.cleared
        return response
    }

    private func session(of call: Call) async throws -> (id: SessionID, actor: AuditActor)? {
        do {
            let caller = try await authenticator.person(of: call)
            return caller.sessionID.map { ($0, caller.actor) }
        } catch is APIError {
            guard let presented = cookie.value(in: call.request),
                let (session, user) = try? await rotate(presented, to: Secret.makeRefreshToken(), call)
            else { return nil }
            return (session.id, authenticator.person(session: session, user: user).actor)
        }
    }

    @Sendable private func profile(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let login = try await services.store.fetchUser(scope: caller.scope, id: caller.userID) else {
            throw APIError.unauthorized("This user is gone.", code: "session_ended")
        }
        return try Reply.json(
            ProfileReply(
                user: UserReply(login.user), company: CompanyReply(login.company),
                permissions: Permission.listed(caller.permissions)))
    }

    private func reply(
        _ user: User, _ company: Company, session: Session, token: String
    ) async throws -> Response {
        var response = try Reply.json(
            SessionReply(
                accessToken: try await authenticator.tokens.sign(user: user, session: session.id),
                expiresIn: authenticator.tokens.expiresIn, user: UserReply(user), company: CompanyReply(company),
                permissions: Permission.listed(PermissionMatrix.permissions(of: user.role))))
        response.headers[.setCookie] = cookie.header(token, lifetime: configuration.refreshTokenLifetime)
        return response
    }

    private func sessionEnded() -> APIError {
        var error = APIError.unauthorized("The session has ended. Sign in again.", code: "session_ended")
        error.headers[.setCookie] = cookie.cleared
        return error
    }

    private var refreshExpiry: Date {
        services.now().addingTimeInterval(configuration.refreshTokenLifetime.timeInterval)
    }
}
