import Foundation
import HTTPTypes
@_spi(Minting) import Stores
import Wire

/// Turns credentials into callers. This file alone makes a ``CompanyScope`` in the gateway.
struct Authenticator: Sendable {
    let tokens: AccessTokens
    let sessions: SessionBoard
    let barred: BarredAgents
    let store: any Store
    let now: @Sendable () -> Date
    private let window: Int64
    /// Proofs of enrolled agents, and proofs of keys that are not known yet: a stranger who makes up keys fills only the latter.
    private let usedProofs: ReplayCache
    /// Where the other gateways look, too; `nil` when there is but one.
    private let shared: GuardedMemory?

    init(
        tokens: AccessTokens, sessions: SessionBoard, services: GatewayServices, configuration: GatewayConfiguration,
        shared: GuardedMemory?
    ) {
        self.shared = shared
        self.tokens = tokens
        self.sessions = sessions
        store = services.store
        now = services.now
        window = configuration.proofWindow
        barred = BarredAgents(
            store: services.store, interval: configuration.sessionCheckInterval,
            tokenLifetime: max(configuration.accessTokenLifetime, configuration.agentTokenLifetime))
        usedProofs = ReplayCache(
            lifetime: 2 * configuration.proofWindow, limit: configuration.limits.rememberedProofs)
    }

    /// The person whose access token the request carries.
    ///
    /// - Throws: 401.
    func person(of call: Call) async throws -> Caller {
        guard let token = Self.token(in: call.request.headers, scheme: "Bearer") else {
            throw APIError.unauthorized("Sign in first.")
        }
        return try await person(token: token)
    }

    /// The person of an access token or an API token.
    func person(token: String) async throws -> Caller {
        if token.hasPrefix(Secret.apiTokenPrefix) { return try await program(token: token) }
        let claims = try await tokens.verify(token, audience: AccessClaims.Audience.people, scheme: "Bearer").claims
        guard let userID = UserID(claims.sub), let company = CompanyID(claims.cid),
            let session = claims.sid.flatMap({ SessionID($0) }), let role = claims.role.flatMap(Role.init(rawValue:))
        else { throw APIError.unauthorized("The access token is not valid.") }
        guard try await sessions.isActive(session, at: now()) else {
            throw APIError.unauthorized("The session has ended. Sign in again.", code: "session_ended")
        }
        return Caller(
            userID: userID, sessionID: session, role: role, permissions: PermissionMatrix.permissions(of: role),
            scope: CompanyScope(companyID: company),
            expiresAt: Date(timeIntervalSince1970: TimeInterval(claims.exp)),
            actor: AuditActor(.person, id: userID.description))
    }

    /// A program with an API token: it may what its scopes say and its person's role allows at this moment.
    private func program(token secret: String) async throws -> Caller {
        guard secret.utf8.count <= AccessTokens.sizeLimit,
            let (token, user) = try await store.useAPIToken(Secret.hash(secret), at: now())
        else { throw APIError.unauthorized("The API token is unknown, revoked or has run out.") }
        let granted = Set(token.scopes.compactMap { Permission(scope: $0) } + [.viewSelf])
        return Caller(
            userID: user.id, sessionID: nil, role: user.role,
            permissions: PermissionMatrix.permissions(of: user.role).intersection(granted),
            scope: CompanyScope(companyID: user.companyID), expiresAt: token.expiresAt,
            actor: AuditActor(.apiToken, id: token.id.description, name: "\(token.name) (\(user.email))"))
    }

    /// The person of a session that was just begun or prolonged.
    func person(session: Session, user: User) -> Caller {
        Caller(
            userID: user.id, sessionID: session.id, role: user.role,
            permissions: PermissionMatrix.permissions(of: user.role),
            scope: CompanyScope(companyID: session.companyID), expiresAt: session.expiresAt,
            actor: AuditActor(.person, id: user.id.description, name: user.email))
    }

    /// The company of somebody who asked to sign in; for its audit log only.
    func scope(of login: UserLogin) -> CompanyScope { CompanyScope(companyID: login.company.id) }

