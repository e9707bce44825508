@_spi(Minting) import Stores
import Testing

@testable import JobQueue

@Suite("Queue state")
struct QueueStateTests {
    static let scopes = (0..<4).map { _ in CompanyScope(companyID: CompanyID()) }

    static func hint(_ company: Int, _ priority: WorkPriority = .change) -> WorkHint {
        WorkHint(scope: scopes[company], priority: priority)
    }

    static func pending(_ queue: QueueState) -> Int { queue.statistics.pending.values.reduce(0, +) }

    /// Takes a hint and ends the lease at once.
    static func serve(_ queue: inout QueueState, now: Duration = .zero) -> WorkHint? {
        guard case .work(let lease) = queue.workRequested(upTo: 1, for: .seconds(10), now: now) else { return nil }
        queue.leaseFinished(lease, failures: [], now: now)
        return lease.hint
    }

    @Test("equal hints coalesce, others do not")
    func coalesces() throws {
        var queue = QueueState(policy: QueuePolicy())
        for _ in 0..<5 { try queue.hintArrived(Self.hint(0), now: .zero) }
        try queue.hintArrived(Self.hint(0, .routine), now: .zero)
        try queue.hintArrived(Self.hint(1), now: .zero)
        #expect(Self.pending(queue) == 2)
    }

    @Test("is bounded")
    func bounded() throws {
        var queue = QueueState(policy: QueuePolicy(limit: 2))
        try queue.hintArrived(Self.hint(0), now: .zero)
        try queue.hintArrived(Self.hint(1), now: .zero)
        #expect(throws: JobQueueError.full(limit: 2)) { try queue.hintArrived(Self.hint(2), now: .zero) }
        try queue.hintArrived(Self.hint(1), now: .zero)
    }

    @Test("urgent work goes first")
    func urgency() throws {
        var queue = QueueState(policy: QueuePolicy())
        for (company, priority) in [(0, WorkPriority.firstInventory), (1, .routine), (2, .change)] {
            try queue.hintArrived(Self.hint(company, priority), now: .zero)
        }
        var order: [WorkPriority] = []
        while let hint = Self.serve(&queue) { order.append(hint.priority) }
        #expect(order == [.firstInventory, .change, .routine])
    }

    @Test("companies take turns, however much one asks for")
    func turns() throws {
        var queue = QueueState(policy: QueuePolicy())
        for company in 0..<3 { try queue.hintArrived(Self.hint(company), now: .zero) }
        var served: [Int] = []
        for _ in 0..<9 {
            guard let hint = Self.serve(&queue) else { break }
            served.append(Self.scopes.firstIndex(of: hint.scope) ?? -1)
            try queue.hintArrived(hint, now: .zero)
        }
        #expect(Set(served.prefix(3)).count == 3)
        for company in 0..<3 { #expect(served.filter { $0 == company }.count == 3) }
    }

    @Test("one lease per company; hints that arrive meanwhile wait for its end")
    func oneLease() throws {
        var queue = QueueState(policy: QueuePolicy())
        try queue.hintArrived(Self.hint(0), now: .zero)
        guard case .work(let lease) = queue.workRequested(upTo: 1, for: .seconds(10), now: .zero) else {
            Issue.record("no lease")
            return
        }
        try queue.hintArrived(Self.hint(0), now: .zero)
        let waiting = queue.workRequested(upTo: 1, for: .seconds(10), now: .seconds(4))
        #expect(waiting == .wait(.seconds(6), generation: queue.generation))
        queue.leaseFinished(lease, failures: [], now: .seconds(5))
        #expect(Self.serve(&queue, now: .seconds(5)) == Self.hint(0))
        #expect(Self.pending(queue) == 0)
    }

    @Test("a lease that expires comes back, and its late end changes nothing")
    func expiry() throws {
        var queue = QueueState(policy: QueuePolicy())
        try queue.hintArrived(Self.hint(0), now: .zero)
        guard case .work(let first) = queue.workRequested(upTo: 1, for: .seconds(10), now: .zero),
            case .work(let second) = queue.workRequested(upTo: 1, for: .seconds(10), now: .seconds(10))
        else {
            Issue.record("no lease")
            return
        }
        #expect(first.hint == second.hint)
        queue.leaseFinished(first, failures: [], now: .seconds(11))
        queue.leaseReleased(first, retryAfter: .zero, now: .seconds(11))
        #expect(Self.pending(queue) == 0)
        #expect(
            queue.workRequested(upTo: 1, for: .seconds(10), now: .seconds(12))
                == .wait(.seconds(8), generation: queue.generation))
    }

    @Test("released work waits, also when the same hint arrives again")
    func release() throws {
        var queue = QueueState(policy: QueuePolicy())
        try queue.hintArrived(Self.hint(0), now: .zero)
        guard case .work(let lease) = queue.workRequested(upTo: 1, for: .seconds(10), now: .zero) else {
            Issue.record("no lease")
            return
        }
        queue.leaseReleased(lease, retryAfter: .seconds(30), now: .seconds(1))
        try queue.hintArrived(Self.hint(0), now: .seconds(2))
        #expect(
            queue.workRequested(upTo: 1, for: .seconds(10), now: .seconds(2))
                == .wait(.seconds(29), generation: queue.generation))
        #expect(Self.serve(&queue, now: .seconds(31)) == Self.hint(0))
    }

    @Test("companies that have had their work done are forgotten")
    func forgets() throws {
        var queue = QueueState(policy: QueuePolicy())
        for number in 0..<5_000 {
            let hint = WorkHint(scope: CompanyScope(companyID: CompanyID()), priority: .change)
            try queue.hintArrived(hint, now: .seconds(number))
            #expect(Self.serve(&queue, now: .seconds(number)) == hint)
        }
        #expect(queue.companyCount <= 1_001)
    }
}
