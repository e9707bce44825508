import Crypto
import Enrichment
import Events
import Foundation
import Gateway
import JSONDocuments
import JobQueue
import Logging
import SQLiteStore
import Stores
import Telemetry
import Wire

/// A gateway over a database of its own, with one company, its owner, who is signed in, and one agent.
///
/// `@unchecked Sendable`: libFuzzer runs one input after the other on one thread.
final class GatewayUnderFuzz: @unchecked Sendable {
    static let shared = GatewayUnderFuzz()

    let service: LocalService
    /// The owner's access token.
    private(set) var ownerToken = ""
    private(set) var enrollmentToken = ""
    private(set) var agentToken = ""
    private(set) var agentID = ""
    let agentKey = Curve25519.Signing.PrivateKey()

    private static let time: Int64 = 1_790_000_000
    private let signingKey = Curve25519.Signing.PrivateKey()

    private init() {
        var configuration = GatewayConfiguration()
        configuration.port = LocalConnection.freePort()
        configuration.exposesMetrics = true
        configuration.accessTokenLifetime = .seconds(1 << 30)
        // Time stands still here: what is limited within a time would soon be refused for good.
        let unlimited = RatePolicy(quota: 1_000_000_000, window: .seconds(1_000))
        configuration.limits.companyRequests = unlimited
        configuration.limits.fleetRequests = unlimited
        configuration.limits.agentRequests = unlimited
        configuration.limits.failedSignInsPerEmail = 1_000_000_000
        configuration.limits.failedSignInsPerAddress = 1_000_000_000
        configuration.identityProviders = [OpenIDUnderFuzz.provider]
        service = LocalService(port: configuration.port)
        start(configuration)
        service.awaitListener()
        enrollAgent()
    }

