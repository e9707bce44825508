import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Wire

/// What a browser carries between leaving for a provider and coming back: sealed, so that any gateway can open it and nobody else can make
/// or read one.
struct SignInTicket: Codable {
    let provider: String
    let state: String
    let nonce: String
    /// RFC 7636.
    let verifier: String
    /// Seconds since 1970.
    let expiresAt: Int64

    /// How long somebody may take to sign in at the provider, in seconds.
    static let lifetime: Int64 = 600
    private static let cookie = "zt_oidc"

    /// A fresh one with secrets of 256 random bits.
    init(provider: String, now: Int64) {
        func secret() -> String { Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)) }
        self.provider = provider
        (state, nonce, verifier) = (secret(), secret(), secret())
        expiresAt = now + Self.lifetime
    }

    /// What the provider is told of the verifier, by the method S256.
    var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Data(verifier.utf8)))) }

    /// A `Set-Cookie` value. `Lax`: the provider sends the browser back from another site.
    func header(_ keys: SigningKeys, isSecure: Bool) throws -> String {
        let plain = try JSONEncoder().encode(self)
        let box = try ChaChaPoly.seal(plain, using: Self.key(keys.signing(at: expiresAt - Self.lifetime)))
        return
            "\(Self.cookie)=\(Base64URL.encode(box.combined)); Max-Age=\(Self.lifetime); \(Self.attributes(isSecure))"
    }

    /// A `Set-Cookie` value that removes it: each works once in its browser.
    static func cleared(isSecure: Bool) -> String { "\(cookie)=; Max-Age=0; \(attributes(isSecure))" }

    private static func attributes(_ isSecure: Bool) -> String {
        "Path=/v1/auth/oidc; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    /// The ticket of a request; `nil` when there is none that this installation made and that has not run out.
    init?(of request: Request, keys: SigningKeys, now: Int64) {
        guard let text = request.cookies[Self.cookie]?.value, text.utf8.count <= 2048,
            let bytes = Base64URL.decode(text), let box = try? ChaChaPoly.SealedBox(combined: bytes)
        else { return nil }
        let plain = keys.all.lazy.compactMap { try? ChaChaPoly.open(box, using: Self.key($0)) }.first
        guard let plain, let ticket = try? JSONDecoder().decode(Self.self, from: plain), ticket.expiresAt > now else {
            return nil
        }
        self = ticket
    }

    /// A key of its own, drawn from the one that signs: what seals never signs.
    private static func key(_ key: SigningKeys.Key) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.key.rawRepresentation),
            info: Data("zerotrace sign-in ticket".utf8),
            outputByteCount: 32)
    }
}
