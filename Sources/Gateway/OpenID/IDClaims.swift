import Foundation
import JWTKit
import Wire

/// What an ID token says. Read from the token's own text: claims beside the known ones decide about rules.
package struct IDClaims {
    package let issuer: String
    package let audiences: [String]
    package let authorizedParty: String?
    package let expiresAt: Double
    package let issuedAt: Double
    package let nonce: String?
    /// Lowercased, and only when the provider says that it is verified.
    package let verifiedEmail: String?
    private let claims: [String: Any]

    /// For the signature alone; everything else is judged by ``OpenIDClient``.
    struct Signed: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// `nil` when what must be there is not.
    package init?(token: String) {
        guard let claims = Self.part(1, of: token), let issuer = claims["iss"] as? String,
            let expiresAt = (claims["exp"] as? NSNumber)?.doubleValue,
            let issuedAt = (claims["iat"] as? NSNumber)?.doubleValue
        else { return nil }
        self.claims = claims
        self.issuer = issuer
        self.expiresAt = expiresAt
        self.issuedAt = issuedAt
        audiences = (claims["aud"] as? String).map { [$0] } ?? claims["aud"] as? [String] ?? []
        authorizedParty = claims["azp"] as? String
        nonce = claims["nonce"] as? String
        let isVerified = claims["email_verified"] as? Bool ?? false
        verifiedEmail = isVerified ? (claims["email"] as? String)?.lowercased() : nil
    }

    /// The JOSE header; not to be believed before the signature is checked.
    package static func header(of token: String) -> [String: Any]? { part(0, of: token) }

    private static func part(_ index: Int, of token: String) -> [String: Any]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, token.utf8.count <= 64 << 10, let bytes = Base64URL.decode(parts[index]) else {
            return nil
        }
        return (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
    }

    /// Whether a rule fits.
    package func satisfies(_ rule: IdentityProvider.Rule) -> Bool {
        if rule.claim == "email_domain" {
            return verifiedEmail?.split(separator: "@").last.map(String.init) == rule.value.lowercased()
        }
        switch claims[rule.claim] {
        case let text as String: return text == rule.value
        case let list as [String]: return list.contains(rule.value)
        default: return false
        }
    }
}
