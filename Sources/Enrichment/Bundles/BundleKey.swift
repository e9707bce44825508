import Crypto
import Foundation

/// The public half of a key that signs feed bundles: who trusts it takes bundles that it signed.
public struct BundleKey: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes, RFC 8032.
    let bytes: Data

    private static let prefix = "ed25519-public:"

    init(_ key: Curve25519.Signing.PublicKey) { bytes = key.rawRepresentation }

    /// Reads a key.
    ///
    /// - Parameter text: The key itself, as ``description`` writes it, or the path of a file with it.
    /// - Throws: ``BundleError/badKey(_:)``, ``BundleError/noKey(_:)``.
    public init(_ text: String) throws(BundleError) {
        bytes = try BundleKeyText.read(text, prefix: Self.prefix)
    }

    /// `ed25519-public:` and base64.
    public var description: String { Self.prefix + bytes.base64EncodedString() }

    func hasSigned(_ message: Data, signature: Data) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

/// A key that signs feed bundles. Who has it can tell every installation that trusts it what is vulnerable.
public struct BundleSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    private static let prefix = "ed25519-private:"

    /// A new key.
    public init() { key = Curve25519.Signing.PrivateKey() }

    /// Reads the key from its file.
    ///
    /// - Throws: ``BundleError/badKey(_:)``, ``BundleError/noKey(_:)``.
    public init(path: String) throws(BundleError) {
        let bytes = try BundleKeyText.read(path, prefix: Self.prefix)
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        } catch {
            throw .badKey(path)
        }
    }

    /// What others trust.
    public var publicKey: BundleKey { BundleKey(key.publicKey) }

    /// Writes the key for its owner alone, and the public half beside it with `.pub` at the end of its name. Replaces nothing.
    ///
    /// - Returns: The path of the public half.
    public func save(path: String) throws -> String {
        let text = Self.prefix + key.rawRepresentation.base64EncodedString() + "\n"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BundleError.unwritable("\(path): \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try Data("\(publicKey)\n".utf8).write(to: URL(filePath: path + ".pub"), options: .withoutOverwriting)
        return path + ".pub"
    }

    func signature(for message: Data) throws -> Data { try key.signature(for: message) }
}

/// The text form of keys.
private enum BundleKeyText {
    static func read(_ textOrPath: String, prefix: String) throws(BundleError) -> Data {
        let text =
            if textOrPath.hasPrefix(prefix) {
                textOrPath
            } else if let content = FileManager.default.contents(atPath: textOrPath) {
                String(decoding: content.prefix(4096), as: UTF8.self)
            } else {
                throw .noKey(textOrPath)
            }
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard line.hasPrefix(prefix), let bytes = Data(base64Encoded: String(line.dropFirst(prefix.count))),
            bytes.count == 32
        else { throw .badKey(textOrPath.hasPrefix(prefix) ? "the key" : textOrPath) }
        return bytes
    }
}
