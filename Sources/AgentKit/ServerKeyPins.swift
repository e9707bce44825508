import Crypto
import FoundationEssentials

/// Which public keys the server may have, whoever vouches for its certificate.
public struct ServerKeyPins: Sendable, Hashable, CustomStringConvertible {
    /// SHA-256 of the `SubjectPublicKeyInfo`, 32 bytes each; at least one.
    private let digests: Set<[UInt8]>

    /// Reads `sha256//BASE64`, several with `;` between them: the key of today and the one that is to come.
    ///
    /// - Returns: `nil` for anything else, and for none.
    /// - Source: As curl's `--pinnedpubkey`, <https://curl.se/docs/manpage.html#--pinnedpubkey>; RFC 7469 section 2.4 for what is hashed.
    public init?(_ text: String) {
        var digests: Set<[UInt8]> = []
        for part in text.split(separator: ";") {
            let pin = part.filter { !$0.isWhitespace }
            guard pin.hasPrefix(Self.prefix),
                let digest = Data(base64Encoded: String(pin.dropFirst(Self.prefix.count))),
                digest.count == SHA256.byteCount
            else { return nil }
            digests.insert(Array(digest))
        }
        guard !digests.isEmpty else { return nil }
        self.digests = digests
    }

    private static let prefix = "sha256//"

    /// Whether a key is one of them.
    ///
    /// - Parameter publicKey: Its `SubjectPublicKeyInfo` in DER.
    func contain(publicKey: [UInt8]) -> Bool { digests.contains(Array(SHA256.hash(data: publicKey))) }

    /// As it is read, in order.
    public var description: String {
        digests.map { Self.prefix + Data($0).base64EncodedString() }.sorted().joined(separator: ";")
    }
}
