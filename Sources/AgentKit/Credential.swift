import Crypto
import FoundationEssentials
import Wire

/// Who the agent is: its key, and once enrolled its name at the server.
public struct Credential: Sendable {
    /// Ed25519.
    let key: Curve25519.Signing.PrivateKey
    /// `nil` until enrolled.
    var agentID: String?
    /// Name of the company, for people; `nil` until enrolled.
    public internal(set) var company: String?

    /// Whether the server knows this agent.
    public var isEnrolled: Bool { agentID != nil }

    private static let fileName = "credential.json"

    private struct File: Codable {
        var key: String
        var agentID: String?
        var company: String?

        enum CodingKeys: String, CodingKey {
            case key, company
            case agentID = "agent_id"
        }
    }

    /// Reads the credential, or makes a key and keeps it before it is ever used: a lost enrollment reply then costs nothing, as the
    /// same key enrolls again.
    ///
    /// - Throws: ``AgentError/state(path:reason:)``; a damaged credential is never replaced silently.
    static func loadOrCreate(in folder: StateFolder) throws(AgentError) -> Credential {
        guard let bytes = try folder.read(fileName, limit: 16 << 10) else {
            let credential = Credential(key: Curve25519.Signing.PrivateKey(), agentID: nil, company: nil)
            try credential.save(in: folder)
            return credential
        }
        guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)),
            let raw = Base64URL.decode(file.key),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { throw .state(path: folder.path + "/" + fileName, reason: "is damaged; remove it to enroll anew") }
        return Credential(key: key, agentID: file.agentID, company: file.company)
    }

    func save(in folder: StateFolder) throws(AgentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let file = File(key: Base64URL.encode(key.rawRepresentation), agentID: agentID, company: company)
        guard let data = try? encoder.encode(file) else {
            throw .state(path: folder.path + "/" + Self.fileName, reason: "cannot be encoded")
        }
        try folder.write(Self.fileName, Array(data))
    }
}
