@_spi(Minting) import Stores
import Testing

@testable import JobQueue

@Suite("Embedded job queue")
struct EmbeddedJobQueueTests {
    let hint = WorkHint(scope: CompanyScope(companyID: CompanyID()), priority: .change)

    @Test("a worker that waits is woken by a hint")
    func wakes() async throws {
        let queue = EmbeddedJobQueue()
        async let lease = queue.lease(for: .seconds(60))
        try await queue.enqueue(hint)
        #expect(try await lease?.hint == hint)
    }

    @Test("a cancelled worker stops waiting")
    func cancels() async throws {
        let queue = EmbeddedJobQueue()
        let lease = try await withThrowingTaskGroup(of: WorkLease?.self) { group in
            group.addTask { try await queue.lease(for: .seconds(60)) }
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(lease == nil)
    }

    @Test("a worker that waits gets the work of a lease that expires")
    func expires() async throws {
        let clock = ManualClock()
        let queue = EmbeddedJobQueue(clock: clock)
        try await queue.enqueue(hint)
        let first = try await queue.lease(for: .seconds(60))
        async let second = queue.lease(for: .seconds(60))
        await clock.untilSomebodySleeps()
        clock.advance(by: .seconds(60))
        let found = try await second
        #expect(found?.hint == hint)
        #expect(found != first)
    }

    @Test("a worker that waits gets released work when it is due")
    func retries() async throws {
        let clock = ManualClock()
        let queue = EmbeddedJobQueue(clock: clock)
        try await queue.enqueue(hint)
        guard let first = try await queue.lease(for: .seconds(60)) else {
            Issue.record("no lease")
            return
        }
        try await queue.release(first, retryAfter: .seconds(5))
        async let second = queue.lease(for: .seconds(60))
        await clock.untilSomebodySleeps()
        clock.advance(by: .seconds(5))
        #expect(try await second?.hint == hint)
    }

    @Test("many workers and companies: every hint is leased, no company twice at once")
    func concurrent() async throws {
        let queue = EmbeddedJobQueue()
        let hints = Set((0..<40).map { _ in WorkHint(scope: CompanyScope(companyID: CompanyID()), priority: .routine) })
        let served = try await withThrowingTaskGroup(of: [WorkHint].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var mine: [WorkHint] = []
                    for _ in 0..<10 {
                        guard let lease = try await queue.lease(for: .seconds(60)) else { break }
                        mine.append(lease.hint)
                        try await queue.complete(lease)
                    }
                    return mine
                }
            }
            for hint in hints { try await queue.enqueue(hint) }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(served.count == 40)
        #expect(Set(served) == hints)
    }
}
