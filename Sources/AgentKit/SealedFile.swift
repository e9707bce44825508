import Crypto
import FoundationEssentials

/// How what waits for the server lies on disk: compressed, then sealed with AES-256-GCM, so that a copy of the files without the credential tells nothing.
///
/// `ZTS1`, a nonce of 12 bytes, the sealed bytes, a tag of 16.
struct SealedFile: Sendable {
    private let key: SymmetricKey

    /// What a sealed file has more than its contents.
    static let overhead = 32
    private static let magic = Array("ZTS1".utf8)

    /// - Parameter key: 256 bits, see ``Credential/storageKey``.
    init(key: SymmetricKey) { self.key = key }

    /// Other bytes each time, as the nonce is drawn.
    func seal(_ bytes: [UInt8]) throws(AgentError) -> [UInt8] {
        guard let box = try? AES.GCM.seal(bytes, using: key, authenticating: Self.magic), let sealed = box.combined
        else {
            throw .state(path: "spool", reason: "cannot be sealed")
        }
        return Self.magic + sealed
    }

    /// - Returns: `nil` for what was sealed with another key or changed since. What was never sealed is returned as it is: agents of before left such files.
    func open(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.starts(with: Self.magic) else { return bytes }
        guard let box = try? AES.GCM.SealedBox(combined: bytes.dropFirst(Self.magic.count)),
            let opened = try? AES.GCM.open(box, using: key, authenticating: Self.magic)
        else { return nil }
        return Array(opened)
    }
}
