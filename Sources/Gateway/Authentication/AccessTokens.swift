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
    private let now: @Sendable () -> Date
    private let lifetime: Int64

    /// Longest token that is looked at, in bytes.
    static let sizeLimit = 2048

    /// Keys as JWTKit wants them, and the ids of those they were made of.
    private struct Prepared {
        let ids: [String]
        let collection: JWTKeyCollection
    }

    /// - Parameter keys: Asked again and again: keys come and go while the gateway runs.
    init(
        keys: @escaping @Sendable () -> SigningKeys, lifetime: Duration, now: @escaping @Sendable () -> Date
    ) {
        source = keys
        self.now = now
        self.lifetime = lifetime.seconds
    }

    /// What others may check tokens with.
    var keySet: JWKSReply { source().document }

    private func collection(_ keys: SigningKeys) async throws -> JWTKeyCollection {
        let ids = keys.all.map(\.id)
        if let known = prepared.withLock({ $0 }), known.ids == ids { return known.collection }
        let collection = JWTKeyCollection()
        for key in keys.all {
            await collection.add(eddsa: EdDSA.PrivateKey(backing: key.key), kid: JWKIdentifier(string: key.id))
        }
        prepared.withLock { $0 = Prepared(ids: ids, collection: collection) }
        return collection
    }

    /// Seconds that a new token works.
    var expiresIn: Int { Int(lifetime) }

    /// A token for a person.
    func sign(user: User, session: SessionID) async throws -> String {
        try await sign(
            subject: user.id.description, audience: AccessClaims.Audience.people, company: user.companyID
        ) {
            $0.sid = session.description
            $0.role = user.role.rawValue
        }
    }

    /// A token for an agent, of use only with its key.
    func sign(agent: AgentCredential) async throws -> String {
        try await sign(
            subject: agent.agentID.description, audience: AccessClaims.Audience.agents, company: agent.companyID
        ) { $0.cnf = .init(jkt: PossessionProof.thumbprint(publicKey: agent.publicKey)) }
    }

    private func sign(
        subject: String, audience: String, company: CompanyID, _ fill: (inout AccessClaims) -> Void
    ) async throws -> String {
        let issuedAt = Int64(now().timeIntervalSince1970)
        var claims = AccessClaims(
            sub: subject, aud: audience, cid: company.description, iat: issuedAt, exp: issuedAt + lifetime)
        fill(&claims)
        let keys = source()
        let id = JWKIdentifier(string: keys.signing(at: issuedAt).id)
        return try await collection(keys).sign(claims, kid: id)
    }

    /// The claims of a token that this installation signed for the audience and that has not run out.
    ///
    /// - Throws: 401 `unauthorized` or `token_expired`.
    func verify(_ token: String, audience: String, scheme: String) async throws -> AccessClaims {
        let invalid = APIError.unauthorized("The access token is not valid.", scheme: scheme)
        guard token.utf8.count <= Self.sizeLimit,
            let claims = try? await collection(source()).verify(token, as: AccessClaims.self), claims.aud == audience
        else { throw invalid }
        guard claims.exp > Int64(now().timeIntervalSince1970) else {
            throw APIError.unauthorized("The access token has run out.", code: "token_expired", scheme: scheme)
        }
        return claims
    }
}
