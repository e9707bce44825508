import Foundation
import GRDB
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``AccessStore/setPassword(scope:userID:replacing:with:keeping:at:)``.
    public func setPassword(
        scope: CompanyScope, userID: UserID, replacing old: String, with hash: String, keeping kept: SessionID?,
        at now: Date
    ) async throws -> [SessionID] {
        let log = AuditLog(at: now)
        return try await write("set password") { db in
            let user = try KnownUser(userID, scope, db)
            let stored = try db.first(AccessQueries.passwordHash, [user.row]) { $0[0] as String }
            guard stored == old else { throw StoreError.decided("password") }
            return try Self.give(user, userID, scope, hash, .passwordChanged, keeping: kept, log, at: now, db)
        }
    }

    /// See ``AccessStore/insertPasswordReset(scope:userID:token:expiresAt:at:)``.
    public func insertPasswordReset(
        scope: CompanyScope, userID: UserID, token: SecretHash, expiresAt: Date, at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        try await write("insert password reset") { db in
            let user = try KnownUser(userID, scope, db)
            try db.run(AccessQueries.insertReset, [user.row, token.blob, expiresAt.milliseconds])
            try log.append(
                .passwordResetIssued, userID.description, ["email": user.email], company: user.company,
                scope.companyID, db)
        }
    }

    /// See ``AccessStore/usePasswordReset(_:passwordHash:at:)``.
    public func usePasswordReset(_ token: SecretHash, passwordHash: String, at now: Date) async throws
        -> [SessionID]?
    {
        let log = AuditLog(at: now)
        return try await write("use password reset") { db in
            let found = try db.first(AccessQueries.reset, [token.blob, now.milliseconds]) { row in
                (user: try UserID(blob: row[0]), scope: CompanyScope(companyID: try CompanyID(blob: row[1])))
            }
            guard let found else { return nil }
            let user = try KnownUser(found.user, found.scope, db)
            return try Self.give(
                user, found.user, found.scope, passwordHash, .passwordReset, keeping: nil, log, at: now, db)
        }
    }

    private static func give(
        _ user: KnownUser, _ id: UserID, _ scope: CompanyScope, _ hash: String, _ action: AuditAction,
        keeping kept: SessionID?, _ log: AuditLog, at now: Date, _ db: Database
    ) throws -> [SessionID] {
        try db.run(AccessQueries.setPassword, [hash, user.row])
        try db.run(AccessQueries.deleteReset, [user.row])
        let ended = try user.endSessions(keeping: kept, at: now, db)
        try log.append(
            action, id.description, ["email": user.email], company: user.company, scope.companyID, db)
        return ended
    }
}
