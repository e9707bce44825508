import JobQueue
import Logging
import Metrics
import ServiceLifecycle

/// The rescuer of a queue: ends leases that expired, wakes what has rested, forgets what is too old, also when nobody takes leases. Reports
/// what the queue holds.
///
/// Metrics, the same in all processes that share the queue: `zerotrace_queue_pending{priority}`, `zerotrace_queue_delayed`,
/// `zerotrace_queue_leases`, `zerotrace_queue_dead`, `zerotrace_queue_hints{outcome}` (since the queue was made),
/// `zerotrace_queue_running` (0 while paused or drained).
public struct QueueUpkeep: Service {
    private let queue: any JobQueueControl
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: Rest between two rounds; the first is made at once.
    public init(queue: any JobQueueControl, interval: Duration = .seconds(5), logger: Logger) {
        self.queue = queue
        self.interval = interval
        self.logger = logger
    }

    /// Works until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await work()
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Makes one round. A queue that is away is tried again in the next.
    func work() async {
        do {
            try await queue.tidy()
            report(try await queue.statistics())
        } catch {
            logger.warning("queue is not kept in order", metadata: ["reason": "\(error)"])
        }
    }

    private func report(_ statistics: QueueStatistics) {
        for (priority, count) in statistics.pending {
            Gauge(label: "zerotrace_queue_pending", dimensions: [("priority", "\(priority)")]).record(count)
        }
        Gauge(label: "zerotrace_queue_delayed").record(statistics.delayed)
        Gauge(label: "zerotrace_queue_leases").record(statistics.leases)
        Gauge(label: "zerotrace_queue_dead").record(statistics.dead)
        Gauge(label: "zerotrace_queue_running").record(statistics.mode == .running ? 1 : 0)
        for total in QueueStatistics.Total.allCases {
            Gauge(label: "zerotrace_queue_hints", dimensions: [("outcome", total.rawValue)])
                .record(statistics.totals[total] ?? 0)
        }
    }
}