    private func start(_ configuration: GatewayConfiguration) {
        let started = DispatchSemaphore(value: 0)
        let now = Date(timeIntervalSince1970: TimeInterval(Self.time))
        let key = signingKey
        nonisolated(unsafe) var session: (user: User, id: SessionID)?
        Task.detached {
            let store = try SQLiteStore(path: TemporaryPlace.folder + "/gateway.sqlite")
            let company = try await store.insertCompany(named: "Example", at: now)
            let user = try await store.insertUser(
                email: "owner@example.org", passwordHash: "none", role: .owner, companyID: company.id, at: now)
            let row = try await store.insertSession(
                userID: user.id, refreshToken: Secret.hash("refresh"), expiresAt: now.addingTimeInterval(1e9), at: now)
            let folder = DataFolder(path: TemporaryPlace.folder + "/gateway")
            let services = GatewayServices(
                store: store,
                verdicts: MappedVerdictService(
                    holder: IndexHolder(folder: IndexFolder(path: folder.indexes)), data: folder),
                queue: EmbeddedJobQueue(), events: EmbeddedEventBus(), signingKey: key, now: { now },
                metricsText: { "up 1\n" })
            let gateway = try await buildGateway(
                configuration: configuration, services: services,
                logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
            session = (user, row.id)
            started.signal()
            try await gateway.run()
        }
        started.wait()
        guard let session else { fatalError("the gateway does not start") }
        ownerToken = sign(
            """
            {"aud":"zerotrace/people","cid":"\(session.user.companyID)","exp":\(Self.time + 1_000_000),"iat":\(Self.time),
            "role":"owner","sid":"\(session.id)","sub":"\(session.user.id)"}
            """)
    }

    /// An access token of these claims, whatever they are.
    func sign(_ claims: String) -> String {
        let thumbprint = PossessionProof.thumbprint(publicKey: Array(signingKey.publicKey.rawRepresentation))
        let header = #"{"alg":"EdDSA","kid":"\#(thumbprint)","typ":"JWT"}"#
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        guard let signature = try? signingKey.signature(for: Data(signed.utf8)) else { fatalError("no signature") }
        return signed + "." + Base64URL.encode(signature)
    }

    private func enrollAgent() {
        let invitation = asOwner(
            "POST", "/v1/enrollment-tokens",
            body: Array(#"{"label":"fuzz","maximum_uses":1000000,"expires_in":86400}"#.utf8))
        enrollmentToken = Self.text("token", in: invitation)
        let facts = #"{"hostname":"a","architecture":"amd64","agent_version":"1","dropped_reports":0,"warnings":[]}"#
        let enrolled = asAgent(
            "POST", AgentProtocol.enrollPath, token: nil,
            body: Array(#"{"token":"\#(enrollmentToken)","facts":\#(facts)}"#.utf8))
        agentID = Self.text("agent_id", in: enrolled)
        let access = asAgent(
            "POST", AgentProtocol.tokenPath, token: nil, body: Array(#"{"agent_id":"\#(agentID)"}"#.utf8))
        agentToken = Self.text("access_token", in: access)
    }

    private static func text(_ name: StaticString, in reply: LocalReply) -> String {
        guard let text = (try? JSONParser().parse(reply.body))?[name]?.string else {
            fatalError("no \(name) in \(String(decoding: reply.body, as: UTF8.self))")
        }
        return text
    }

    /// Asks as the owner's browser does.
    @discardableResult
    func asOwner(_ method: String, _ target: String, body: [UInt8] = []) -> LocalReply {
        let fields = [("Authorization", "Bearer \(ownerToken)"), ("Content-Type", "application/json")]
        return service.ask(method, target, fields, body: body)
    }

    /// Signs in with the provider, whose ID token has these claims; `NONCE` in them stands for what the gateway asked for.
    func signIn(claims: [UInt8]) {
        OpenIDUnderFuzz.say([], as: .token)
        let start = service.ask("GET", "/v1/auth/oidc/sso/start")
        let asked = URLComponents(string: start.fields["location"] ?? "")?.queryItems ?? []
        func value(_ name: String) -> String { asked.first { $0.name == name }?.value ?? "" }
        require(start.status == 302 && !value("state").isEmpty, "browsers are sent to the provider")
        let cookie = start.fields["set-cookie"]?.prefix { $0 != ";" } ?? ""
        let token = OpenIDUnderFuzz.token(
            claims: Array(claims.text.replacing("NONCE", with: value("nonce")).utf8))
        OpenIDUnderFuzz.say(Array(#"{"id_token":"\#(token)"}"#.utf8), as: .token)
        let path = "/v1/auth/oidc/sso/callback?code=c&state=\(value("state"))"
        service.ask("GET", path, [("Cookie", String(cookie))]).check("a sign-in")
        service.ask("GET", path, [("Cookie", "zt_oidc=\(Base64URL.encode(claims))")]).check("a cookie of somebody's")
    }

    /// The agent's heartbeat. One that cannot come from the same machine as those before shuts the agent out; the owner lets it in again.
    func heartbeat(_ body: [UInt8]) {
        func send(_ body: [UInt8]) -> LocalReply {
            asAgent("POST", AgentProtocol.heartbeatPath, token: agentToken, body: body)
        }
        let reply = send(body)
        reply.check("a heartbeat")
        guard reply.status == 401 else { return }
        let standing = Array(#"{"standing":"active","reason":"fuzz"}"#.utf8)
        asOwner("PUT", "/v1/agents/\(agentID)/standing", body: standing).check("an agent is let in")
        require(send([]).status != 401, "an agent that was let in is served")
    }

    /// Asks as the agent does, with a new proof.
    @discardableResult
    func asAgent(
        _ method: String, _ path: String, token: String?, type: String = "application/json",
        fields: [(String, String)] = [], body: [UInt8]
    ) -> LocalReply {
        let proof = try? PossessionProof.sign(
            method: method, path: path, accessToken: token, key: agentKey, now: Self.time)
        var fields = fields + [("Content-Type", type), (AgentProtocol.proofHeader, proof ?? "")]
        if let token { fields.append(("Authorization", "\(AgentProtocol.tokenType) \(token)")) }
        return service.ask(method, path, fields, body: body)
    }
}
