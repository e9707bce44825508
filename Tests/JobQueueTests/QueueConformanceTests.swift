import JobQueue
import JobQueueTesting
import Testing

@Suite("The embedded queue does what queues owe")
struct QueueConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: QueueConformanceCase.all)
    func embedded(_ one: QueueConformanceCase) async throws {
        let clock = ManualClock()
        try await one.run(EmbeddedJobQueue(policy: one.policy, clock: clock), clock)
    }
}
