import Crypto
import Foundation

/// The signature by which a receiver knows who sent a request, and that it is not an old one sent again.
///
/// - Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
public enum StandardWebhook {
    /// Bytes of a secret that is made here; 24 to 64 are allowed.
    private static let secretLength = 32
    private static let secretPrefix = "whsec_"

    /// A fresh secret.
    public static func makeSecret() -> [UInt8] {
        SymmetricKey(size: SymmetricKeySize(bitCount: secretLength * 8)).withUnsafeBytes { Array($0) }
    }

    /// The form in which people and libraries handle a secret.
    public static func text(of secret: [UInt8]) -> String { secretPrefix + Data(secret).base64EncodedString() }

    /// The value of `webhook-signature`.
    ///
    /// - Parameters:
    ///   - id: Of the notification; holds no full stop.
    ///   - timestamp: Unix seconds of this try.
    ///   - body: As it is sent.
    static func signature(id: String, timestamp: Int64, body: String, secret: [UInt8]) -> String {
        let signed = Data("\(id).\(timestamp).\(body)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret))
        return "v1,\(Data(code).base64EncodedString())"
    }
}
