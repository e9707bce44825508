import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// How old the last use of a token must be before the next is written down, in milliseconds.
    private static let useInterval: Int64 = 60_000

    /// See ``AccessStore/fetchUsers(scope:)``.
    public func fetchUsers(scope: CompanyScope) async throws -> [User] {
        try await read("fetch users") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(AccessQueries.users, [company]) { row in
                User(
                    id: try UserID(blob: row[0]), companyID: scope.companyID, email: row[1],
                    role: try Role(stored: row[2]), createdAt: Date(milliseconds: row[3]))
            }
        }
    }

    /// See ``AccessStore/setRole(scope:userID:role:at:)``.
    public func setRole(scope: CompanyScope, userID: UserID, role: Role, at now: Date) async throws -> [SessionID] {
        let log = AuditLog(at: now)
        return try await write("set role") { db in
            let user = try KnownUser(userID, scope, db)
            guard user.role != role else { return [] }
            try user.requireAnotherOwner(db)
            try db.run(AccessQueries.setRole, [role.rawValue, user.row])
            let ended = try user.endSessions(at: now, db)
            try log.append(
                .userRoleChanged, userID.description,
                ["email": user.email, "from": user.role.rawValue, "to": role.rawValue], company: user.company,
                scope.companyID, db)
            return ended
        }
    }

    /// See ``AccessStore/removeUser(scope:userID:at:)``.
    public func removeUser(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionID] {
        let log = AuditLog(at: now)
        return try await write("remove user") { db in
            let user = try KnownUser(userID, scope, db)
            try user.requireAnotherOwner(db)
            let ended = try user.endSessions(at: now, db)
            // Before the user goes, who may be the one who acts.
            try log.append(
                .userRemoved, userID.description, ["email": user.email, "role": user.role.rawValue],
                company: user.company, scope.companyID, db)
            try db.run(AccessQueries.deleteUser, [user.row])
            return ended
        }
    }

    /// See ``AccessStore/fetchSessions(scope:userID:at:)``.
    public func fetchSessions(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionSummary] {
        try await read("fetch sessions") { db in
            guard let user = try? KnownUser(userID, scope, db) else { return [] }
            return try db.rows(AccessQueries.sessions, [user.row, now.milliseconds]) { row in
                SessionSummary(
                    session: Session(
                        id: try SessionID(blob: row[0]), userID: userID, companyID: scope.companyID,
                        createdAt: Date(milliseconds: row[1]), expiresAt: Date(milliseconds: row[2])),
                    address: row[3], lastUsedAt: Date(milliseconds: row[4]))
            }
        }
    }

    /// See ``AccessStore/revokeSession(scope:userID:id:at:)``.
    public func revokeSession(scope: CompanyScope, userID: UserID, id: SessionID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("revoke session") { db in
            guard let user = try? KnownUser(userID, scope, db),
                let isActive = try db.first(AccessQueries.session, [id.blob, user.row], { $0[0] as Bool })
            else { throw StoreError.notFound("session") }
            guard isActive else { return }
            try db.run(AccountQueries.revokeSession, [now.milliseconds, id.blob])
            try log.append(
                .sessionRevoked, id.description, ["user": userID.description], company: user.company, scope.companyID,
                db)
        }
    }

    /// See ``AccessStore/insertAPIToken(scope:userID:token:name:scopes:expiresAt:at:)``.
    public func insertAPIToken(
        scope: CompanyScope, userID: UserID, token: SecretHash, name: String, scopes: [String], expiresAt: Date,
        at now: Date
    ) async throws -> APIToken {
        let made = APIToken(
            id: APITokenID(), userID: userID, name: name, scopes: Set(scopes).sorted(),
            expiresAt: expiresAt.inWholeMilliseconds, revokedAt: nil, createdAt: now.inWholeMilliseconds,
            lastUsedAt: nil)
        let log = AuditLog(at: now)
        return try await write("insert API token") { db in
            let user = try KnownUser(userID, scope, db)
            try db.run(
                AccessQueries.insertToken,
                [
                    made.id.blob, user.company, user.row, token.blob, name, made.scopes.joined(separator: " "),
                    expiresAt.milliseconds, now.milliseconds,
                ])
            try log.append(
                .apiTokenCreated, made.id.description, made.auditDetails, company: user.company, scope.companyID, db)
            return made
        }
    }

    /// See ``AccessStore/fetchAPITokens(scope:)``.
    public func fetchAPITokens(scope: CompanyScope) async throws -> [APIToken] {
        try await read("fetch API tokens") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(AccessQueries.tokens, [company]) { try APIToken(row: $0) }
        }
    }

    /// See ``AccessStore/revokeAPIToken(scope:id:at:)``.
    public func revokeAPIToken(scope: CompanyScope, id: APITokenID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("revoke API token") { db in
            guard let company = try scope.row(db),
                let isActive = try db.first(AccessQueries.token, [id.blob, company], { $0[0] as Bool })
            else { throw StoreError.notFound("API token") }
            guard isActive else { return }
            try db.run(AccessQueries.revokeToken, [now.milliseconds, id.blob, company])
            try log.append(.apiTokenRevoked, id.description, company: company, scope.companyID, db)
        }
    }

    /// See ``AccessStore/useAPIToken(_:at:)``.
    public func useAPIToken(_ token: SecretHash, at now: Date) async throws -> (token: APIToken, user: User)? {
        let found = try await read("fetch API token") { db in
            try db.first(AccessQueries.tokenByHash, [token.blob, now.milliseconds]) { row in
                let token = try APIToken(row: row)
                let user = User(
                    id: token.userID, companyID: try CompanyID(blob: row[12]), email: row[9],
                    role: try Role(stored: row[10]), createdAt: Date(milliseconds: row[11]))
                return (token: token, user: user, row: row[8] as Int64)
            }
        }
        guard let found else { return nil }
        if now.milliseconds - (found.token.lastUsedAt?.milliseconds ?? 0) >= Self.useInterval {
            try await writeUnsynced("note use of API token") { db in
                _ = try db.run(AccessQueries.noteUse, [now.milliseconds, found.row])
            }
        }
        return (found.token, found.user)
    }
}

