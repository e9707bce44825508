import Inventory
import PackageIdentity
import Stores

/// Heartbeat facts as the columns hold them.
struct StoredFacts: Sendable {
    let hostname: String
    let agentVersion: String
    /// JSON of the operating system.
    let os: String?
    /// JSON of everything.
    let json: String

    init(_ facts: HeartbeatFacts) throws {
        hostname = facts.host.hostname
        agentVersion = facts.agentVersion
        os = try facts.host.os.map { try StoredJSON.encode($0) }
        json = try StoredJSON.encode(
            Document(
                host: facts.host, agentVersion: facts.agentVersion, droppedReports: facts.droppedReports,
                warnings: Array(facts.warnings.prefix(100))))
    }

    /// Reads the `facts` column.
    static func decode(_ json: String) throws -> HeartbeatFacts {
        let document = try StoredJSON.decode(Document.self, json)
        return HeartbeatFacts(
            host: document.host, agentVersion: document.agentVersion, droppedReports: document.droppedReports,
            warnings: document.warnings)
    }

    private struct Document: Codable {
        let host: HostFacts
        let agentVersion: String
        let droppedReports: Int
        let warnings: [ScanWarning]
    }
}
