import JobQueue
import Settings
@_spi(Minting) import Stores
import Testing

@testable import RedisClient
@testable import RedisJobQueue

/// What stands in Redis may be anybody's: numbers of any size are read, or refused, and end nothing.
@Suite("What the queue's script answers") struct QueueScriptTests {
    private let script: QueueScript
    private let company = CompanyID()

    init() throws {
        let client = try RedisClient(RedisConfiguration(addresses: [ServerAddress(host: "localhost", port: 1)]))
        script = QueueScript(client: client, channel: "work", policy: QueuePolicy(), now: nil)
    }

    private func text(_ text: String) -> RedisValue { .simple(text) }

    private func lease(priority: Int64) -> RedisValue {
        .array([.integer(1), text("\(company)"), .integer(priority), .integer(0), .integer(.min), text("agent")])
    }

    @Test("a lease is one of the four priorities, or none", arguments: [.min, -1, 0, 5, .max] as [Int64])
    func strangePriority(_ number: Int64) {
        #expect(throws: JobQueueError.self) { try script.readLease(lease(priority: number)) }
    }

    @Test(
        "the most urgent is 1, the least 4",
        arguments: [(1, .knownExploitedChange), (4, .routine)] as [(Int64, WorkPriority)])
    func priority(_ number: Int64, _ expected: WorkPriority) throws {
        guard case .work(let lease) = try script.readLease(lease(priority: number)) else {
            Issue.record("no work")
            return
        }
        #expect(lease.hints == [WorkHint(scope: lease.scope, priority: expected, subject: "agent")])
        #expect(lease.waited == .zero)
    }

    @Test("sums of what is counted hold, whatever it is", arguments: [.min, -1, .max] as [Int64])
    func counts(_ number: Int64) throws {
        let numbers = [RedisValue](repeating: .integer(number), count: 7)
        let reply = RedisValue.array([text("running")] + numbers + [text("leased"), .integer(number)])
        let statistics = try script.readStatistics(reply)
        let counts = [statistics.delayed, statistics.leases, statistics.dead, statistics.totals[.leased] ?? -1]
        #expect((counts + statistics.pending.values).allSatisfy { $0 == (number < 0 ? 0 : 1 << 40) })
    }
}
