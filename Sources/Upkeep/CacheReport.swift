import Caching
import Metrics
import ServiceLifecycle
import Synchronization

/// Tells the metrics what caches have done: `zerotrace_cache_requests_total{cache,level,result}` with the results `hit`, `miss` and
/// `unavailable`, and `zerotrace_cache_level_down{level}`.
public final class CacheReport: Service {
    private let caches: [any CacheStatisticsSource]
    private let levels: [GuardedLevel]
    private let interval: Duration
    private let reported: Mutex<[[CacheLevelStatistics]]>

    /// - Parameter interval: Rest between two reports; the first is made at once.
    public init(caches: [any CacheStatisticsSource], levels: [GuardedLevel], interval: Duration = .seconds(5)) {
        self.caches = caches
        self.levels = levels
        self.interval = interval
        reported = Mutex(caches.map { _ in [] })
    }

    /// Reports until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.report()
                try? await Task.sleep(for: self.interval)
            }
        }
    }

    func report() {
        for (place, cache) in caches.enumerated() {
            let now = cache.statistics
            let before = reported.withLock { reported in
                defer { reported[place] = now }
                return reported[place]
            }
            for (level, statistics) in now.enumerated() {
                let old = before.indices.contains(level) ? before[level] : nil
                count("hit", statistics.hits - (old?.hits ?? 0), cache.kind, statistics.level)
                count("miss", statistics.misses - (old?.misses ?? 0), cache.kind, statistics.level)
                count("unavailable", statistics.unavailable - (old?.unavailable ?? 0), cache.kind, statistics.level)
            }
        }
        for level in levels {
            Gauge(label: "zerotrace_cache_level_down", dimensions: [("level", level.name)])
                .record(level.isDown ? 1 : 0)
        }
    }

    private func count(_ result: String, _ number: Int, _ cache: String, _ level: String) {
        guard number > 0 else { return }
        Counter(
            label: "zerotrace_cache_requests_total",
            dimensions: [("cache", cache), ("level", level), ("result", result)]
        ).increment(by: number)
    }
}