    /// The agent whose access token the request carries, with a signature or a proof that the agent holds it.
    ///
    /// - Throws: 401.
    func agent(of call: Call) async throws -> AgentCaller {
        guard let token = Self.token(in: call.request.headers, scheme: AgentProtocol.tokenType) else {
            throw APIError.unauthorized("An access token is missing.", scheme: AgentProtocol.tokenType)
        }
        let verified = try await tokens.verify(
            token, audience: AccessClaims.Audience.agents, scheme: AgentProtocol.tokenType)
        guard let agentID = AgentID(verified.claims.sub), let company = CompanyID(verified.claims.cid) else {
            throw APIError.unauthorized("The access token is not valid.", scheme: AgentProtocol.tokenType)
        }
        let scope = CompanyScope(companyID: company)
        var caller = AgentCaller(agentID: agentID, scope: scope)
        if let fields = Self.signatureFields(call.request.headers) {
            try await use(try signature(fields, call.request.head, verified), of: agentID)
            caller.contentDigest = fields.contentDigest
        } else {
            let proof = try freshProof(of: call, accessToken: token)
            guard verified.claims.cnf?.jkt == PossessionProof.thumbprint(publicKey: proof.publicKey) else {
                throw APIError.unauthorized(
                    "The access token belongs to another key.", scheme: AgentProtocol.tokenType)
            }
            try await use(proof)
            caller.publicKey = proof.publicKey
        }
        guard await !barred.contains(agentID, at: now()) else { throw Self.unknownAgent }
        return caller
    }

    /// What can be said of a signed request without waiting for anybody; nothing of it is used up, see ``use(_:)``.
    ///
    /// - Returns: `nil` unless the token was verified before, the signature stands and the agent is known not to be kept out.
    func recall(_ request: HTTPRequest) -> Recalled? {
        guard let token = Self.token(in: request.headerFields, scheme: AgentProtocol.tokenType),
            let fields = Self.signatureFields(request.headerFields),
            let verified = tokens.recall(token, audience: AccessClaims.Audience.agents),
            let agentID = AgentID(verified.claims.sub), let company = CompanyID(verified.claims.cid),
            barred.recall(agentID, at: now()) == false,
            let signature = try? signature(fields, request, verified)
        else { return nil }
        let caller = AgentCaller(
            agentID: agentID, scope: CompanyScope(companyID: company), contentDigest: fields.contentDigest)
        return Recalled(caller: caller, signature: signature)
    }

    /// See ``recall(_:)``.
    struct Recalled {
        let caller: AgentCaller
        fileprivate let signature: RequestSignature
    }

    /// Uses up the request's signature on this gateway; `false` when it was used here before.
    func use(_ recalled: Recalled) -> Bool {
        let owner = Self.owner(recalled.caller.agentID)
        return usedProofs.use(identifier: recalled.signature.nonce, publicKey: owner, now: unixTime) == .fresh
    }

    /// Lets the other gateways know of a signature that was used here.
    func share(_ recalled: Recalled) async {
        let signature = recalled.signature
        _ = await share(signature.nonce, of: Self.owner(recalled.caller.agentID), madeAt: signature.createdAt)
    }

    /// - Returns: `false` when another gateway has seen it.
    private func share(_ identifier: String, of owner: [UInt8], madeAt: Int64) async -> Bool {
        guard let shared else { return true }
        let key = ReplayCache.name(identifier, owner)
        let left = Duration.seconds(max(1, madeAt + window - unixTime + 1))
        return await shared.ask({ try await $0.noteOnce(key, for: left) }) != false
    }

    private static func owner(_ agent: AgentID) -> [UInt8] { withUnsafeBytes(of: agent.uuid.uuid) { Array($0) } }

    private static func signatureFields(_ headers: HTTPFields) -> RequestSignature.Fields? {
        guard let input = signatureInput.flatMap({ headers[$0] }), let value = signature.flatMap({ headers[$0] }),
            let digest = contentDigest.flatMap({ headers[$0] })
        else { return nil }
        return RequestSignature.Fields(input: input, signature: value, contentDigest: digest)
    }

    private static let signatureInput = HTTPField.Name(AgentProtocol.signatureInputHeader)
    private static let signature = HTTPField.Name(AgentProtocol.signatureHeader)
    private static let contentDigest = HTTPField.Name(AgentProtocol.contentDigestHeader)

    private func signature(
        _ fields: RequestSignature.Fields, _ request: HTTPRequest, _ verified: AccessTokens.Verified
    ) throws -> RequestSignature {
        guard let key = verified.proofKey else {
            throw APIError.unauthorized(
                "This access token has no key for signatures.", code: "token_expired", scheme: AgentProtocol.tokenType)
        }
        let signature: RequestSignature
        do {
            signature = try RequestSignature(
                verifying: fields, method: request.method.rawValue,
                path: String((request.path ?? "").prefix { $0 != "?" }),
                authorization: request.headerFields[.authorization] ?? "", key: key)
        } catch {
            throw APIError.unauthorized(
                "The signature does not stand.", code: "invalid_signature", scheme: AgentProtocol.tokenType)
        }
        try check(time: signature.createdAt)
        return signature
    }

