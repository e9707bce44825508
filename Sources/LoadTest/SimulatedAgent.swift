import AgentKit
import AsyncHTTPClient
import BoundedInput
import Crypto
import Foundation
import Inventory
import PackageIdentity
import SeededRandom
import Wire

/// One simulated agent: what an agent is to the server, without a machine behind it.
struct SimulatedAgent {
    private let client: GatewayClient
    private let hostname: String
    private var agentID: String?
    private var inventory: Inventory
    private var acknowledged: Inventory?
    private var generator: SplitMix
    private let pool: [PackageURL]

    /// - Parameter pool: Packages to draw from.
    init(number: Int, server: String, http: HTTPClient, pool: [PackageURL], packages: Int, seed: UInt64) {
        client = GatewayClient(server: server, http: http, key: Curve25519.Signing.PrivateKey()) {
            Int64(Date().timeIntervalSince1970)
        }
        hostname = "simulated-\(number)"
        generator = SplitMix(seed: seed &+ UInt64(number))
        self.pool = pool
        inventory = Inventory(pool.shuffled(using: &generator).prefix(packages))
    }

    /// Name at the server; `nil` until enrolled.
    var id: String? { agentID }
    /// What the server must hold in the end.
    var digest: InventoryDigest { inventory.digest }
    /// Whether the server acknowledged that.
    var isAcknowledged: Bool { acknowledged?.digest == inventory.digest }

    /// Changes the inventory a little: one to three packages come or go.
    mutating func drift() {
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard let package = pool.randomElement(using: &generator) else { return }
            let rest = inventory.packages.filter { $0 != package }
            inventory = Inventory(rest.count < inventory.packages.count ? rest : rest + [package])
        }
    }

    /// One exchange, as a real agent makes it: enroll when needed, send what is not acknowledged, else a heartbeat.
    mutating func exchange(token: String) async throws(AgentError) -> Exchange {
        let facts = AgentFacts(
            host: HostFacts(
                hostname: hostname, os: nil, kernelRelease: nil, bootTime: nil, architecture: "x86_64"),
            agentVersion: agentVersion, droppedReports: 0, warnings: [])
        guard let agentID else {
            agentID = try await client.enroll(EnrollRequest(token: token, facts: facts)).agentID
            return .enrolled
        }
        if !isAcknowledged { return try await send(agentID: agentID) }
        let reply = try await client.heartbeat(
            HeartbeatRequest(digest: inventory.digest.description, facts: facts), agentID: agentID)
        if reply.action != .inSync { acknowledged = nil }
        return .heartbeat
    }

    private mutating func send(agentID: String) async throws(AgentError) -> Exchange {
        let sent = inventory
        if let base = acknowledged {
            do {
                _ = try await client.putInventory(
                    Gzip.compress(sent.delta(from: base).encoded()), mediaType: AgentProtocol.inventoryDeltaMediaType,
                    agentID: agentID)
                acknowledged = sent
                return .delta
            } catch {
                guard error.isRefusal(.baseUnknown) else { throw error }
            }
        }
        _ = try await client.putInventory(
            Gzip.compress(sent.encoded()), mediaType: AgentProtocol.inventoryMediaType, agentID: agentID)
        acknowledged = sent
        return .full
    }
}

/// What one exchange was.
enum Exchange: String, Sendable, CaseIterable {
    case enrolled, full, delta, heartbeat
}
