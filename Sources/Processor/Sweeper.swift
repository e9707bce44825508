import JobQueue
import Logging
import ServiceLifecycle
import Stores

/// Finds inventories that were received but not applied, whoever forgot them, and hints at them again.
public struct Sweeper: Service {
    private let store: any Store
    private let queue: any JobQueue
    private let interval: Duration
    private let logger: Logger

    /// Companies hinted at in one sweep.
    static let companyLimit = 1_000

    /// - Parameter interval: Rest between two sweeps; the first is made at once.
    public init(store: any Store, queue: any JobQueue, interval: Duration, logger: Logger) {
        self.store = store
        self.queue = queue
        self.interval = interval
        self.logger = logger
    }

    /// Sweeps until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                try? await Task.sleep(for: interval)
            }
        }
    }

    private func sweep() async {
        do {
            for work in try await store.fetchPendingWork(limit: Self.companyLimit) {
                try await queue.enqueue(WorkHint(scope: work.scope, priority: .routine))
            }
        } catch {
            logger.error("sweep failed", metadata: ["reason": "\(error)"])
        }
    }
}
