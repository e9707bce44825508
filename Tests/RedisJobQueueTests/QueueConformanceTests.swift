import DataServersTesting
import JobQueue
import JobQueueTesting
import Testing

@Suite("The queue in Redis does what queues owe")
struct QueueConformanceTests {
    @Test(
        "Redis with TLS and password",
        .enabled(if: LocalRedis.isInstalled && LocalCertificates.canBeMade, "no redis-server"),
        .timeLimit(.minutes(5)), arguments: QueueConformanceCase.all)
    func single(_ one: QueueConformanceCase) async throws {
        let clock = ManualClock()
        let configuration = try await QueueBackends.singleConfiguration()
        try await QueueBackends.withQueue(configuration, policy: one.policy, clock: clock) { queue in
            try await one.run(queue, clock)
        }
    }

    @Test(
        "Redis Cluster with password", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(5)),
        arguments: QueueConformanceCase.all)
    func cluster(_ one: QueueConformanceCase) async throws {
        let clock = ManualClock()
        let configuration = try await QueueBackends.clusterConfiguration()
        try await QueueBackends.withQueue(configuration, policy: one.policy, partitions: 1, clock: clock) { queue in
            try await one.run(queue, clock)
        }
    }
}
