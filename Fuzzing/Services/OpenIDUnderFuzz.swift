import Crypto
import Foundation
import Gateway
import Wire

/// An OpenID provider that says what it should, but for one answer.
enum OpenIDUnderFuzz {
    /// Which answer is the input.
    enum Part: String, CaseIterable {
        case discovery = "/.well-known/openid-configuration"
        case keys = "/keys"
        case token = "/token"
    }

    static let server = AnsweringServer()
    private static let time: Int64 = 1_790_000_000
    private static let key: Curve25519.Signing.PrivateKey = {
        let bytes = [UInt8](repeating: 1, count: 32)
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else { fatalError("no key") }
        return key
    }()

    private static let claims =
        #"{"iss":"\#(server.url)","aud":"client","exp":\#(time + 600),"iat":\#(time),"nonce":"n","sub":"s"}"#

    /// An ID token of these claims, rightly signed. `ISSUER` in them stands for the provider.
    static func token(claims: [UInt8]) -> String {
        let claims = claims.text.replacing("ISSUER", with: server.url)
        let signed = [#"{"alg":"EdDSA","kid":"k","typ":"JWT"}"#, claims].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
        guard let signature = try? key.signature(for: Data(signed.utf8)) else { fatalError("no signature") }
        return signed + "." + Base64URL.encode(signature)
    }

    private static func usual(_ part: Part) -> [UInt8] {
        let text =
            switch part {
            case .discovery:
                #"{"issuer":"\#(server.url)","authorization_endpoint":"\#(server.url)/authorize","#
                    + #""token_endpoint":"\#(server.url)/token","jwks_uri":"\#(server.url)/keys"}"#
            case .keys:
                #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","alg":"EdDSA","use":"sig","x":"\#(publicKey)"}]}"#
            case .token: #"{"id_token":"\#(token(claims: Array(claims.utf8)))"}"#
            }
        return Array(text.utf8)
    }

    private static let publicKey = Base64URL.encode(key.publicKey.rawRepresentation)

    /// The provider as a gateway knows it.
    static var provider: IdentityProvider {
        IdentityProvider(
            name: "sso", issuer: server.url, clientID: "client", clientSecret: "secret",
            redirectURL: "http://localhost/v1/auth/oidc/sso/callback", company: "Example",
            rules: [.init(claim: "groups", value: "staff", role: .viewer)])
    }

    /// Has the provider say this in place of one answer. `ISSUER` in it stands for the provider.
    static func say(_ input: [UInt8], as part: Part) {
        let input = Array(input.text.replacing("ISSUER", with: server.url).utf8)
        server.say { path in
            if path == part.rawValue { return (200, input) }
            return Part(rawValue: path).map { (200, usual($0)) } ?? (404, [])
        }
    }

    /// From the beginning to the claims, with this in place of one answer.
    static func signIn(_ input: [UInt8], as part: Part) async throws {
        say(input, as: part)
        let client = OpenIDClient(provider: provider) { Date(timeIntervalSince1970: TimeInterval(time)) }
        let begin = try await client.authorizationURL(state: "s", nonce: "n", challenge: "c")
        require(begin.hasPrefix("https://") || begin.hasPrefix("http://"), "browsers are sent to \(begin)")
        let claims = try await client.claims(code: "c", verifier: "v", nonce: "n")
        require(claims.issuer == server.url && claims.audiences.contains("client"), "for whom a token is")
        require(claims.nonce == "n" && claims.expiresAt > Double(time) - 61, "a token of now")
    }
}
