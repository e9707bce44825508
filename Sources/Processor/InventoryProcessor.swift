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
    private let waiting: WaitingAgents
    private let workers: Int
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How long a worker may hold a company without progress before another one may take it.
    static let leaseDuration = Duration.seconds(60)
    /// Inventories taken with one lease; then companies take turns.
    static let batchSize = 50
    /// Inventories held in memory at a time, and applied in one transaction.
    static let pageSize = 10
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
        waiting = WaitingAgents(store: store, queue: queue)
        self.workers = max(workers, 1)
        self.logger = logger
        self.now = now
    }

    /// Works until cancelled or asked to shut down; an inventory under way is finished first, and the rest of its lease given back.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<workers { group.addTask { await work() } }
        }
    }

    private static var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func work() async {
        while !Self.isStopping {
            do {
                // Only waiting for work is broken off; work under way has transactions and leases to end.
                let lease = try await cancelWhenGracefulShutdown {
                    try await queue.lease(upTo: Self.batchSize, for: Self.leaseDuration)
                }
                guard let lease else { continue }
                try await serve(lease)
            } catch {
                if Self.isStopping { return }
                logger.error("queue failed", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    private func serve(_ lease: WorkLease) async throws {
        do {
            let failures = try await process(lease)
            try await queue.finish(lease, failures: failures)
        } catch is StoppedEarly {
            try await queue.release(lease, retryAfter: .zero)
        } catch {
            // Nothing is lost: the inventories stay received but not applied. What was applied is found so and passed over.
            logger.notice(
                "work put back", metadata: ["company": "\(lease.scope.companyID)", "reason": "\(error)"])
            try await queue.release(lease, retryAfter: Self.retryDelay)
        }
    }

    /// The process is to end, or the lease went to another one.
    private struct StoppedEarly: Error {}

    /// Does the work of a lease.
    ///
    /// - Returns: The agents whose inventories could not be applied, and why. Others are applied.
    /// - Throws: When nothing can be applied at the moment.
    private func process(_ lease: WorkLease) async throws -> [WorkFailure] {
        let agents = lease.hints.compactMap { AgentID($0.subject) }
        if agents.count < lease.hints.count {
            // "Whatever the store has": made into hints that name agents, so that each can fail on its own.
            _ = try await waiting.announce(scope: lease.scope, after: nil, limit: Sweeper.agentLimit)
        }
        var extended = ContinuousClock.now
        return try await apply(agents, scope: lease.scope) {
            if Self.isStopping { throw StoppedEarly() }
            // By progress and not by the clock alone, so that a worker that hangs loses its lease.
            guard ContinuousClock.now - extended > Self.leaseDuration / 3 else { return }
            guard try await queue.extend(lease, for: Self.leaseDuration) else { throw StoppedEarly() }
            extended = .now
        }
    }

    /// Applies what these agents wait with.
    ///
    /// - Parameter proceed: Asked before each page; throws to stop.
    func apply(
        _ agents: [AgentID], scope: CompanyScope, proceed: () async throws -> Void = {}
    ) async throws -> [WorkFailure] {
        var failures: [WorkFailure] = []
        for start in stride(from: 0, to: agents.count, by: Self.pageSize) {
            try await proceed()
            let page = Array(agents[start..<min(start + Self.pageSize, agents.count)])
            let pending = try await store.fetchPendingInventories(scope: scope, agents: page)
            failures += try await apply(pending, scope: scope, proceed: proceed)
        }
        return failures
    }

    /// Applies inventories together, and when that fails each on its own, so that one at fault holds up no other.
    private func apply(
        _ pending: [PendingInventory], scope: CompanyScope, proceed: () async throws -> Void
    ) async throws -> [WorkFailure] {
        if pending.count > 1 {
            do {
                try await applyTogether(pending, scope: scope)
                return []
            } catch let error where Self.isWorksOwn(error) && !Task.isCancelled {
                // One of them may be at fault, which shows when each is applied on its own.
            }
        }
        var failures: [WorkFailure] = []
        for one in pending {
            if pending.count > 1 { try await proceed() }
            if let failure = try await apply(one, scope: scope) { failures.append(failure) }
        }
        return failures
    }

    /// Whether an inventory may be to blame. One is not for a service that is away, nor for a store without room, which still reads.
    private static func isWorksOwn(_ error: any Error) -> Bool {
        if case StoreError.unavailable = error { return false }
        return !(error is VerdictServiceError)
    }

    /// - Returns: Why this inventory could not be applied, when others can.
    /// - Throws: When the verdict service or the store is away.
    private func apply(_ pending: PendingInventory, scope: CompanyScope) async throws -> WorkFailure? {
        do {
            try await applyTogether([pending], scope: scope)
            return nil
        } catch let error where Self.isWorksOwn(error) && !Task.isCancelled {
            // A store that is well chokes on this one alone.
            try await store.checkHealth()
            Counter(label: "zerotrace_inventories_failed_total").increment()
            logger.error(
                "inventory not applied",
                metadata: [
                    "company": "\(scope.companyID)", "agent": "\(pending.agentID)", "reason": "\(error)",
                ])
            return WorkFailure(subject: pending.agentID.description, reason: "\(error)")
        }
    }

    /// Applies inventories in one transaction, all or none: questions, round trips and commits are shared.
    private func applyTogether(_ pending: [PendingInventory], scope: CompanyScope) async throws {
        guard !pending.isEmpty else { return }
        let started = ContinuousClock.now
        try await matchmaker.ensureMatched(pending.flatMap(\.inventory.packages))
        let applied = try await store.applyInventories(
            scope: scope, pending.map { ReceivedInventory($0) }, at: now())
        for (one, event) in zip(pending, applied) {
            guard let event else { continue }
            await events.publish(event, scope: scope)
            Counter(label: "zerotrace_inventories_applied_total").increment()
            Metrics.Timer(label: "zerotrace_inventory_apply_seconds").record(duration: ContinuousClock.now - started)
            logger.info(
                "inventory applied",
                metadata: [
                    "company": "\(scope.companyID)", "agent": "\(one.agentID)",
                    "packages": "\(one.inventory.packages.count)",
                ])
        }
    }
}
