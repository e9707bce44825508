import BoundedInput
import Crypto
import Foundation

/// The key under which secrets are sealed, kept in a file of mode 0600: 32 bytes in base64. Gateways and processors need the same one. Without it
/// the secrets are lost, and endpoints have to be made anew.
public enum SealingKeyFile {
    /// Reads the key, or makes one when there is no file. Two processes that start at once end up with the same key.
    ///
    /// - Parameter path: The file, in a folder that exists.
    public static func loadOrCreate(path: String) throws(PrivateFileError) -> SymmetricKey {
        try PrivateFile.createIfMissing(path) {
            let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            return Array((key.base64EncodedString() + "\n").utf8)
        }
        let bytes = try PrivateFile.read(path, limit: 1 << 10)
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let key = Data(base64Encoded: text), key.count == 32 else {
            throw .malformed(path: path, expected: "32 bytes in base64")
        }
        return SymmetricKey(data: key)
    }
}
