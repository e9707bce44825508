import Crypto
import Foundation
import Stores
import Wire

/// Random secrets that people or browsers hold and of which the store sees only a hash.
public enum Secret {
    /// A new enrollment token: "zte_" and 43 characters of base64url, 256 random bits.
    public static func makeEnrollmentToken() -> String { "zte_" + random() }

    /// How API tokens begin; access tokens never do.
    static let apiTokenPrefix = "zta_"

    /// A new API token: "zta_" and 43 characters of base64url, 256 random bits.
    static func makeAPIToken() -> String { apiTokenPrefix + random() }

    /// A new token that gives somebody a password: "ztp_" and 43 characters of base64url, 256 random bits.
    static func makePasswordReset() -> String { "ztp_" + random() }

    /// A new refresh token: 43 characters of base64url, 256 random bits.
    static func makeRefreshToken() -> String { random() }

    /// SHA-256 of the secret's text. No salt and no stretching: 256 random bits cannot be guessed.
    public static func hash(_ secret: String) -> SecretHash {
        SecretHash(bytes: Array(SHA256.hash(data: Data(secret.utf8))))
    }

    private static func random() -> String {
        Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes(Array.init))
    }
}
