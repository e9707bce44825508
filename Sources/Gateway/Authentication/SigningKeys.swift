import Crypto
import Foundation
import Wire

/// The keys of access tokens: one signs at a time, all are accepted.
public struct SigningKeys: Sendable {
    /// A key and the moment from which it signs.
    public struct Key: Sendable {
        /// Ed25519.
        public let key: Curve25519.Signing.PrivateKey
        /// Seconds since 1970; until then it is only published, so that every gateway knows it before the first token signed with it.
        public let signsFrom: Int64
        /// RFC 7638 thumbprint of the public half: the same on every gateway.
        let id: String

        /// Makes one from its parts.
        public init(_ key: Curve25519.Signing.PrivateKey, signsFrom: Int64 = 0) {
            self.key = key
            self.signsFrom = signsFrom
            id = PossessionProof.thumbprint(publicKey: Array(key.publicKey.rawRepresentation))
        }

        /// The key of an agent's request signatures while it has this token: worked out again by any gateway, and of no use for another token.
        ///
        /// - Source: RFC 5869; the token is the context.
        func proofKey(token: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), salt: Array("zerotrace proof key".utf8),
                info: Array(token.utf8), outputByteCount: RequestSignature.keyLength)
        }
    }

    /// At least one, in the order in which they sign.
    public let all: [Key]
    /// Their ids, in the same order.
    let ids: [String]

    /// - Returns: `nil` for no key at all.
    public init?(_ keys: [Key]) {
        guard !keys.isEmpty else { return nil }
        all = keys.sorted { $0.signsFrom < $1.signsFrom }
        ids = all.map(\.id)
    }

    /// One key that signs from now on.
    public init(_ key: Curve25519.Signing.PrivateKey) {
        all = [Key(key)]
        ids = all.map(\.id)
    }

    /// The key that signs: the newest whose time has come, or else the first there is.
    func signing(at now: Int64) -> Key { all.last { $0.signsFrom <= now } ?? all[0] }

    /// What `/.well-known/jwks.json` shows.
    ///
    /// - Source: RFC 7517 section 5, RFC 8037 section 2.
    var document: JWKSReply {
        JWKSReply(
            keys: all.map { key in
                .init(kid: key.id, x: Base64URL.encode(Array(key.key.publicKey.rawRepresentation)))
            })
    }
}

/// A JSON web key set.
struct JWKSReply: Encodable {
    let keys: [Key]

    struct Key: Encodable {
        let kty = "OKP"
        let crv = "Ed25519"
        let alg = "EdDSA"
        let use = "sig"
        let kid: String
        let x: String

        private enum CodingKeys: CodingKey { case kty, crv, alg, use, kid, x }
    }
}
