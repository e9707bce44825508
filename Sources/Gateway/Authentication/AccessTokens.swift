import Crypto
import Foundation
import JWTKit
import Stores
import Synchronization
import Wire

/// What an access token says. People's tokens have `sid` and `role`, agents' have `cnf`.
///
/// - Source: RFC 7519 section 4.1, RFC 7800 section 3.1 (`cnf`).
struct AccessClaims: JWTPayload, Equatable {
    var sub: String
    var aud: String
    /// Company.
    var cid: String
    var iat: Int64
    var exp: Int64
    var sid: String?
    var role: String?
    var cnf: Confirmation?

    /// The key that the holder must prove.
    struct Confirmation: Codable, Equatable, Sendable {
        /// RFC 7638 thumbprint.
        var jkt: String
        /// Of the signing key that the key of request signatures follows from; tokens of older gateways have none, and no such key.
        var kid: String?
    }

    /// Audiences keep tokens of one kind from being taken for the other.
    enum Audience {
        static let people = "zerotrace/people"
        static let agents = "zerotrace/agents"
    }

    /// Nothing here: expiry is judged by the gateway's own clock, and the audience where the token is used.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Signs and reads access tokens.
final class AccessTokens: Sendable {
    private let source: @Sendable () -> SigningKeys
    private let prepared = Mutex<Prepared?>(nil)
    private let known = Mutex(Known())
    private let now: @Sendable () -> Date
    private let lifetime: Int64
    private let agentLifetime: Int64

    /// Longest token that is looked at, in bytes.
    static let sizeLimit = 2048
    /// Most tokens remembered as verified.
    static let capacity = 200_000

    /// A token that was verified.
    struct Verified: Sendable {
        let claims: AccessClaims
        /// Of the agent's request signatures.
        let proofKey: SymmetricKey?
    }

    /// Tokens verified with these keys. A signature is worth a hundred microseconds, and an agent sends the same token again and again.
    private struct Known {
        var ids: [String] = []
        var tokens: [String: Verified] = [:]
    }

    /// Keys as JWTKit wants them, and the ids of those they were made of.
    private struct Prepared {
        let ids: [String]
        let collection: JWTKeyCollection
    }

    /// - Parameter keys: Asked again and again: keys come and go while the gateway runs.
    init(
        keys: @escaping @Sendable () -> SigningKeys, lifetime: Duration, agentLifetime: Duration? = nil,
        now: @escaping @Sendable () -> Date
    ) {
        source = keys
        self.now = now
        self.lifetime = lifetime.seconds
        self.agentLifetime = (agentLifetime ?? lifetime).seconds
    }

    /// What others may check tokens with.
    var keySet: JWKSReply { source().document }

    private func collection(_ keys: SigningKeys) async throws -> JWTKeyCollection {
        let ids = keys.ids
        if let known = prepared.withLock({ $0 }), known.ids == ids { return known.collection }
        let collection = JWTKeyCollection()
        for key in keys.all {
            await collection.add(eddsa: EdDSA.PrivateKey(backing: key.key), kid: JWKIdentifier(string: key.id))
        }
        prepared.withLock { $0 = Prepared(ids: ids, collection: collection) }
        return collection
    }

    /// Seconds that a new token of a person works.
    var expiresIn: Int { Int(lifetime) }
    /// Seconds that a new token of an agent works.
    var agentExpiresIn: Int { Int(agentLifetime) }

    /// A token for a person.
    func sign(user: User, session: SessionID) async throws -> String {
        let keys = source()
        return try await sign(
            subject: user.id.description, audience: AccessClaims.Audience.people, company: user.companyID,
            lifetime: lifetime, key: keys.signing(at: time), of: keys
        ) {
            $0.sid = session.description
            $0.role = user.role.rawValue
        }
    }

    /// A token for an agent, of use only with its key or with the one that comes with the token, for signatures of requests.
    func sign(agent: AgentCredential) async throws -> (token: String, proofKey: SymmetricKey) {
        let keys = source()
        let key = keys.signing(at: time)
        let token = try await sign(
            subject: agent.agentID.description, audience: AccessClaims.Audience.agents, company: agent.companyID,
            lifetime: agentLifetime, key: key, of: keys
        ) { $0.cnf = .init(jkt: PossessionProof.thumbprint(publicKey: agent.publicKey), kid: key.id) }
        return (token, key.proofKey(token: token))
    }

    private var time: Int64 { Int64(now().timeIntervalSince1970) }

    private func sign(
        subject: String, audience: String, company: CompanyID, lifetime: Int64, key: SigningKeys.Key,
        of keys: SigningKeys, _ fill: (inout AccessClaims) -> Void
    ) async throws -> String {
        let issuedAt = time
        var claims = AccessClaims(
            sub: subject, aud: audience, cid: company.description, iat: issuedAt, exp: issuedAt + lifetime)
        fill(&claims)
        return try await collection(keys).sign(claims, kid: JWKIdentifier(string: key.id))
    }

    /// The claims of a token that this installation signed for the audience and that has not run out.
    ///
    /// - Throws: 401 `unauthorized` or `token_expired`.
    func verify(_ token: String, audience: String, scheme: String) async throws -> Verified {
        let keys = source()
        guard let verified = await verified(token, keys), verified.claims.aud == audience else {
            throw APIError.unauthorized("The access token is not valid.", scheme: scheme)
        }
        guard verified.claims.exp > time else {
            throw APIError.unauthorized("The access token has run out.", code: "token_expired", scheme: scheme)
        }
        remember(token, verified, keys)
        return verified
    }

    /// What is known of a token that was verified before, for the audience, and has not run out.
    func recall(_ token: String, audience: String) -> Verified? {
        guard let verified = remembered(token, source()), verified.claims.aud == audience, verified.claims.exp > time
        else { return nil }
        return verified
    }

    private func verified(_ token: String, _ keys: SigningKeys) async -> Verified? {
        if let verified = remembered(token, keys) { return verified }
        guard token.utf8.count <= Self.sizeLimit,
            let claims = try? await collection(keys).verify(token, as: AccessClaims.self)
        else { return nil }
        let key = claims.cnf?.kid.flatMap { id in keys.all.first { $0.id == id } }
        return Verified(claims: claims, proofKey: key?.proofKey(token: token))
    }

    /// With other keys than now, nothing is.
    private func remembered(_ token: String, _ keys: SigningKeys) -> Verified? {
        known.withLock { $0.ids == keys.ids ? $0.tokens[token] : nil }
    }

    private func remember(_ token: String, _ verified: Verified, _ keys: SigningKeys) {
        let time = time
        known.withLock { known in
            if known.ids != keys.ids { known = Known(ids: keys.ids) }
            if known.tokens.count >= Self.capacity {
                known.tokens = known.tokens.filter { $0.value.claims.exp > time }
                if known.tokens.count >= Self.capacity { known.tokens = [:] }
            }
            known.tokens[token] = verified
        }
    }
}
