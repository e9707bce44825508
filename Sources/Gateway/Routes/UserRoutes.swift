import Foundation
import Hummingbird
import Logging
import Stores

/// The people of the company and their sessions.
struct UserRoutes: Sendable {
    let services: GatewayServices
    let authenticator: Authenticator
    let limits: GatewayConfiguration.Limits

    var routes: [Route] {
        [
            .person(.get, "/v1/users", .viewUsers, list),
            .person(.post, "/v1/users", .manageUsers, create),
            .person(.patch, "/v1/users/{id}", .manageUsers, change),
            .person(.delete, "/v1/users/{id}", .manageUsers, remove),
            .person(.get, "/v1/users/{id}/sessions", .viewUsers, sessionsOfUser),
            .person(.delete, "/v1/users/{id}/sessions/{session}", .manageUsers, endSessionOfUser),
            .person(.get, "/v1/sessions", .manageOwnSessions, ownSessions),
            .person(.delete, "/v1/sessions/{id}", .manageOwnSessions, endOwnSession),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        try Reply.json(ListReply(try await services.store.fetchUsers(scope: caller.scope).map(UserReply.init)))
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(UserRequest.self, limit: limits.jsonBody)
        let email = body.email.trimmingCharacters(in: .whitespaces)
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts.contains(""), email.utf8.count <= 254 else {
            throw APIError.invalid("email: not an e-mail address of 3 to 254 bytes")
        }
        try PasswordRoutes.check(body.password)
        try requireRank(of: caller, over: body.role)
        let user = try await services.store.insertUser(
            email: email, passwordHash: try await PasswordHasher.hash(body.password), role: body.role,
            companyID: caller.scope.companyID, at: services.now())
        return try Reply.json(UserReply(user), status: .created)
    }

    @Sendable private func change(_ call: Call, _ caller: Caller) async throws -> Response {
        let user = try await user(call, caller)
        let body = try await call.json(RoleRequest.self, limit: limits.jsonBody)
        try requireRank(of: caller, over: user.role)
        try requireRank(of: caller, over: body.role)
        end(
            try await services.store.setRole(
                scope: caller.scope, userID: user.id, role: body.role, at: services.now()))
        let changed = User(
            id: user.id, companyID: user.companyID, email: user.email, role: body.role, createdAt: user.createdAt)
        return try Reply.json(UserReply(changed))
    }

    @Sendable private func remove(_ call: Call, _ caller: Caller) async throws -> Response {
        let user = try await user(call, caller)
        try requireRank(of: caller, over: user.role)
        end(try await services.store.removeUser(scope: caller.scope, userID: user.id, at: services.now()))
        return Reply.nothing()
    }

    /// Only owners make, change and remove owners; else an admin could become one.
    private func requireRank(of caller: Caller, over role: Role) throws {
        guard role != .owner || caller.role == .owner else { throw APIError.forbidden }
    }

    /// Streams and remembered checks of these sessions end at once on this gateway, and within seconds on others.
    private func end(_ sessions: [SessionID]) {
        for session in sessions { authenticator.sessions.end(session) }
    }

    @Sendable private func sessionsOfUser(_ call: Call, _ caller: Caller) async throws -> Response {
        try await sessions(of: try await user(call, caller).id, caller)
    }

    @Sendable private func ownSessions(_ call: Call, _ caller: Caller) async throws -> Response {
        try await sessions(of: caller.userID, caller)
    }

    private func sessions(of user: UserID, _ caller: Caller) async throws -> Response {
        let sessions = try await services.store.fetchSessions(scope: caller.scope, userID: user, at: services.now())
        return try Reply.json(ListReply(sessions.map { SessionSummaryReply($0, current: caller.sessionID) }))
    }

    @Sendable private func endSessionOfUser(_ call: Call, _ caller: Caller) async throws -> Response {
        let user = try await user(call, caller)
        try requireRank(of: caller, over: user.role)
        return try await endSession(try call.parameter("session"), of: user.id, caller)
    }

    @Sendable private func endOwnSession(_ call: Call, _ caller: Caller) async throws -> Response {
        try await endSession(try call.parameter("id"), of: caller.userID, caller)
    }

    private func endSession(_ text: String, of user: UserID, _ caller: Caller) async throws -> Response {
        guard let id = SessionID(text) else { throw APIError.notFound }
        try await services.store.revokeSession(scope: caller.scope, userID: user, id: id, at: services.now())
        end([id])
        return Reply.nothing()
    }

    private func user(_ call: Call, _ caller: Caller) async throws -> User {
        guard let id = UserID(try call.parameter("id")),
            let login = try await services.store.fetchUser(scope: caller.scope, id: id)
        else { throw APIError.notFound }
        return login.user
    }
}
