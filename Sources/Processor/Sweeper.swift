import JobQueue
import Logging
import ServiceLifecycle
import Stores

/// Finds inventories that were received but not applied, whoever forgot them, and hints at them again. Any number of sweepers may run:
/// what is hinted at already is absorbed.
public struct Sweeper: Service {
    private let store: any Store
    private let agents: WaitingAgents
    private let interval: Duration
    private let logger: Logger

    /// Companies looked at in one sweep.
    static let companyLimit = 1_000
    /// Agents hinted at in one sweep, all companies together; those beyond come in the next.
    static let agentLimit = 2_000
    /// Fewest agents of one company in a sweep.
    static let leastShare = 10

    /// - Parameter interval: Rest between two sweeps; the first is made at once.
    public init(store: any Store, queue: any JobQueue, interval: Duration, logger: Logger) {
        self.store = store
        agents = WaitingAgents(store: store, queue: queue)
        self.interval = interval
        self.logger = logger
    }

    /// Sweeps until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var places: [CompanyScope: PendingAgent] = [:]
            while !Task.isCancelled {
                places = await sweep(from: places)
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// - Parameter places: How far the sweep before came with companies where more agents wait than it could take.
    /// - Returns: The same for the next.
    private func sweep(from places: [CompanyScope: PendingAgent]) async -> [CompanyScope: PendingAgent] {
        var next: [CompanyScope: PendingAgent] = [:]
        do {
            let work = try await store.fetchPendingWork(limit: Self.companyLimit)
            let share = max(Self.agentLimit / max(work.count, 1), Self.leastShare)
            for company in work {
                do {
                    next[company.scope] = try await agents.announce(
                        scope: company.scope, after: places[company.scope], limit: share)
                } catch JobQueueError.full, JobQueueError.companyFull, JobQueueError.draining {
                    // There is more in the queue than can be worked on; the next sweep sees what is left.
                }
            }
        } catch {
            logger.error("sweep failed", metadata: ["reason": "\(error)"])
        }
        return next
    }
}
