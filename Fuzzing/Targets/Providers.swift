import AgentKit
import AsyncHTTPClient
import Crypto
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
            for part in OpenIDUnderFuzz.Part.allCases { waiting { try await OpenIDUnderFuzz.signIn(input, as: part) } }
        },
        FuzzTarget("openid-claims", maximumLength: 4096, form: .json, dictionary: "openid") { input in
            let token = OpenIDUnderFuzz.token(claims: input)
            if let claims = IDClaims(token: token) {
                for claim in ["groups", "email_domain", "sub"] {
                    _ = claims.satisfies(.init(claim: claim, value: "example.org", role: .viewer))
                }
            }
            waiting { try await OpenIDUnderFuzz.signIn(Array(#"{"id_token":"\#(token)"}"#.utf8), as: .token) }
        },
        FuzzTarget("gateway-sign-in", maximumLength: 2048, form: .json, dictionary: "openid") { input in
            GatewayUnderFuzz.shared.signIn(claims: input)
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
