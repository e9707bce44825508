import Foundation

/// Names an API token; the token itself is never stored.
public typealias APITokenID = Identifier<APIToken>

/// A token with which a program acts for a person, within scopes.
public struct APIToken: Sendable, Hashable {
    /// Names it for good.
    public let id: APITokenID
    /// Who made it. It can never do more than this person may at the moment, and ends with the person.
    public let userID: UserID
    /// What it is for, in words of who made it.
    public let name: String
    /// What it may do, in words of the gateway; opaque to the store. At least one, none twice, in ascending order.
    public let scopes: [String]
    /// When it stops working.
    public let expiresAt: Date
    /// When it was revoked; `nil` while it was not.
    public let revokedAt: Date?
    /// When it was made.
    public let createdAt: Date
    /// When it was used last, to about a minute; `nil` before the first time.
    public let lastUsedAt: Date?

    /// Makes one from its parts.
    public init(
        id: APITokenID, userID: UserID, name: String, scopes: [String], expiresAt: Date, revokedAt: Date?,
        createdAt: Date, lastUsedAt: Date?
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// A session as its user sees it in a list.
public struct SessionSummary: Sendable, Hashable {
    /// The session; its `expiresAt` lies ahead.
    public let session: Session
    /// Where it was begun; `nil` for sessions older than this was kept.
    public let address: String?
    /// When it was begun or prolonged last.
    public let lastUsedAt: Date

    /// Makes one from its parts.
    public init(session: Session, address: String?, lastUsedAt: Date) {
        self.session = session
        self.address = address
        self.lastUsedAt = lastUsedAt
    }
}

/// The people of a company and what stands for them: sessions and API tokens.
public protocol AccessStore: Sendable {
    /// All of the company, by e-mail.
    func fetchUsers(scope: CompanyScope) async throws -> [User]
    /// Gives a user another role and ends the user's sessions, which were begun with the one before.
    /// - Returns: The sessions that ended.
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/lastOwner`` rather than leave the company without an owner. Also the next.
    func setRole(scope: CompanyScope, userID: UserID, role: Role, at now: Date) async throws -> [SessionID]
    /// Removes a user with all sessions and API tokens.
    /// - Returns: The sessions that ended.
    func removeUser(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionID]

    /// Gives a user another password, makes an unused ``insertPasswordReset(scope:userID:token:expiresAt:at:)`` void and ends the user's
    /// sessions.
    ///
    /// - Parameters:
    ///   - old: The hash of the password that was known to whoever changes it.
    ///   - kept: The session that goes on.
    /// - Returns: The sessions that ended.
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/decided(_:)`` when the password is another one by now.
    func setPassword(
        scope: CompanyScope, userID: UserID, replacing old: String, with hash: String, keeping kept: SessionID?,
        at now: Date
    ) async throws -> [SessionID]
    /// Lets whoever has the token give the user a password, once. A token from before is void.
    /// - Throws: ``StoreError/notFound(_:)``.
    func insertPasswordReset(
        scope: CompanyScope, userID: UserID, token: SecretHash, expiresAt: Date, at now: Date
    ) async throws
    /// Uses such a token: the user has this password, and all sessions end. Before authentication, hence without scope.
    ///
    /// - Returns: The sessions that ended; `nil` when there is no such token, or it was used or has expired.
    func usePasswordReset(_ token: SecretHash, passwordHash: String, at now: Date) async throws -> [SessionID]?

    /// Sessions of a user that are active, newest first.
    func fetchSessions(scope: CompanyScope, userID: UserID, at now: Date) async throws -> [SessionSummary]
    /// Ends a session of this user. Idempotent.
    /// - Throws: ``StoreError/notFound(_:)``.
    func revokeSession(scope: CompanyScope, userID: UserID, id: SessionID, at now: Date) async throws

    /// - Throws: ``StoreError/notFound(_:)`` when the company has no such user.
    func insertAPIToken(
        scope: CompanyScope, userID: UserID, token: SecretHash, name: String, scopes: [String], expiresAt: Date,
        at now: Date
    ) async throws -> APIToken
    /// All of the company, newest first.
    func fetchAPITokens(scope: CompanyScope) async throws -> [APIToken]
    /// Idempotent; unknown ids throw ``StoreError/notFound(_:)``.
    func revokeAPIToken(scope: CompanyScope, id: APITokenID, at now: Date) async throws
    /// The token and its user; `nil` when there is no such token, or it was revoked or has expired. Before authentication, hence without
    /// scope. Notes the use when the last one noted is a minute ago.
    func useAPIToken(_ token: SecretHash, at now: Date) async throws -> (token: APIToken, user: User)?
}