    /// The key that an agent wants in place of its own, as it proves in the body of its request.
    func replacementKey(_ text: String, of call: Call) async throws -> [UInt8] {
        let proof = try freshProof(
            text, of: call, accessToken: Self.token(in: call.request.headers, scheme: AgentProtocol.tokenType))
        try await use(proof)
        return proof.publicKey
    }

    /// The proof of a request without an access token; not used up yet.
    ///
    /// - Throws: 401.
    func proof(of call: Call) throws -> PossessionProof { try freshProof(of: call, accessToken: nil) }

    /// The credential that an agent claims to hold, checked against the proof, which is used up.
    ///
    /// - Throws: 401 `unknown_agent` when there is no such agent, or another key is its own.
    func credential(agentID: AgentID?, provenBy proof: PossessionProof) async throws -> AgentCredential {
        guard let agentID, let credential = try await store.fetchCredential(agentID: agentID),
            credential.publicKey == proof.publicKey
        else { throw Self.unknownAgent }
        try await use(proof)
        return credential
    }

    /// The key that asks to be enrolled.
    ///
    /// Its proof may come twice: the same key with the same token is the same agent again, which is what a lost reply needs. And
    /// anybody can make proofs of new keys, so remembering them would let a stranger fill the memory and keep agents out.
    func enrollingKey(of call: Call) throws -> [UInt8] {
        try proof(of: call).publicKey
    }

    /// An agent whose credential the store has just given out.
    func agent(with credential: AgentCredential) -> AgentCaller {
        AgentCaller(
            agentID: credential.agentID, scope: CompanyScope(companyID: credential.companyID),
            publicKey: credential.publicKey)
    }

    /// Only a new enrollment helps.
    static let unknownAgent = APIError.unauthorized(
        "This agent is not known.", code: AgentErrorCode.unknownAgent.rawValue, scheme: AgentProtocol.tokenType)

    private func freshProof(of call: Call, accessToken: String?) throws -> PossessionProof {
        let headers = HTTPField.Name(AgentProtocol.proofHeader).map { call.request.headers[values: $0] } ?? []
        guard headers.count == 1 else {
            throw APIError.unauthorized(
                "Send one DPoP header.", code: "invalid_proof", scheme: AgentProtocol.tokenType)
        }
        return try freshProof(headers[0], of: call, accessToken: accessToken)
    }

    private func freshProof(_ text: String, of call: Call, accessToken: String?) throws -> PossessionProof {
        let proof = try PossessionProof(
            verifying: text, method: call.request.method.rawValue, path: call.request.uri.path,
            accessToken: accessToken)
        try check(time: proof.issuedAt)
        return proof
    }

    private func check(time claimed: Int64) throws {
        let time = unixTime
        guard claimed >= time - window, claimed <= time + window else {
            var error = APIError.unauthorized(
                "The proof is more than \(window) seconds off.", code: AgentErrorCode.clockSkew.rawValue,
                scheme: AgentProtocol.tokenType)
            error.serverTime = time
            throw error
        }
    }

    private func use(_ proof: PossessionProof) async throws {
        try await use(proof.identifier, of: proof.publicKey, madeAt: proof.issuedAt)
    }

    private func use(_ signature: RequestSignature, of agent: AgentID) async throws {
        try await use(signature.nonce, of: Self.owner(agent), madeAt: signature.createdAt)
    }

    /// Notes the use of a proof or signature: here, and then where the other gateways look, for as long as it could be used again.
    private func use(_ identifier: String, of owner: [UInt8], madeAt: Int64) async throws {
        var outcome = usedProofs.use(identifier: identifier, publicKey: owner, now: unixTime)
        if outcome == .fresh, await !share(identifier, of: owner, madeAt: madeAt) { outcome = .replayed }
        switch outcome {
        case .fresh: return
        case .replayed:
            throw APIError.unauthorized(
                "This proof was used before.", code: AgentErrorCode.proofReplayed.rawValue,
                scheme: AgentProtocol.tokenType)
        case .full: throw APIError.rateLimited("Too many requests of agents.", retryAfter: .seconds(30))
        }
    }

    private var unixTime: Int64 { Int64(now().timeIntervalSince1970) }

    /// The token of an `Authorization` header with the scheme, which is compared without regard to case (RFC 9110 section 11.1).
    private static func token(in headers: HTTPFields, scheme: String) -> String? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == scheme.lowercased() else { return nil }
        return String(parts[1])
    }
}
