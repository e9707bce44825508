import Foundation
import GRDB
@_spi(Minting) import Stores

extension SQLiteStore {
    /// Sessions are kept for a month after they expired, so that a late second use of a token is still noticed as one.
    private static let keptAfterExpiry: TimeInterval = 30 * 86_400

    /// See ``UserStore/insertUser(email:passwordHash:role:companyID:at:)``; throws ``StoreError/alreadyExists(_:)`` or, when there is no
    /// such company, ``StoreError/notFound(_:)``.
    public func insertUser(email: String, passwordHash: String, role: Role, companyID: CompanyID, at now: Date)
        async throws -> User
    {
        let user = User(
            id: UserID(), companyID: companyID, email: email, role: role,
            createdAt: Date(milliseconds: now.milliseconds))
        let log = AuditLog(at: now)
        return try await write("insert user") { db in
            let company = try CompanyScope(companyID: companyID).existingRow(db)
            let inserted = try db.run(
                AccountQueries.insertUser,
                [
                    "uuid": user.id.blob, "company": company, "email": email, "key": email.lowercased(),
                    "hash": passwordHash, "role": role.rawValue, "now": now.milliseconds,
                ])
            guard inserted == 1 else { throw StoreError.alreadyExists("user") }
            try log.append(
                .userCreated, user.id.description, ["email": email, "role": role.rawValue], company: company, companyID,
                db)
            return user
        }
    }

    /// See ``UserStore/fetchLogin(email:)``.
    public func fetchLogin(email: String) async throws -> UserLogin? {
        try await read("fetch login") { db in
            try db.first(AccountQueries.loginByEmail, [email.lowercased()]) { try UserLogin(row: $0) }
        }
    }

    /// See ``UserStore/fetchUser(scope:id:)``.
    public func fetchUser(scope: CompanyScope, id: UserID) async throws -> UserLogin? {
        try await read("fetch user") { db in
            try db.first(AccountQueries.loginByID, [id.blob, scope.companyID.blob]) { try UserLogin(row: $0) }
        }
    }

    /// See ``UserStore/insertSession(userID:refreshToken:expiresAt:at:)``; throws ``StoreError/notFound(_:)`` when there is no such user.
    public func insertSession(userID: UserID, refreshToken: SecretHash, expiresAt: Date, at now: Date)
        async throws -> Session
    {
        let (log, address) = (AuditLog(at: now), AuditContext.current.address)
        return try await write("insert session") { db in
            let known = try db.first(AccountQueries.userRow, [userID.blob]) { row in
                (
                    row: row[0] as Int64, company: try CompanyID(blob: row[1]), companyRow: row[2] as Int64,
                    email: row[3] as String
                )
            }
            guard let known else { throw StoreError.notFound("user") }
            try db.run(
                AccountQueries.deleteSessionsExpiredBefore,
                [now.addingTimeInterval(-Self.keptAfterExpiry).milliseconds])
            let id = SessionID()
            let row = try db.insert(
                AccountQueries.insertSession,
                [
                    id.blob, known.row, now.milliseconds, expiresAt.milliseconds, address, now.milliseconds,
                ])
            try db.run(AccountQueries.insertRefreshToken, [refreshToken.blob, row, expiresAt.milliseconds])
            try log.append(
                .sessionBegun, id.description, by: AuditActor(.person, id: userID.description, name: known.email),
                company: known.companyRow, known.company, db)
            return Session(
                id: id, userID: userID, companyID: known.company,
                createdAt: Date(milliseconds: now.milliseconds),
                expiresAt: Date(milliseconds: expiresAt.milliseconds))
        }
    }

    /// See ``UserStore/rotateRefreshToken(_:to:expiresAt:at:)``.
    public func rotateRefreshToken(
        _ presented: SecretHash, to replacement: SecretHash, expiresAt: Date, at now: Date
    ) async throws -> RefreshOutcome {
        let log = AuditLog(at: now)
        return try await write("rotate refresh token") { db in
            guard let token = try db.first(AccountQueries.refreshToken, [presented.blob], { try StoredToken(row: $0) }),
                !token.isRevoked
            else { return .unknown }
            if token.isUsed {
                try Self.revoke(token.sessionID, .sessionReused, log, at: now, db)
                return .reused(token.sessionID)
            }
            guard token.expiresAt > now.milliseconds else { return .expired }
            try db.run(AccountQueries.useRefreshToken, [now.milliseconds, presented.blob])
            try db.run(
                AccountQueries.insertRefreshToken, [replacement.blob, token.sessionRow, expiresAt.milliseconds])
            try db.run(AccountQueries.extendSession, [expiresAt.milliseconds, now.milliseconds, token.sessionRow])
            guard let login = try db.first(AccountQueries.loginByRow, [token.userRow], { try UserLogin(row: $0) })
            else { return .unknown }
            return .rotated(token.session(of: login.user, expiresAt: expiresAt), login.user)
        }
    }

    /// See ``UserStore/revokeSession(id:at:)``.
    public func revokeSession(id: SessionID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("revoke session") { db in try Self.revoke(id, .sessionEnded, log, at: now, db) }
    }

    /// Says so in the log when it was active.
    private static func revoke(_ id: SessionID, _ action: AuditAction, _ log: AuditLog, at now: Date, _ db: Database)
        throws
    {
        guard try db.run(AccountQueries.revokeSession, [now.milliseconds, id.blob]) == 1 else { return }
        let owner = try db.first(AccountQueries.companyOfSession, [id.blob]) { row in
            (row: row[0] as Int64, company: try CompanyID(blob: row[1]), user: try UserID(blob: row[2]))
        }
        guard let owner else { return }
        try log.append(action, id.description, ["user": owner.user.description], company: owner.row, owner.company, db)
    }

    /// See ``UserStore/isSessionActive(id:at:)``.
    public func isSessionActive(id: SessionID, at now: Date) async throws -> Bool {
        try await read("check session") { db in
            try db.first(AccountQueries.sessionIsActive, [id.blob, now.milliseconds]) { _ in true } ?? false
        }
    }
}

/// A refresh token with its session, as ``AccountQueries/refreshToken`` reads it.
private struct StoredToken {
    let isUsed: Bool
    let expiresAt: Int64
    let sessionRow: Int64
    let sessionID: SessionID
    let userRow: Int64
    let createdAt: Date
    let isRevoked: Bool

    init(row: Row) throws {
        isUsed = row[0] as Int64? != nil
        expiresAt = row[1]
        sessionRow = row[2]
        sessionID = try SessionID(blob: row[3])
        userRow = row[4]
        createdAt = Date(milliseconds: row[5])
        isRevoked = row[6] as Int64? != nil
    }

    func session(of user: User, expiresAt: Date) -> Session {
        Session(
            id: sessionID, userID: user.id, companyID: user.companyID, createdAt: createdAt,
            expiresAt: Date(milliseconds: expiresAt.milliseconds))
    }
}

extension UserLogin {
    fileprivate init(row: Row) throws {
        let company = try Company(row: row, at: 5)
        self.init(
            user: User(
                id: try UserID(blob: row[0]), companyID: company.id, email: row[1], role: try Role(stored: row[2]),
                createdAt: Date(milliseconds: row[3])),
            company: company, passwordHash: row[4])
    }
}
