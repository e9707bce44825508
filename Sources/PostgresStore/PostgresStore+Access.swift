import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// How old the last use of a token must be before the next is written down.
    private static let useInterval: TimeInterval = 60

    /// See ``AccessStore/fetchUsers(scope:)``.
    public func fetchUsers(scope: CompanyScope) async throws -> [User] {
        guard let company = try await row(scope) else { return [] }
        return try await read("fetch users", company: company, AccessQueries.users(company: company)).map {
            try User($0, scope.companyID)
        }
    }

    /// See ``AccessStore/setRole(scope:userID:role:at:)``.
    public func setRole(scope: CompanyScope, userID: UserID, role: Role, at now: Date) async throws -> [SessionID] {
        try await changeUser("set role", scope, userID, at: now) { transaction, log, user, company in
            guard user.role != role else { return [] }
            try await Self.requireAnotherOwner(user, company, transaction)
            let ended = try await Self.endSessions(user, company, at: now, transaction)
            try await transaction.query(AccessQueries.setRole(userID, role))
            try await log.append(
                .userRoleChanged, userID.description,
                ["email": user.email, "from": user.role.rawValue, "to": role.rawValue], company: company,
                scope.companyID, transaction)
            return ended
        }
    }

    /// See ``AccessStore/removeUser(scope:userID:at:)``.
    public func removeUser(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionID] {
        try await changeUser("remove user", scope, userID, at: now) { transaction, log, user, company in
            try await Self.requireAnotherOwner(user, company, transaction)
            let ended = try await Self.endSessions(user, company, at: now, transaction)
            // Before the user goes, who may be the one who acts.
            try await log.append(
                .userRemoved, userID.description, ["email": user.email, "role": user.role.rawValue], company: company,
                scope.companyID, transaction)
            try await transaction.query(AccessQueries.deleteUser(userID))
            return ended
        }
    }

    /// Changes a user while nobody else changes the company's.
    func changeUser(
        _ operation: String, _ scope: CompanyScope, _ id: UserID, at now: Date,
        _ body: @escaping @Sendable (PostgresTransaction, AuditLog, User, Int32) async throws -> [SessionID]
    ) async throws -> [SessionID] {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("user") }
        return try await write(operation, company: company) { transaction in
            let results = try await transaction.run([
                Lock.company(company), AccessQueries.lockUser(id, company: company),
            ])
            guard let row = results[1].first else { throw StoreError.notFound("user") }
            return try await body(transaction, log, try User(row, scope.companyID), company)
        }
    }

    private static func requireAnotherOwner(
        _ user: User, _ company: Int32, _ transaction: PostgresTransaction
    ) async throws {
        guard user.role == .owner else { return }
        let has = try await transaction.query(AccessQueries.hasOtherOwner(user.id, company: company))
        guard try has.value(as: Bool.self) else { throw StoreError.lastOwner }
    }

    /// Answers those that were active.
    static func endSessions(
        _ user: User, _ company: Int32, keeping kept: SessionID? = nil, at now: Date,
        _ transaction: PostgresTransaction
    ) async throws -> [SessionID] {
        let now = now.inWholeMilliseconds
        let results = try await transaction.run([
            AccessQueries.sessions(user.id, company: company, at: now),
            AccessQueries.revokeSessions(user.id, company: company, keeping: kept, at: now),
        ])
        return try results[0].map { SessionID(uuid: try $0.get(0)) }.filter { $0 != kept }
    }

    /// See ``AccessStore/fetchSessions(scope:userID:at:)``.
    public func fetchSessions(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionSummary] {
        guard let company = try await row(scope) else { return [] }
        let result = try await read(
            "fetch sessions", company: company,
            AccessQueries.sessions(userID, company: company, at: now.inWholeMilliseconds))
        return try result.map { row in
            SessionSummary(
                session: Session(
                    id: SessionID(uuid: try row.get(0)), userID: userID, companyID: scope.companyID,
                    createdAt: try row.get(1), expiresAt: try row.get(2)),
                address: try row.get(3), lastUsedAt: try row.get(4))
        }
    }

    /// See ``AccessStore/revokeSession(scope:userID:id:at:)``.
    public func revokeSession(scope: CompanyScope, userID: UserID, id: SessionID, at now: Date) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("session") }
        try await write("revoke session", company: company) { transaction in
            let held = try await transaction.query(AccessQueries.lockSession(id, userID, company: company))
            guard let row = held.first else { throw StoreError.notFound("session") }
            guard try row.get(0, as: Bool.self) else { return }
            try await transaction.query(UserQueries.revokeSession(id, at: now))
            try await log.append(
                .sessionRevoked, id.description, ["user": userID.description], company: company, scope.companyID,
                transaction)
        }
    }

    /// See ``AccessStore/insertAPIToken(scope:userID:token:name:scopes:expiresAt:at:)``.
    public func insertAPIToken(
        scope: CompanyScope, userID: UserID, token: SecretHash, name: String, scopes: [String], expiresAt: Date,
        at now: Date
    ) async throws -> APIToken {
        let made = APIToken(
            id: APITokenID(), userID: userID, name: name.storable, scopes: Set(scopes).sorted(),
            expiresAt: expiresAt.inWholeMilliseconds, revokedAt: nil, createdAt: now.inWholeMilliseconds,
            lastUsedAt: nil)
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("user") }
        return try await write("insert API token", company: company) { transaction in
            let held = try await transaction.query(AccessQueries.lockUser(userID, company: company))
            guard held.first != nil else { throw StoreError.notFound("user") }
            try await transaction.query(AccessQueries.insertToken(made, hash: token, company: company))
            try await log.append(
                .apiTokenCreated, made.id.description, made.auditDetails, company: company, scope.companyID, transaction
            )
            return made
        }
    }

    /// See ``AccessStore/fetchAPITokens(scope:)``.
    public func fetchAPITokens(scope: CompanyScope) async throws -> [APIToken] {
        guard let company = try await row(scope) else { return [] }
        return try await read("fetch API tokens", company: company, AccessQueries.tokens(company: company)).map {
            try APIToken($0)
        }
    }

    /// See ``AccessStore/revokeAPIToken(scope:id:at:)``.
    public func revokeAPIToken(scope: CompanyScope, id: APITokenID, at now: Date) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("API token") }
        try await write("revoke API token", company: company) { transaction in
            let held = try await transaction.query(AccessQueries.lockToken(id, company: company))
            guard let row = held.first else { throw StoreError.notFound("API token") }
            guard try row.get(0, as: Bool.self) else { return }
            try await transaction.query(
                AccessQueries.revokeToken(id, company: company, at: now.inWholeMilliseconds))
            try await log.append(.apiTokenRevoked, id.description, company: company, scope.companyID, transaction)
        }
    }

    /// See ``AccessStore/useAPIToken(_:at:)``.
    public func useAPIToken(_ token: SecretHash, at now: Date) async throws -> (token: APIToken, user: User)? {
        let now = now.inWholeMilliseconds
        return try await Self.classifyingErrors("use API token") { () async throws -> (token: APIToken, user: User)? in
            let found = try await self.run(
                [.presented(token.hex)], AccessQueries.token(token, at: now), isRepeatable: true)
            guard let row = found.first else { return nil }
            let (known, company) = (try APIToken(row), try row.get(8, as: Int32.self))
            let scope = CompanyScope(companyID: try await self.company(company).id)
            guard let login = try await self.fetchUser(scope: scope, id: known.userID) else { return nil }
            if now.timeIntervalSince(known.lastUsedAt ?? .distantPast) >= Self.useInterval {
                _ = try await self.run(
                    [.company(company)], AccessQueries.noteUse(known.id, company: company, at: now), isRepeatable: true)
            }
            return (known, login.user)
        }
    }
}

extension User {
    /// Reads id, email, role and created_at.
    fileprivate init(_ row: PostgresRow, _ company: CompanyID) throws {
        self.init(
            id: UserID(uuid: try row.get(0)), companyID: company, email: try row.get(1),
            role: try Role(stored: try row.get(2)), createdAt: try row.get(3))
    }
}

extension APIToken {
    /// Reads the columns of ``AccessQueries/tokens(company:)``.
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: APITokenID(uuid: try row.get(0)), userID: UserID(uuid: try row.get(1)), name: try row.get(2),
            scopes: try row.get(3, as: String.self).split(separator: " ").map(String.init), expiresAt: try row.get(4),
            revokedAt: try row.get(5), createdAt: try row.get(6), lastUsedAt: try row.get(7))
    }
}
