import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``AccessStore/setPassword(scope:userID:replacing:with:keeping:at:)``.
    public func setPassword(
        scope: CompanyScope, userID: UserID, replacing old: String, with hash: String, keeping kept: SessionID?,
        at now: Date
    ) async throws -> [SessionID] {
        try await changeUser("set password", scope, userID, at: now) { transaction, log, user, company in
            let stored = try await transaction.query(AccessQueries.passwordHash(userID, company: company))
            guard try stored.first?.get(0, as: String.self) == old else { throw StoreError.decided("password") }
            try await transaction.query(AccessQueries.deleteReset(userID, nil, company: company))
            return try await Self.give(
                user, hash, .passwordChanged, keeping: kept, log, company, scope, at: now, transaction)
        }
    }

    /// See ``AccessStore/insertPasswordReset(scope:userID:token:expiresAt:at:)``.
    public func insertPasswordReset(
        scope: CompanyScope, userID: UserID, token: SecretHash, expiresAt: Date, at now: Date
    ) async throws {
        _ = try await changeUser("insert password reset", scope, userID, at: now) { transaction, log, user, company in
            try await transaction.query(
                AccessQueries.insertReset(userID, token, company: company, expiresAt: expiresAt.inWholeMilliseconds))
            try await log.append(
                .passwordResetIssued, userID.description, ["email": user.email], company: company, scope.companyID,
                transaction)
            return []
        }
    }

    /// See ``AccessStore/usePasswordReset(_:passwordHash:at:)``.
    public func usePasswordReset(_ token: SecretHash, passwordHash: String, at now: Date) async throws
        -> [SessionID]?
    {
        let found = try await Self.classifyingErrors("find password reset") {
            try await self.run(
                [.presented(token.hex)], AccessQueries.reset(token, at: now.inWholeMilliseconds), isRepeatable: true)
        }.first
        guard let found else { return nil }
        let scope = CompanyScope(companyID: try await company(try found.get(0, as: Int32.self)).id)
        do {
            return try await changeUser(
                "use password reset", scope, UserID(uuid: try found.get(1)), at: now
            ) { transaction, log, user, company in
                let used = try await transaction.query(AccessQueries.deleteReset(user.id, token, company: company))
                guard used.affectedRows == 1 else { throw StoreError.notFound("password reset") }
                return try await Self.give(
                    user, passwordHash, .passwordReset, keeping: nil, log, company, scope, at: now, transaction)
            }
        } catch StoreError.notFound {
            return nil
        }
    }

    private static func give(
        _ user: User, _ hash: String, _ action: AuditAction, keeping kept: SessionID?, _ log: AuditLog,
        _ company: Int32, _ scope: CompanyScope, at now: Date, _ transaction: PostgresTransaction
    ) async throws -> [SessionID] {
        try await transaction.query(AccessQueries.setPassword(user.id, hash, company: company))
        let ended = try await endSessions(user, company, keeping: kept, at: now, transaction)
        try await log.append(
            action, user.id.description, ["email": user.email], company: company, scope.companyID, transaction)
        return ended
    }
}
