import BoundedInput
import Crypto
import CryptoExtras
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The keys that sign access tokens, kept in a file of mode 0600. Deleting the file and starting again ends all access tokens;
/// refresh tokens keep working.
///
/// Several gateways share the file, as a mounted secret or a copy. It holds keys in PEM, one after the other; before each may stand a line
/// `# signs from <seconds since 1970>`.
public enum SigningKeyFile {
    /// Reads the key, or makes one when there is no file. Two processes that start at once end up with the same key.
    ///
    /// - Parameter path: The file, in a folder that exists; PEM (PKCS #8).
    public static func loadOrCreate(path: String) throws(PrivateFileError) -> Curve25519.Signing.PrivateKey {
        try PrivateFile.createIfMissing(path) { encoded([.init(Curve25519.Signing.PrivateKey())]) }
        return try loadKeys(path: path).all[0].key
    }

    /// Reads all keys.
    public static func loadKeys(path: String) throws(PrivateFileError) -> SigningKeys {
        let text = try Self.text(path: path)
        guard let keys = SigningKeys(try keys(in: text, path: path)) else { throw malformed(path) }
        return keys
    }

    /// Adds a key that signs from a moment on, and takes out keys that no valid token can be signed with any more. The file is replaced at
    /// once; whoever reads it has the old keys or the new.
    ///
    /// - Parameters:
    ///   - delay: Until the new key signs. Longer than gateways take to notice it, and than it takes to bring the file to all of them.
    ///   - tokenLifetime: How long an access token works.
    /// - Returns: The id of the new key, as in the key set.
    /// - Throws: ``PrivateFileError/missing(path:)`` where no gateway has made a key yet.
    @discardableResult
    public static func rotate(
        path: String, now: Date, delay: Duration = .seconds(60), tokenLifetime: Duration = .seconds(600)
    ) throws(PrivateFileError) -> String {
        guard access(path, F_OK) == 0 || errno != ENOENT else { throw .missing(path: path) }
        let time = Int64(now.timeIntervalSince1970)
        let known = try loadKeys(path: path).all
        // A key goes when the one after it has signed for longer than a token lives.
        let kept = known.enumerated().filter { index, _ in
            index + 1 >= known.count || known[index + 1].signsFrom + tokenLifetime.seconds > time
        }.map(\.element)
        let new = SigningKeys.Key(Curve25519.Signing.PrivateKey(), signsFrom: time + delay.seconds)
        try PrivateFile.replace(path, with: encoded(kept + [new]))
        return new.id
    }

    /// - Throws: ``PrivateFileError/malformed(path:expected:)`` for a block that is no key.
    private static func keys(in text: String, path: String) throws(PrivateFileError) -> [SigningKeys.Key] {
        var keys: [SigningKeys.Key] = []
        var (block, signsFrom) = ("", Int64(0))
        for line in text.split(separator: "\n") {
            if line.hasPrefix(mark) {
                guard let time = Int64(line.dropFirst(mark.count)) else { throw malformed(path) }
                signsFrom = time
                continue
            }
            block += line + "\n"
            guard line.hasPrefix("-----END") else { continue }
            guard let key = try? Curve25519.Signing.PrivateKey(pemRepresentation: block) else {
                throw malformed(path)
            }
            keys.append(.init(key, signsFrom: signsFrom))
            (block, signsFrom) = ("", 0)
        }
        guard block.isEmpty else { throw malformed(path) }
        return keys
    }

    private static let mark = "# signs from "

    private static func malformed(_ path: String) -> PrivateFileError {
        .malformed(path: path, expected: "an Ed25519 private key in PEM")
    }

    private static func text(path: String) throws(PrivateFileError) -> String {
        let bytes = try PrivateFile.read(path, limit: 64 << 10)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed(path) }
        return text
    }

    private static func encoded(_ keys: [SigningKeys.Key]) -> [UInt8] {
        Array(keys.map { "\(mark)\($0.signsFrom)\n\($0.key.pemRepresentation)\n" }.joined().utf8)
    }
}
