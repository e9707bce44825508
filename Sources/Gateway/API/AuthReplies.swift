import Foundation
import Stores

/// Body of a sign-in.
struct LoginRequest: Decodable {
    let email: String
    let password: String
}

/// A signed-in person.
struct UserReply: Encodable {
    let id: UserID
    let email: String
    let role: Role

    init(_ user: User) {
        id = user.id
        email = user.email
        role = user.role
    }
}

/// The person's company.
struct CompanyReply: Encodable {
    let id: CompanyID
    let name: String

    init(_ company: Company) {
        id = company.id
        name = company.name
    }
}

/// Who one is signed in as.
struct ProfileReply: Encodable {
    let user: UserReply
    let company: CompanyReply
    /// What the caller may do.
    let permissions: [Permission]
}

/// A session begun or prolonged; the refresh token travels in a cookie beside it.
struct SessionReply: Encodable {
    let accessToken: String
    let tokenType = "Bearer"
    /// Seconds.
    let expiresIn: Int
    let user: UserReply
    let company: CompanyReply
    /// What the user may do.
    let permissions: [Permission]

    private enum CodingKeys: String, CodingKey {
        case user, company, permissions
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }
}

/// Body that makes an enrollment token.
struct EnrollmentTokenRequest: Decodable {
    let label: String
    let maximumUses: Int
    /// Seconds.
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case label
        case maximumUses = "maximum_uses"
        case expiresIn = "expires_in"
    }
}

/// An enrollment token; the secret itself is in the reply that makes it and never again.
struct EnrollmentTokenReply: Encodable {
    let id: EnrollmentTokenID
    let label: String
    let maximumUses: Int
    let uses: Int
    let expiresAt: Date
    let revokedAt: OrNull<Date>
    let createdAt: Date
    let token: OrNull<String>

    private enum CodingKeys: String, CodingKey {
        case id, label, uses, token
        case maximumUses = "maximum_uses"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
        case createdAt = "created_at"
    }

    init(_ token: EnrollmentToken, secret: String? = nil) {
        id = token.id
        label = token.label
        maximumUses = token.maximumUses
        uses = token.uses
        expiresAt = token.expiresAt
        revokedAt = OrNull(token.revokedAt)
        createdAt = token.createdAt
        self.token = OrNull(secret)
    }
}
