import Events
import Foundation
import JobQueue
import Logging
import Metrics
import ServiceLifecycle
import Stores
import Verdicts

/// Applies received inventories, company by company.
public struct InventoryProcessor: Service {
    private let store: any Store
    private let queue: any JobQueue
    private let events: any EventBus
    private let matchmaker: Matchmaker
    private let workers: Int
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How long a worker may hold a company before another one may take it.
    static let leaseDuration = Duration.seconds(60)
    /// Inventories taken at a time; between batches the lease is given back, so that companies take turns.
    static let batchSize = 50
    /// How long work rests after the verdict service or the store refused.
    static let retryDelay = Duration.seconds(1)

    /// - Parameter workers: Companies worked on at once, at least 1.
    public init(
        store: any Store, verdicts: any VerdictService, queue: any JobQueue, events: any EventBus, workers: Int,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.queue = queue
        self.events = events
        matchmaker = Matchmaker(store: store, verdicts: verdicts, events: events, now: now)
        self.workers = max(workers, 1)
        self.logger = logger
        self.now = now
    }

    /// Works until cancelled or asked to shut down; a batch under way is finished first.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<workers { group.addTask { await work() } }
            }
        }
    }

    private func work() async {
        while !Task.isCancelled {
            do {
                guard let lease = try await queue.lease(for: Self.leaseDuration) else { return }
                try await serve(lease)
            } catch {
                if Task.isCancelled { return }
                logger.error("queue failed", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    private func serve(_ lease: WorkLease) async throws {
        let scope = lease.hint.scope
        do {
            let full = try await processBatch(scope: scope)
            try await queue.complete(lease)
            if full { try await queue.enqueue(lease.hint) }
        } catch {
            // Nothing is lost: the inventories stay received but not applied, and the sweeper finds them.
            logger.notice(
                "work put back", metadata: ["company": "\(scope.companyID)", "reason": "\(error)"])
            try await queue.release(lease, retryAfter: Self.retryDelay)
        }
    }

    /// Applies one batch of a company's waiting inventories.
    ///
    /// - Returns: Whether the batch was full, so that more may wait.
    func processBatch(scope: CompanyScope) async throws -> Bool {
        let pending = try await store.fetchPendingInventories(scope: scope, limit: Self.batchSize)
        for inventory in pending {
            if Task.isCancelled { return false }
            try await apply(inventory, scope: scope)
        }
        return pending.count == Self.batchSize
    }

    private func apply(_ pending: PendingInventory, scope: CompanyScope) async throws {
        let started = ContinuousClock.now
        try await matchmaker.ensureMatched(pending.inventory.packages)
        let event = try await store.applyInventory(
            scope: scope, agentID: pending.agentID, digest: pending.inventory.digest, at: now())
        guard let event else { return }
        await events.publish(event, scope: scope)
        Counter(label: "zerotrace_inventories_applied_total").increment()
        Metrics.Timer(label: "zerotrace_inventory_apply_seconds").record(duration: ContinuousClock.now - started)
        logger.info(
            "inventory applied",
            metadata: [
                "company": "\(scope.companyID)", "agent": "\(pending.agentID)",
                "packages": "\(pending.inventory.packages.count)",
            ])
    }
}
