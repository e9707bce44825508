import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// Sessions are kept for a month after they expired, so that a late second use of a token is still noticed as one.
    private static let keptAfterExpiry: TimeInterval = 30 * 86_400

    /// See ``UserStore/insertUser(email:passwordHash:role:companyID:at:)``; throws ``StoreError/alreadyExists(_:)`` or, when there is no
    /// such company, ``StoreError/notFound(_:)``.
    public func insertUser(email: String, passwordHash: String, role: Role, companyID: CompanyID, at now: Date)
        async throws -> User
    {
        let user = User(
            id: UserID(), companyID: companyID, email: email.storable, role: role, createdAt: now.inWholeMilliseconds)
        let company = try await existingRow(CompanyScope(companyID: companyID))
        let log = AuditLog(at: now)
        return try await write("insert user", company: company) { transaction in
            let inserted = try await transaction.query(
                UserQueries.insert(user, company: company, passwordHash: passwordHash))
            guard inserted.affectedRows == 1 else { throw StoreError.alreadyExists("user") }
            try await log.append(
                .userCreated, user.id.description, ["email": user.email, "role": role.rawValue], company: company,
                companyID, transaction)
            return user
        }
    }

    /// See ``UserStore/fetchLogin(email:)``.
    public func fetchLogin(email: String) async throws -> UserLogin? {
        let key = email.lowercased().storable
        return try await login("fetch login", [.presented(key)], UserQueries.byEmail(key))
    }

    /// See ``UserStore/fetchUser(scope:id:)``.
    public func fetchUser(scope: CompanyScope, id: UserID) async throws -> UserLogin? {
        guard let company = try await row(scope) else { return nil }
        return try await login("fetch user", [.company(company)], UserQueries.byID(id, company: company))
    }

    private func login(_ operation: String, _ before: [PostgresStatement], _ statement: PostgresStatement) async throws
        -> UserLogin?
    {
        try await Self.classifyingErrors(operation) {
            guard let row = try await self.run(before, statement, isRepeatable: true).first else { return nil }
            let company = try await self.company(try row.get(0))
            return try UserLogin(row, company)
        }
    }

    /// See ``UserStore/insertSession(userID:refreshToken:expiresAt:at:)``; throws ``StoreError/notFound(_:)`` when there is no such user.
    public func insertSession(userID: UserID, refreshToken: SecretHash, expiresAt: Date, at now: Date)
        async throws -> Session
    {
        guard let login = try await login("insert session", [.presented(userID.description)], UserQueries.byID(userID))
        else { throw StoreError.notFound("user") }
        let company = try await existingRow(CompanyScope(companyID: login.company.id))
        let session = Session(
            id: SessionID(), userID: userID, companyID: login.company.id, createdAt: now.inWholeMilliseconds,
            expiresAt: expiresAt.inWholeMilliseconds)
        let (log, address) = (AuditLog(at: now), AuditContext.current.address)
        return try await write("insert session", company: company) { transaction in
            try await transaction.run([
                UserQueries.deleteSessions(
                    company: company, expiredBefore: now.addingTimeInterval(-Self.keptAfterExpiry)),
                UserQueries.insertSession(session, from: address, company: company),
                UserQueries.insertToken(
                    refreshToken, session: session.id, company: company, expiresAt: session.expiresAt),
            ])
            try await log.append(
                .sessionBegun, session.id.description,
                by: AuditActor(.person, id: userID.description, name: login.user.email), company: company,
                login.company.id, transaction)
            return session
        }
    }

    /// See ``UserStore/rotateRefreshToken(_:to:expiresAt:at:)``.
    public func rotateRefreshToken(
        _ presented: SecretHash, to replacement: SecretHash, expiresAt: Date, at now: Date
    ) async throws -> RefreshOutcome {
        let expiresAt = expiresAt.inWholeMilliseconds
        let log = AuditLog(at: now)
        let rotated = try await write("rotate refresh token") { transaction -> Rotation in
            let found = try await transaction.run([.presented(presented.hex), UserQueries.lockToken(presented)])[1]
            guard let row = found.first else { return .refused(.unknown) }
            let token = try StoredToken(row)
            let held = try await transaction.run([.company(token.company), UserQueries.lockSession(token.session)])[1]
            guard let session = try held.first.map({ try StoredSession($0) }), !session.isRevoked else {
                return .refused(.unknown)
            }
            if token.isUsed {
                try await transaction.query(UserQueries.revokeSession(token.session, at: now))
                try await log.append(
                    .sessionReused, token.session.description, ["user": session.user.description],
                    company: token.company, try await self.company(token.company).id, transaction)
                return .refused(.reused(token.session))
            }
            guard token.expiresAt > now.inWholeMilliseconds else { return .refused(.expired) }
            let results = try await transaction.run([
                UserQueries.useToken(presented, at: now),
                UserQueries.insertToken(
                    replacement, session: token.session, company: token.company, expiresAt: expiresAt),
                UserQueries.extendSession(token.session, to: expiresAt, at: now.inWholeMilliseconds),
                UserQueries.byID(session.user, company: token.company),
            ])
            guard let user = results[3].first else { return .refused(.unknown) }
            return .rotated(token, session, user)
        }
        switch rotated {
        case .refused(let outcome): return outcome
        case .rotated(let token, let session, let row):
            let company = try await company(token.company)
            let user = try UserLogin(row, company).user
            return .rotated(
                Session(
                    id: token.session, userID: user.id, companyID: company.id, createdAt: session.createdAt,
                    expiresAt: expiresAt), user)
        }
    }

    /// How a rotation ended in the database.
    private enum Rotation: Sendable {
        case refused(RefreshOutcome)
        case rotated(StoredToken, StoredSession, PostgresRow)
    }

    /// See ``UserStore/revokeSession(id:at:)``.
    public func revokeSession(id: SessionID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("revoke session") { transaction in
            let revoked = try await transaction.run([
                .presented(id.description), UserQueries.revokeSession(id, at: now),
            ])[1]
            guard let row = revoked.first else { return }
            let (company, user) = (try row.get(0, as: Int32.self), UserID(uuid: try row.get(1)))
            try await transaction.query(.company(company))
            try await log.append(
                .sessionEnded, id.description, ["user": user.description], company: company,
                try await self.company(company).id, transaction)
        }
    }

    /// See ``UserStore/isSessionActive(id:at:)``.
    public func isSessionActive(id: SessionID, at now: Date) async throws -> Bool {
        try await Self.classifyingErrors("check session") {
            try await self.run(
                [.presented(id.description)], UserQueries.sessionIsActive(id, at: now.inWholeMilliseconds),
                isRepeatable: true
            ).value()
        }
    }
}

/// A refresh token as ``UserQueries/lockToken(_:)`` reads it.
private struct StoredToken: Sendable {
    let company: Int32
    let session: SessionID
    let expiresAt: Date
    let isUsed: Bool

    init(_ row: PostgresRow) throws {
        company = try row.get(0)
        session = SessionID(uuid: try row.get(1))
        expiresAt = try row.get(2)
        isUsed = try row.get(3)
    }
}

/// A session as ``UserQueries/lockSession(_:)`` reads it.
private struct StoredSession: Sendable {
    let user: UserID
    let createdAt: Date
    let isRevoked: Bool

    init(_ row: PostgresRow) throws {
        user = UserID(uuid: try row.get(0))
        createdAt = try row.get(1)
        isRevoked = try row.get(2)
    }
}

extension UserLogin {
    /// Reads id, email, role, created_at and password_hash from the second column on.
    fileprivate init(_ row: PostgresRow, _ company: Company) throws {
        self.init(
            user: User(
                id: UserID(uuid: try row.get(1)), companyID: company.id, email: try row.get(2),
                role: try Role(stored: try row.get(3)),
                createdAt: try row.get(4)),
            company: company, passwordHash: try row.get(5))
    }
}
