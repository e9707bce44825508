import Foundation
import Stores

/// Body that makes a user.
struct UserRequest: Decodable {
    let email: String
    let role: Role
    let password: String
}

/// Body that changes a user.
struct RoleRequest: Decodable {
    let role: Role
}

/// Body that changes the own password.
struct PasswordRequest: Decodable {
    let oldPassword: String
    let newPassword: String

    private enum CodingKeys: String, CodingKey {
        case oldPassword = "old_password"
        case newPassword = "new_password"
    }
}

/// Body that gives somebody a password with a token that was made for it.
struct PasswordResetRequest: Decodable {
    let token: String
    let password: String
}

/// A token that gives somebody a password, shown this once.
struct PasswordResetReply: Encodable {
    let token: String
    let expiresAt: Date

    private enum CodingKeys: String, CodingKey {
        case token
        case expiresAt = "expires_at"
    }
}

/// What becomes of machines that enroll again.
struct EnrollmentPolicyBody: Codable {
    let reenrollment: ReenrollmentPolicy
}

/// A session in a list.
struct SessionSummaryReply: Encodable {
    let id: SessionID
    let createdAt: Date
    let lastUsedAt: Date
    let expiresAt: Date
    let address: OrNull<String>
    /// Whether it is the one that asks.
    let isCurrent: Bool

    private enum CodingKeys: String, CodingKey {
        case id, address
        case createdAt = "created_at"
        case lastUsedAt = "last_used_at"
        case expiresAt = "expires_at"
        case isCurrent = "current"
    }

    init(_ summary: SessionSummary, current: SessionID?) {
        id = summary.session.id
        createdAt = summary.session.createdAt
        lastUsedAt = summary.lastUsedAt
        expiresAt = summary.session.expiresAt
        address = OrNull(summary.address)
        isCurrent = summary.session.id == current
    }
}

/// Body that makes an API token.
struct APITokenRequest: Decodable {
    let name: String
    let scopes: [String]
    /// Seconds.
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresIn = "expires_in"
    }
}

/// An API token; the secret itself is in the reply that makes it and never again.
struct APITokenReply: Encodable {
    let id: APITokenID
    let userID: UserID
    let name: String
    let scopes: [String]
    let expiresAt: Date
    let revokedAt: OrNull<Date>
    let createdAt: Date
    let lastUsedAt: OrNull<Date>
    let token: OrNull<String>

    private enum CodingKeys: String, CodingKey {
        case id, name, scopes, token
        case userID = "user_id"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case createdAt = "created_at"
        case lastUsedAt = "last_used_at"
    }

    init(_ token: APIToken, secret: String? = nil) {
        id = token.id
        userID = token.userID
        name = token.name
        scopes = token.scopes
        expiresAt = token.expiresAt
        revokedAt = OrNull(token.revokedAt)
        createdAt = token.createdAt
        lastUsedAt = OrNull(token.lastUsedAt)
        self.token = OrNull(secret)
    }
}
