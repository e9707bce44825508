import Crypto
import FoundationEssentials

/// A DPoP proof: a signed statement that the sender of one request holds a key.
///
/// Compact JWS with `alg` EdDSA over Ed25519 (RFC 8037), `typ` "dpop+jwt", the public key in the header, and claims that tie it to one
/// request. Of `htu` only the path is compared: proxies change scheme, host and port, and a token never reaches another installation.
///
/// - Source: RFC 9449 sections 4.2 and 4.3, <https://www.rfc-editor.org/rfc/rfc9449#section-4>
public struct PossessionProof: Sendable, Equatable {
    /// 32 bytes, from the header.
    public let publicKey: [UInt8]
    /// Unique per proof; at most ``identifierLimit`` characters.
    public let identifier: String
    /// When it was made, Unix seconds by the sender's clock.
    public let issuedAt: Int64

    /// Characters of `jti` that a receiver accepts.
    public static let identifierLimit = 64
    /// Bytes of a whole proof that a receiver looks at.
    public static let sizeLimit = 2048

    /// Makes a proof for one request.
    ///
    /// - Parameters:
    ///   - method: HTTP method in capitals.
    ///   - path: Path of the request, without query.
    ///   - accessToken: The token sent along, if any; its hash goes into `ath`.
    ///   - now: Unix seconds, corrected by what the agent knows of the server's clock.
    public static func sign(
        method: String, path: String, accessToken: String?, key: Curve25519.Signing.PrivateKey, now: Int64
    ) throws -> String {
        let identifier = Base64URL.encode(SymmetricKey(size: .bits128).withUnsafeBytes(Array.init))
        let header = Header(jwk: JWK(x: Base64URL.encode(key.publicKey.rawRepresentation)))
        let claims = Claims(
            jti: identifier, htm: method, htu: path, iat: now, ath: accessToken.map(Self.tokenHash))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let signed = try Base64URL.encode(encoder.encode(header)) + "." + Base64URL.encode(encoder.encode(claims))
        return try signed + "." + Base64URL.encode(key.signature(for: Data(signed.utf8)))
    }

    /// Checks a proof against the request it came with. Freshness and single use are the caller's to check, who has the clock and
    /// the memory for it.
    ///
    /// - Throws: ``PossessionProofError`` naming what is wrong.
    public init(
        verifying proof: String, method: String, path: String, accessToken: String?
    ) throws(PossessionProofError) {
        guard proof.utf8.count <= Self.sizeLimit else { throw .malformed("longer than \(Self.sizeLimit) bytes") }
        let parts = proof.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("not three parts") }
        let header: Header = try Self.decode(parts[0], name: "header")
        guard header.typ == "dpop+jwt", header.alg == "EdDSA", header.jwk.kty == "OKP", header.jwk.crv == "Ed25519"
        else { throw .malformed("header is not dpop+jwt by EdDSA with an Ed25519 key") }
        guard let keyBytes = Base64URL.decode(header.jwk.x),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: keyBytes)
        else { throw .malformed("jwk.x is not an Ed25519 public key") }
        guard let signature = Base64URL.decode(parts[2]),
            key.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8))
        else { throw .badSignature }
        let claims: Claims = try Self.decode(parts[1], name: "claims")
        guard !claims.jti.isEmpty, claims.jti.utf8.count <= Self.identifierLimit else { throw .malformed("jti") }
        guard claims.htm == method, Self.path(of: claims.htu) == path else { throw .otherRequest }
        guard claims.ath == accessToken.map(Self.tokenHash) else { throw .otherToken }
        publicKey = keyBytes
        identifier = claims.jti
        issuedAt = claims.iat
    }

    /// Thumbprint of an Ed25519 public key, which `cnf.jkt` of an access token holds.
    ///
    /// - Source: RFC 7638 section 3, RFC 8037 appendix A.3.
    public static func thumbprint(publicKey: [UInt8]) -> String {
        let canonical = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(publicKey))"}"#
        return Base64URL.encode(SHA256.hash(data: Data(canonical.utf8)))
    }

    private static func tokenHash(_ token: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data(token.utf8)))
    }

    /// The path of an absolute URI or of a bare path, without query and fragment.
    private static func path(of uri: String) -> String {
        if uri.hasPrefix("/") { return String(uri.prefix { $0 != "?" && $0 != "#" }) }
        return URLComponents(string: uri)?.percentEncodedPath ?? ""
    }

    private static func decode<Value: Decodable>(
        _ part: Substring, name: String
    ) throws(PossessionProofError) -> Value {
        guard let bytes = Base64URL.decode(part) else { throw .malformed("\(name) is not base64url") }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw .malformed("\(name) is not the JSON expected")
        }
    }
}

/// Why a proof does not stand.
public enum PossessionProofError: Error, Sendable, Equatable {
    /// Not a proof of the kind expected; the text says where, and holds nothing of the proof itself.
    case malformed(String)
    case badSignature
    /// Made for another method or path.
    case otherRequest
    /// Made for another access token, or for none.
    case otherToken
}

private struct Header: Codable {
    var typ = "dpop+jwt"
    var alg = "EdDSA"
    var jwk: JWK
}

private struct JWK: Codable {
    var kty = "OKP"
    var crv = "Ed25519"
    var x: String
}

private struct Claims: Codable {
    var jti: String
    var htm: String
    var htu: String
    var iat: Int64
    var ath: String?
}
