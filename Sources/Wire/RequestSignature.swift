import Crypto
import FoundationEssentials

/// A signature over one request with a key that agent and server share: what an agent proves in each request once it has an access token.
///
/// An HTTP message signature with HMAC-SHA256 over method, path, access token and digest of the body, always these and in this order. Making or checking one takes
/// some microseconds, where a public key takes a hundred. The key comes with the token, for which the agent's own key was proved.
///
/// - Source: RFC 9421, <https://www.rfc-editor.org/rfc/rfc9421>; RFC 9530 for `Content-Digest`.
public struct RequestSignature: Sendable, Equatable {
    /// Unique per request; at most ``nonceLimit`` characters.
    public let nonce: String
    /// When it was made, Unix seconds by the sender's clock.
    public let createdAt: Int64

    /// The three header fields.
    public struct Fields: Sendable, Equatable {
        /// `Signature-Input`.
        public let input: String
        /// `Signature`.
        public let signature: String
        /// `Content-Digest`.
        public let contentDigest: String

        /// Makes one from its parts.
        public init(input: String, signature: String, contentDigest: String) {
            self.input = input
            self.signature = signature
            self.contentDigest = contentDigest
        }
    }

    /// Characters of a nonce that a receiver accepts.
    public static let nonceLimit = 64
    /// Bytes of each field that a receiver looks at.
    public static let fieldLimit = 512
    /// Bytes of a key.
    public static let keyLength = 32

    private static let covered = #"("@method" "@path" "authorization" "content-digest")"#
    private static let algorithm = #";alg="hmac-sha256""#

    /// Signs one request.
    ///
    /// - Parameters:
    ///   - method: HTTP method in capitals.
    ///   - path: Path of the request, without query.
    ///   - authorization: Value of the field `Authorization`.
    ///   - body: The body as it travels, compressed if it is.
    ///   - now: Unix seconds, corrected by what the agent knows of the server's clock.
    public static func sign(
        method: String, path: String, authorization: String, body: [UInt8], key: [UInt8], now: Int64
    ) -> Fields {
        let nonce = Base64URL.encode(SymmetricKey(size: .bits128).withUnsafeBytes(Array.init))
        let parameters = "\(covered);created=\(now);nonce=\"\(nonce)\"\(algorithm)"
        let digest = contentDigest(of: body)
        let base = base(method, path, authorization, digest, parameters)
        let code = HMAC<SHA256>.authenticationCode(for: base, using: SymmetricKey(data: key))
        return Fields(
            input: "zt=" + parameters, signature: "zt=:" + Data(code).base64EncodedString() + ":", contentDigest: digest
        )
    }

    /// Checks a signature against the request it came with. Freshness and single use are the caller's to check, and that the body has the digest.
    ///
    /// - Throws: ``RequestSignatureError``.
    public init(
        verifying fields: Fields, method: String, path: String, authorization: String, key: SymmetricKey
    ) throws(RequestSignatureError) {
        guard fields.input.utf8.count <= Self.fieldLimit, fields.signature.utf8.count <= Self.fieldLimit,
            fields.contentDigest.utf8.count <= Self.fieldLimit, fields.input.hasPrefix("zt=" + Self.covered)
        else { throw .malformed }
        let parameters = fields.input.dropFirst("zt=".utf8.count)
        (createdAt, nonce) = try Self.read(parameters.dropFirst(Self.covered.utf8.count))
        guard fields.signature.hasPrefix("zt=:"), fields.signature.hasSuffix(":"),
            let code = Data(base64Encoded: String(fields.signature.dropFirst(4).dropLast()))
        else { throw .malformed }
        let base = Self.base(method, path, authorization, fields.contentDigest, parameters)
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: base, using: key) else {
            throw .badSignature
        }
    }

    /// The value of `Content-Digest` for a body.
    public static func contentDigest(of body: some DataProtocol) -> String {
        "sha-256=:" + Data(SHA256.hash(data: body)).base64EncodedString() + ":"
    }

    /// `;created=1;nonce="x";alg="hmac-sha256"`
    private static func read(_ parameters: Substring) throws(RequestSignatureError) -> (Int64, String) {
        guard parameters.hasPrefix(";created="), parameters.hasSuffix("\"" + algorithm) else { throw .malformed }
        let rest = parameters.dropFirst(";created=".utf8.count).dropLast(algorithm.utf8.count + 1)
        guard let end = rest.utf8.firstIndex(of: UInt8(ascii: ";")), let created = Int64(rest[..<end]),
            rest[end...].hasPrefix(";nonce=\"")
        else { throw .malformed }
        let nonce = rest[end...].dropFirst(";nonce=\"".utf8.count)
        let isPlain = nonce.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard (1...nonceLimit).contains(nonce.utf8.count), isPlain else { throw .malformed }
        return (created, String(nonce))
    }

    /// What is signed.
    ///
    /// - Source: RFC 9421 section 2.5.
    private static func base(
        _ method: String, _ path: String, _ authorization: String, _ digest: String, _ parameters: some StringProtocol
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            192 + path.utf8.count + authorization.utf8.count + digest.utf8.count + parameters.utf8.count)
        for (name, value) in [("\"@method\": ", method), ("\n\"@path\": ", path)] {
            bytes += name.utf8
            bytes += value.utf8
        }
        bytes += "\n\"authorization\": ".utf8
        bytes += authorization.utf8
        bytes += "\n\"content-digest\": ".utf8
        bytes += digest.utf8
        bytes += "\n\"@signature-params\": ".utf8
        bytes += parameters.utf8
        return bytes
    }
}

/// Why a signature does not stand.
public enum RequestSignatureError: Error, Sendable, Equatable {
    /// Not of the one form that is accepted.
    case malformed
    /// Of another request, or made with another key.
    case badSignature
}
