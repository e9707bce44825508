import Crypto
import FoundationEssentials
import Wire

/// Who the agent is: its key, and once enrolled its name at the server.
public struct Credential: Sendable {
    /// Ed25519.
    private(set) var key: Curve25519.Signing.PrivateKey
    /// When it was made, Unix seconds; 0 when nobody noted it.
    private(set) var madeAt: Int64
    /// The key that shall take its place. Kept before the server hears of it: whether it did shows by which of the two it knows.
    private(set) var nextKey: Curve25519.Signing.PrivateKey?
    /// What the key made before was; `nil` while that is the first one.
    private var keptStorageKey: SymmetricKey?
    /// `nil` until enrolled.
    var agentID: String?
    /// Name of the company, for people; `nil` until enrolled.
    public internal(set) var company: String?

    /// Whether the server knows this agent.
    public var isEnrolled: Bool { agentID != nil }

    /// What the spool is sealed with: made from the agent's first key, and kept when that is replaced, as files may wait that were sealed before.
    var storageKey: SymmetricKey {
        keptStorageKey
            ?? HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), info: Data("zerotrace agent spool".utf8),
                outputByteCount: 32)
    }

    private static let fileName = "credential.json"

    private struct File: Codable {
        var key: String
        var agentID: String?
        var company: String?
        var madeAt: Int64?
        var nextKey: String?
        var storageKey: String?

        enum CodingKeys: String, CodingKey {
            case key, company
            case agentID = "agent_id"
            case madeAt = "made_at"
            case nextKey = "next_key"
            case storageKey = "storage_key"
        }
    }

    /// Reads the credential, or makes a key and keeps it before it is ever used: a lost enrollment reply then costs nothing, as the
    /// same key enrolls again.
    ///
    /// - Throws: ``AgentError/state(path:reason:)``; a damaged credential is never replaced silently.
    static func loadOrCreate(in folder: StateFolder) throws(AgentError) -> Credential {
        if let credential = try load(in: folder) { return credential }
        let credential = Credential(
            key: Curve25519.Signing.PrivateKey(), madeAt: Int64(Date().timeIntervalSince1970), agentID: nil,
            company: nil)
        try credential.save(in: folder)
        return credential
    }

    /// Reads the credential; `nil` when there is none.
    static func load(in folder: StateFolder) throws(AgentError) -> Credential? {
        guard let bytes = try folder.read(fileName, limit: 16 << 10) else { return nil }
        guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)),
            let key = Self.key(file.key), file.nextKey == nil || file.nextKey.flatMap(Self.key) != nil,
            file.storageKey == nil || file.storageKey.flatMap({ Base64URL.decode($0) })?.count == 32
        else { throw .state(path: folder.path + "/" + fileName, reason: "is damaged; remove it to enroll anew") }
        return Credential(
            key: key, madeAt: file.madeAt ?? 0, nextKey: file.nextKey.flatMap(Self.key),
            keptStorageKey: file.storageKey.flatMap { Base64URL.decode($0) }.map { SymmetricKey(data: $0) },
            agentID: file.agentID, company: file.company)
    }

    private static func key(_ text: String) -> Curve25519.Signing.PrivateKey? {
        Base64URL.decode(text).flatMap { try? Curve25519.Signing.PrivateKey(rawRepresentation: $0) }
    }

    /// The key that shall come next, made and kept when there is none.
    ///
    /// - Throws: When it cannot be kept; then there is none.
    mutating func prepareNextKey(in folder: StateFolder) throws(AgentError) -> Curve25519.Signing.PrivateKey {
        if let nextKey { return nextKey }
        let made = Curve25519.Signing.PrivateKey()
        var next = self
        next.nextKey = made
        next.keptStorageKey = storageKey
        try next.save(in: folder)
        self = next
        return made
    }

    /// The next key is the key: the server knows it. As long as that is not kept, the file holds both, which serves as well.
    mutating func adoptNextKey(now: Int64) {
        guard let nextKey else { return }
        (key, madeAt, self.nextKey) = (nextKey, now, nil)
    }

    func save(in folder: StateFolder) throws(AgentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let file = File(
            key: Base64URL.encode(key.rawRepresentation), agentID: agentID, company: company, madeAt: madeAt,
            nextKey: nextKey.map { Base64URL.encode($0.rawRepresentation) },
            storageKey: keptStorageKey.map { Base64URL.encode($0.withUnsafeBytes(Array.init)) })
        guard let data = try? encoder.encode(file) else {
            throw .state(path: folder.path + "/" + Self.fileName, reason: "cannot be encoded")
        }
        try folder.write(Self.fileName, Array(data))
    }
}
