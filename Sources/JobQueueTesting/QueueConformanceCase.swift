import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

/// A queue of which everything can be tried.
public typealias ControlledQueue = JobQueue & JobQueueControl

/// One thing that every queue must do.
public struct QueueConformanceCase: Sendable, CustomStringConvertible {
    /// The behaviour, in words.
    public let name: String
    /// How the queue under test is to be made.
    public let policy: QueuePolicy
    /// Throws a ``ConformanceFailure``, or what the queue throws, when a fresh queue does not behave so.
    ///
    /// The queue must have one partition if it has any, ``policy``, and go by the clock.
    public let run: @Sendable (any ControlledQueue, ManualClock) async throws -> Void

    init(
        _ name: String, policy: QueuePolicy = QueuePolicy(),
        _ run: @escaping @Sendable (QueueWorld) async throws -> Void
    ) {
        self.name = name
        self.policy = policy
        self.run = { queue, clock in try await run(QueueWorld(queue: queue, clock: clock)) }
    }

    /// The name.
    public var description: String { name }

    /// Every case. Each wants a queue of its own, just made.
    public static let all: [QueueConformanceCase] = hints + fairness + leases + failures + waiting + control
}

/// A queue with companies, and short words for what is done with it.
struct QueueWorld: Sendable {
    let queue: any ControlledQueue
    let clock: ManualClock
    let policy = QueuePolicy()
    let companies = (0..<4).map { _ in CompanyScope(companyID: CompanyID()) }
    /// A company whose routine hint comes last of all; see ``expectNothingElse(file:line:)``.
    let last = CompanyScope(companyID: CompanyID())

    func hint(_ company: Int, _ priority: WorkPriority = .change, _ subject: String = "") -> WorkHint {
        WorkHint(scope: companies[company], priority: priority, subject: subject)
    }

    func enqueue(_ company: Int, _ priority: WorkPriority = .change, _ subject: String = "") async throws {
        try await queue.enqueue(hint(company, priority, subject))
    }

    /// Takes what is there. Cancelled rather than left waiting when the test is wrong.
    func lease(
        _ count: Int = 1, for duration: Duration = .seconds(60), file: StaticString = #fileID, line: UInt = #line
    ) async throws -> WorkLease {
        try expect(
            try await queue.statistics().pending.values.reduce(0, +) > 0, "nothing to lease", file: file, line: line)
        guard let lease = try await queue.lease(upTo: count, for: duration) else {
            throw ConformanceFailure(description: "\(file):\(line) no lease")
        }
        return lease
    }

    /// Takes hints, works for a while, and ends the lease.
    func serve(_ count: Int = 1, taking work: Duration = .zero) async throws -> WorkLease {
        let lease = try await lease(count)
        clock.advance(by: work)
        try await queue.complete(lease)
        return lease
    }

    /// Fails if there is anything to be had: a hint that would come last comes at once.
    func expectNothingElse(file: StaticString = #fileID, line: UInt = #line) async throws {
        try await queue.enqueue(WorkHint(scope: last, priority: .routine))
        let found = try await lease(file: file, line: line)
        try expect(found.scope == last, "there is \(found.hints)", file: file, line: line)
        try await queue.complete(found)
    }

    /// Has a hint fail until it is a dead letter.
    func kill(_ company: Int, _ subject: String = "", reason: String = "broken") async throws {
        for _ in 0..<policy.maximumFailures {
            let lease = try await lease()
            try expect(lease.hint.subject, equals: subject)
            try expect(lease.scope, equals: companies[company])
            try await queue.finish(lease, failures: [WorkFailure(subject: subject, reason: reason)])
            clock.advance(by: policy.maximumRetryDelay)
            try await queue.tidy()
        }
    }
}
