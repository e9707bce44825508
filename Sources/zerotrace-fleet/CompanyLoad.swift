import BoundedInput
import Foundation
import Inventory
import Matching
import PackageIdentity
import PostgresStore
import SeededRandom
@_spi(Minting) import Stores
import Verdicts

/// One company and its agents, from enrollment to the last applied inventory.
struct CompanyLoad {
    /// How much there is to be.
    struct Plan: Sendable {
        let agents: Int
        let packages: Int
        /// Percent of agents with packages of their own.
        let own: Int
        let changes: Int
    }

    private let store: PostgresStore
    private let number: Int
    private let plan: Plan
    private let draw: PackageDraw
    private let index: AdvisoryIndex
    private let scope: CompanyScope
    private let token: SecretHash
    private var keys: SplitMix
    /// Inventories whose packages have verdicts.
    private var matched: Set<InventoryDigest> = []
    private var image = Image(held: [:], inventory: Inventory([]), packed: [])

    /// Hosts that were set up alike.
    private static let groupSize = 25

    /// What the hosts of a group have in common.
    private struct Image {
        let held: [Int32: Int32]
        let inventory: Inventory
        let packed: [UInt8]
    }

    /// Makes the company.
    init(_ number: Int, _ plan: Plan, _ draw: PackageDraw, _ index: AdvisoryIndex, _ store: PostgresStore) async throws
    {
        (self.store, self.number, self.plan, self.draw, self.index) = (store, number, plan, draw, index)
        keys = SplitMix(seed: UInt64(number) << 32)
        scope = CompanyScope(companyID: try await store.insertCompany(named: "Company \(number + 1)", at: Date()).id)
        token = SecretHash(bytes: Self.bytes(&keys))
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: token, label: "", maximumUses: plan.agents,
            expiresAt: Date(timeIntervalSinceNow: 1e7), at: Date())
    }

    /// Adds its agents, one after the other.
    /// - Returns: How many different inventories they had.
    mutating func run() async throws -> Int {
        for agent in 0..<plan.agents {
            if agent % Self.groupSize == 0 { try drawImage(agent) }
            try await add(agent)
        }
        return matched.count
    }

    private func generator(_ agent: Int, salt: UInt64) -> SplitMix {
        SplitMix(seed: UInt64(number) << 32 | UInt64(agent) | salt << 60)
    }

    private mutating func drawImage(_ agent: Int) throws {
        var (random, held) = (generator(agent, salt: 1), [Int32: Int32]())
        draw.fill(&held, upTo: plan.packages, using: &random)
        let inventory = try inventory(held)
        image = Image(held: held, inventory: inventory, packed: Gzip.compress(inventory.encoded()))
    }

    private mutating func add(_ agent: Int) async throws {
        let facts = Self.facts("web-\(number)-\(agent).example.com")
        let outcome = try await store.enrollAgent(
            token: token, publicKey: Self.bytes(&keys), facts: facts, at: Date())
        guard case .enrolled(let credential) = outcome else { throw StoreError.unavailable("enroll: \(outcome)") }
        var (random, held) = (generator(agent, salt: 2), image.held)
        // As many as wanted in each hundred, spread.
        if agent % 100 * 37 % 100 < plan.own {
            for name in held.keys.sorted().shuffled(using: &random).prefix(plan.packages / 10) { held[name] = nil }
            draw.fill(&held, upTo: plan.packages, using: &random)
            try await report(try inventory(held), nil, of: credential.agentID, facts)
        } else {
            try await report(image.inventory, image.packed, of: credential.agentID, facts)
        }
        for _ in 0..<plan.changes {
            if let name = held.keys.sorted().randomElement(using: &random) { held[name, default: 0] += 1 }
            try await report(try inventory(held), nil, of: credential.agentID, facts)
        }
    }

    /// Receives an inventory, has it matched, applies it, and hears the agent once more.
    private mutating func report(_ inventory: Inventory, _ packed: [UInt8]?, of agent: AgentID, _ facts: HeartbeatFacts)
        async throws
    {
        _ = try await store.receiveInventory(
            scope: scope, agentID: agent, inventory: inventory, packed: packed, at: Date())
        if matched.insert(inventory.digest).inserted { try await match(inventory) }
        _ = try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: Date())
        _ = try await store.recordHeartbeat(scope: scope, agentID: agent, facts: facts, at: Date())
    }

    private func match(_ inventory: Inventory) async throws {
        let missing = try await store.fetchUnevaluatedPackages(among: inventory.packages, at: Date())
        guard !missing.isEmpty else { return }
        let batch = VerdictBatch(of: missing.map(\.purl), from: index)
        _ = try await store.recordVerdicts(
            zip(missing, batch.verdicts).map { PackageVerdicts(package: $0.id, verdicts: $1) },
            vulnerabilities: batch.vulnerabilities, indexDigest: batch.indexDigest, at: Date())
    }

    private func inventory(_ held: [Int32: Int32]) throws -> Inventory {
        Inventory(try held.map { try draw.package($0.key, build: $0.value) })
    }

    private static func bytes(_ generator: inout SplitMix) -> [UInt8] {
        (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private static func facts(_ hostname: String) -> HeartbeatFacts {
        let system = OperatingSystem(
            id: "debian", versionID: "12", codename: "bookworm", prettyName: "Debian GNU/Linux 12 (bookworm)",
            idLike: [])
        return HeartbeatFacts(
            host: HostFacts(
                hostname: hostname, os: system, kernelRelease: "6.1.0-28-amd64", bootTime: 1_764_000_000,
                architecture: "x86_64"),
            agentVersion: "0.9.0", droppedReports: 0, warnings: [])
    }
}
