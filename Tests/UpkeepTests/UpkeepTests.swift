import Caching
import CoreMetrics
import JobQueue
import Logging
import Metrics
@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import Upkeep

/// Metrics as they were told, by name and the values of their dimensions.
final class Told: MetricsFactory {
    private let state = Mutex<[String: Double]>([:])
    var all: [String: Double] { state.withLock { $0 } }

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        let told: Told
        let name: String
        init(told: Told, name: String) {
            self.told = told
            self.name = name
        }
        func increment(by amount: Int64) { told.state.withLock { $0[name, default: 0] += Double(amount) } }
        func reset() { told.state.withLock { $0[name] = 0 } }
        func record(_ value: Int64) { record(Double(value)) }
        func record(_ value: Double) { told.state.withLock { $0[name] = value } }
        func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }
    }

    private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
        Handler(told: self, name: ([label] + dimensions.map(\.1)).joined(separator: " "))
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

// One suite, in turn: metrics go to one place per process.
@Suite("Upkeep", .serialized) struct UpkeepTests {
    static let told: Told = {
        let told = Told()
        MetricsSystem.bootstrap(told)
        return told
    }()

    let scope = CompanyScope(companyID: CompanyID())

    @Test("reports what a queue holds") func queue() async throws {
        let told = Self.told
        let queue = EmbeddedJobQueue()
        for subject in ["a", "b", "c"] {
            try await queue.enqueue(WorkHint(scope: scope, priority: .change, subject: subject))
        }
        let lease = try #require(try await queue.lease(upTo: 1, for: .seconds(60)))
        try await queue.finish(lease, failures: [WorkFailure(subject: "a", reason: "broken")])
        try await queue.setMode(.paused)
        await QueueUpkeep(queue: queue, logger: Logger(label: "test")).work()
        #expect(told.all["zerotrace_queue_pending change"] == 2)
        #expect(told.all["zerotrace_queue_pending routine"] == 0)
        #expect(told.all["zerotrace_queue_delayed"] == 1)
        #expect(told.all["zerotrace_queue_running"] == 0)
        #expect(told.all["zerotrace_queue_hints failed"] == 1)
    }

    @Test("reports what a cache has done since the last time") func cache() async throws {
        let told = Self.told
        let cache = TieredCache<Int>(kind: "test.1", policy: CachePolicy(ttl: .seconds(60)), codec: .json)
        let report = CacheReport(caches: [cache], levels: [])
        for number in 1...3 {
            for _ in 0..<3 {
                _ = try await cache.value(for: CompanyCacheKey(scope: scope, name: "\(number)")) { 7 }
            }
            report.report()
        }
        #expect(told.all["zerotrace_cache_requests_total test.1 memory hit"] == 6)
        #expect(told.all["zerotrace_cache_requests_total test.1 memory miss"] == 3)
    }
}
