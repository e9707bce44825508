import BoundedInput
import Crypto
import Foundation

/// Why there is no sealing key.
public enum SealingKeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file can be read by others than its owner.
    case readableByOthers(path: String)
    /// The file does not hold a key.
    case malformed(path: String)
    /// The system refused; the text says what it did and why.
    case system(path: String, reason: String)

    init(_ error: PrivateFileError) {
        self =
            switch error {
            case .readableByOthers(let path): .readableByOthers(path: path)
            case .system(let path, let reason): .system(path: path, reason: reason)
            }
    }

    /// One sentence for whoever runs the server.
    public var description: String {
        switch self {
        case .readableByOthers(let path):
            "\(path) can be read by others than its owner: give the file mode 0600."
        case .malformed(let path): "\(path) does not hold 32 bytes in base64."
        case .system(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// The key under which secrets are sealed, kept in a file of mode 0600: 32 bytes in base64. Gateways and processors need the same one. Without it
/// the secrets are lost, and endpoints have to be made anew.
public enum SealingKeyFile {
    /// Reads the key, or makes one when there is no file. Two processes that start at once end up with the same key.
    ///
    /// - Parameter path: The file, in a folder that exists.
    public static func loadOrCreate(path: String) throws(SealingKeyFileError) -> SymmetricKey {
        let bytes: [UInt8]
        do throws(PrivateFileError) {
            try PrivateFile.createIfMissing(path) {
                let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
                return Array((key.base64EncodedString() + "\n").utf8)
            }
            bytes = try PrivateFile.read(path, limit: 1 << 10)
        } catch {
            throw SealingKeyFileError(error)
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let key = Data(base64Encoded: text), key.count == 32 else { throw .malformed(path: path) }
        return SymmetricKey(data: key)
    }
}
