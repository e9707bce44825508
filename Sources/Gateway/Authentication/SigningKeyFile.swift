import BoundedInput
import Crypto
import CryptoExtras
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why there is no signing key.
public enum SigningKeyFileError: Error, Sendable, Equatable {
    /// The file can be read by others than its owner; change its mode to 0600, and make a new key if others may have read it.
    case readableByOthers(path: String)
    /// The file does not hold an Ed25519 private key.
    case malformed(path: String)
    /// The system refused; the text says what it did and why.
    case system(path: String, reason: String)
}

/// The key that signs access tokens, kept in a file of mode 0600. Deleting the file and starting again ends all access tokens;
/// refresh tokens keep working.
public enum SigningKeyFile {
    /// Reads the key, or makes one when there is no file. Two processes that start at once end up with the same key.
    ///
    /// - Parameter path: The file, in a folder that exists; PEM (PKCS #8).
    public static func loadOrCreate(path: String) throws(SigningKeyFileError) -> Curve25519.Signing.PrivateKey {
        if access(path, F_OK) != 0 { try create(path: path) }
        return try load(path: path)
    }

    private static func load(path: String) throws(SigningKeyFileError) -> Curve25519.Signing.PrivateKey {
        var info = stat()
        guard stat(path, &info) == 0 else { throw failure(path, "stat") }
        guard info.st_mode & 0o077 == 0 else { throw .readableByOthers(path: path) }
        let bytes: [UInt8]
        do {
            bytes = try BoundedFile.read(path, limit: 4096)
        } catch {
            throw .system(path: path, reason: String(describing: error))
        }
        guard let text = String(validating: bytes, as: UTF8.self),
            let key = try? Curve25519.Signing.PrivateKey(pemRepresentation: text)
        else { throw .malformed(path: path) }
        return key
    }

    /// Writes the key under another name and links it to its place, which fails when somebody was faster: then theirs stands.
    private static func create(path: String) throws(SigningKeyFileError) {
        let draft = path + ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
        defer { unlink(draft) }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, "open") }
        let text = Array((Curve25519.Signing.PrivateKey().pemRepresentation + "\n").utf8)
        let isWritten = write(descriptor, text, text.count) == text.count && fsync(descriptor) == 0
        let reason = failure(path, "write")
        guard close(descriptor) == 0, isWritten else { throw reason }
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path, "link") }
    }

    private static func failure(_ path: String, _ operation: String) -> SigningKeyFileError {
        .system(path: path, reason: "\(operation): \(String(cString: strerror(errno)))")
    }
}
