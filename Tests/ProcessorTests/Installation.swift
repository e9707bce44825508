import Events
import Foundation
import Inventory
import JobQueue
import Logging
import PackageIdentity
import SQLiteStore
@_spi(Minting) import Stores

@testable import Processor

/// A store in a folder of its own, with queue and bus, and short ways to set things up.
final class Installation: Sendable {
    let store: SQLiteStore
    let queue = EmbeddedJobQueue()
    let events = EmbeddedEventBus()
    private let folder: String

    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "processor-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try SQLiteStore(path: folder + "/store.sqlite")
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One company with that many agents.
    func company(_ name: String = "company", agents: Int = 1) async throws -> (scope: CompanyScope, agents: [AgentID]) {
        let scope = CompanyScope(companyID: try await store.insertCompany(named: name, at: Self.now).id)
        let token = SecretHash(bytes: Self.bytes("token of \(name)"))
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: token, label: "", maximumUses: agents,
            expiresAt: Self.now.addingTimeInterval(60), at: Self.now)
        var ids: [AgentID] = []
        for number in 0..<agents {
            let facts = HeartbeatFacts(
                host: HostFacts(hostname: "\(name)-\(number)", architecture: "x86_64"), agentVersion: "1",
                droppedReports: 0, warnings: [])
            let outcome = try await store.enrollAgent(
                token: token, publicKey: Self.bytes("key \(number) of \(name)"), facts: facts, at: Self.now)
            if case .enrolled(let credential) = outcome { ids.append(credential.agentID) }
        }
        return (scope, ids)
    }

    private static func bytes(_ text: String) -> [UInt8] {
        Array((Array(text.utf8) + [UInt8](repeating: 0, count: 32)).prefix(32))
    }

    /// An inventory arrives, as the gateway has it: stored, then hinted at.
    @discardableResult
    func receive(
        _ names: [String], from agent: AgentID, of scope: CompanyScope, priority: WorkPriority? = .change
    ) async throws -> InventoryDigest {
        let inventory = Inventory(try names.map { try PackageURL("pkg:pypi/\($0)@1.0") })
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: Self.now)
        if let priority {
            try await queue.enqueue(WorkHint(scope: scope, priority: priority, subject: agent.description))
        }
        return inventory.digest
    }

    func inventoryProcessor(
        _ verdicts: VerdictDouble, workers: Int = 1, queue: (any JobQueue)? = nil
    ) -> InventoryProcessor {
        InventoryProcessor(
            store: store, verdicts: verdicts, queue: queue ?? self.queue, events: events, workers: workers,
            logger: Self.silent, now: { Self.now })
    }

    func feedChangeProcessor(
        _ verdicts: VerdictDouble, leadership: any Leadership = SoleLeadership()
    ) -> FeedChangeProcessor {
        FeedChangeProcessor(
            store: store, verdicts: verdicts, changeFeed: verdicts, events: events, leadership: leadership,
            logger: Self.silent, now: { Self.now })
    }

    /// Applies everything of the company that waits, without the queue.
    func applyWaiting(of scope: CompanyScope, by processor: InventoryProcessor) async throws -> [WorkFailure] {
        let waiting = try await store.fetchPendingAgents(scope: scope, after: nil, limit: 10_000)
        return try await processor.apply(waiting.map(\.agentID), scope: scope)
    }

    /// The event that a hint is about.
    func event(_ hint: EventHint?, of scope: CompanyScope) async throws -> Event? {
        guard case .appended(let id) = hint else { return nil }
        return try await store.fetchEvents(scope: scope, after: EventID(rawValue: id.rawValue - 1), limit: 1).first
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Vulnerabilities of an agent by package name.
    func findings(_ agent: AgentID, of scope: CompanyScope) async throws -> [String: [String]] {
        let page = try await store.fetchAgentFindings(
            scope: scope, agentID: agent, query: VulnerabilityQuery(), page: PageRequest(limit: 200))
        var findings: [String: [String]] = [:]
        for item in page.items {
            for package in item.packages { findings[package.purl.name, default: []].append(item.record.id) }
        }
        return findings.mapValues { $0.sorted() }
    }

    func state(_ agent: AgentID, of scope: CompanyScope) async throws -> InventoryState? {
        try await store.fetchAgent(scope: scope, id: agent)?.summary.state
    }
}

/// Runs services as long as the body takes.
func running<Result: Sendable>(
    _ services: [@Sendable () async throws -> Void], _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services { group.addTask { try await service() } }
        let result = try await body()
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}
