import Inventory
import PackageIdentity

/// Heartbeat facts as the columns hold them.
package struct StoredFacts: Sendable {
    /// Name of the host as it gives it itself.
    package let hostname: String
    /// Version of the agent.
    package let agentVersion: String
    /// JSON of the operating system.
    package let os: String?
    /// JSON of everything but the cost of the last scan, for which there is ``StoredScanCost``.
    package let json: String

    /// Brings facts into their form; of the warnings the first 100 are kept.
    package init(_ facts: HeartbeatFacts) throws {
        hostname = facts.host.hostname
        agentVersion = facts.agentVersion
        os = try facts.host.os.map { try StoredJSON.encode($0) }
        json = try StoredJSON.encode(
            Document(
                host: facts.host, agentVersion: facts.agentVersion, droppedReports: facts.droppedReports,
                warnings: Array(facts.warnings.prefix(100))))
    }

    /// Reads the `facts` column, and the `cost` of the last scan where that is asked for.
    package static func decode(_ json: String, lastScan cost: String? = nil) throws -> HeartbeatFacts {
        let document = try StoredJSON.decode(Document.self, json)
        return HeartbeatFacts(
            host: document.host, agentVersion: document.agentVersion, droppedReports: document.droppedReports,
            warnings: document.warnings, lastScan: try StoredScanCost.decode(cost))
    }

    private struct Document: Codable {
        let host: HostFacts
        let agentVersion: String
        let droppedReports: Int
        let warnings: [ScanWarning]
    }
}
