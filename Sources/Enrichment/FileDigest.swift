import Crypto
import Foundation

/// Digests of files, which are read in pieces, and of bytes.
enum FileDigest {
    /// Lowercase hex SHA-256 of a file's bytes.
    static func sha256(path: String) throws -> String {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        var hash = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return hex(hash.finalize())
    }

    /// Lowercase hex SHA-256 of bytes at hand.
    static func sha256(_ bytes: Data) -> String { hex(SHA256.hash(data: bytes)) }

    /// Lowercase hex of a digest.
    static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