/// A user that the company has.
struct KnownUser {
    let row: Int64
    let company: Int64
    let email: String
    let role: Role

    /// - Throws: ``StoreError/notFound(_:)``.
    init(_ id: UserID, _ scope: CompanyScope, _ db: Database) throws {
        guard let company = try scope.row(db),
            let found = try db.first(
                AccessQueries.user, [id.blob, company], { ($0[0] as Int64, $0[1] as String, $0[2] as String) })
        else { throw StoreError.notFound("user") }
        (row, email) = (found.0, found.1)
        role = try Role(stored: found.2)
        self.company = company
    }

    /// - Throws: ``StoreError/lastOwner``.
    func requireAnotherOwner(_ db: Database) throws {
        guard role == .owner else { return }
        guard try db.first(AccessQueries.otherOwners, [company, row], { _ in true }) ?? false else {
            throw StoreError.lastOwner
        }
    }

    /// Answers those that were active.
    func endSessions(keeping kept: SessionID? = nil, at now: Date, _ db: Database) throws -> [SessionID] {
        let active = try db.rows(AccessQueries.sessions, [row, now.milliseconds]) { try SessionID(blob: $0[0]) }
        try db.run(AccessQueries.revokeSessions, [now.milliseconds, row, kept?.blob ?? Data()])
        return active.filter { $0 != kept }
    }
}

extension APIToken {
    /// Reads the columns of ``AccessQueries/tokens``.
    fileprivate init(row: Row) throws {
        self.init(
            id: try APITokenID(blob: row[0]), userID: try UserID(blob: row[1]), name: row[2],
            scopes: (row[3] as String).split(separator: " ").map(String.init),
            expiresAt: Date(milliseconds: row[4]), revokedAt: (row[5] as Int64?).map { Date(milliseconds: $0) },
            createdAt: Date(milliseconds: row[6]), lastUsedAt: (row[7] as Int64?).map { Date(milliseconds: $0) })
    }
}
