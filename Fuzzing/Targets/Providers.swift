import AgentKit
import AsyncHTTPClient
import Crypto
import Foundation
import Gateway
import Inventory
import Synchronization
import Wire

extension FuzzTargets {
    /// What those answer that an agent and the gateway ask: the gateway, and OpenID providers.
    static let providers: [FuzzTarget] = [
        FuzzTarget("agent-answers", maximumLength: 2048, form: .json, dictionary: "wire") { input in
            waiting { await askGateway(answering: input) }
        },
        FuzzTarget("openid-answers", maximumLength: 4096, form: .json, dictionary: "openid") { input in
            _ = try? IdentityProvider.read(path: TemporaryPlace.file("providers.json", input))
            for part in Provider.Part.allCases { waiting { try await Provider.signIn(input, as: part) } }
        },
        FuzzTarget("openid-claims", maximumLength: 4096, form: .json, dictionary: "openid") { input in
            let token = Provider.token(claims: input)
            if let claims = IDClaims(token: token) {
                for claim in ["groups", "email_domain", "sub"] {
                    _ = claims.satisfies(.init(claim: claim, value: "example.org", role: .viewer))
                }
            }
            waiting { try await Provider.signIn(Array(#"{"id_token":"\#(token)"}"#.utf8), as: .token) }
        },
    ]

    // MARK: - Agents

    private static let answering = AnsweringServer()
    private static let facts = AgentFacts(
        host: HostFacts(hostname: "a", architecture: "amd64"), agentVersion: "1", droppedReports: 0, warnings: [])

    /// An agent hears the input in place of each answer, also first as a refusal, and goes on as time passes.
    private static func askGateway(answering input: [UInt8]) async {
        for statuses in [[200], [401, 200], [400, 401, 200]] {
            let left = Mutex(statuses)
            answering.say { _ in (left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }, input) }
            let time = Mutex<Int64>(1_790_000_000)
            let client = GatewayClient(server: answering.url, http: .shared, key: Curve25519.Signing.PrivateKey()) {
                time.withLock { time in
                    time += 1
                    return time
                }
            }
            _ = try? await client.enroll(EnrollRequest(token: "t", facts: facts))
            _ = try? await client.heartbeat(HeartbeatRequest(digest: nil, facts: facts), agentID: "a")
            // Nobody asks for a token where there is one: the same words as a token, and then as an answer.
            answering.say { path in
                path == AgentProtocol.tokenPath
                    ? (200, Array(#"{"access_token":"t","token_type":"DPoP","expires_in":600}"#.utf8)) : (200, input)
            }
            _ = try? await client.heartbeat(HeartbeatRequest(digest: nil, facts: facts), agentID: "a")
        }
    }
}

/// An OpenID provider that says what it should, but for one answer.
private enum Provider {
    /// Which answer is the input.
    enum Part: String, CaseIterable {
        case discovery = "/.well-known/openid-configuration"
        case keys = "/keys"
        case token = "/token"
    }

    private static let server = AnsweringServer()
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

    /// From the beginning to the claims, with this in place of one answer.
    static func signIn(_ input: [UInt8], as part: Part) async throws {
        let input = Array(input.text.replacing("ISSUER", with: server.url).utf8)
        server.say { path in
            if path == part.rawValue { return (200, input) }
            return Part(rawValue: path).map { (200, usual($0)) } ?? (404, [])
        }
        let provider = IdentityProvider(
            name: "sso", issuer: server.url, clientID: "client", clientSecret: "secret",
            redirectURL: "http://localhost/v1/auth/oidc/sso/callback", company: "Example")
        let client = OpenIDClient(provider: provider) { Date(timeIntervalSince1970: TimeInterval(time)) }
        let begin = try await client.authorizationURL(state: "s", nonce: "n", challenge: "c")
        require(begin.hasPrefix("https://") || begin.hasPrefix("http://"), "browsers are sent to \(begin)")
        let claims = try await client.claims(code: "c", verifier: "v", nonce: "n")
        require(claims.issuer == server.url && claims.audiences.contains("client"), "for whom a token is")
        require(claims.nonce == "n" && claims.expiresAt > Double(time) - 61, "a token of now")
    }
}
