import JobQueue
import RedisClient
import ServiceLifecycle
import Stores
import Synchronization

/// The queue that many processes share, in Redis.
///
/// Works without ``run()``, which only makes it quicker: idle workers then hear of new work at once instead of within a second.
public final class RedisJobQueue: JobQueue {
    private let partitions: [QueuePartition]
    private let script: QueueScript
    private let subscriber: RedisSubscriber
    private let bell: Doorbell
    private let sleep: @Sendable (Duration) async throws -> Void
    private let start = Mutex(0)

    /// How often idle workers ask, whether it rings or not.
    private static let askInterval = Duration.seconds(1)
    /// Most hints of one lease: Lua returns no more than some thousand values.
    private static let leaseLimit = 1_000

    /// Makes a queue; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - client: Shared with others as one likes.
    ///   - policy: The same in all processes.
    ///   - partitions: The same in all processes, and for good: work under another number is seen no more until the sweep finds it. `nil`
    ///     stands for 1 on one server and 4 in a cluster.
    ///   - clock: Measures time instead of the server's clock. For tests.
    public init(
        client: RedisClient, policy: QueuePolicy = QueuePolicy(), partitions: Int? = nil,
        clock: (any Clock<Duration>)? = nil
    ) {
        let configuration = client.configuration
        self.partitions = QueuePartition.all(
            min(max(partitions ?? (configuration.isCluster ? 4 : 1), 1), 64), prefix: configuration.prefix)
        let channel = "\(configuration.prefix):queue:work"
        script = QueueScript(
            client: client, channel: channel, policy: policy, now: clock.map { Self.microseconds(of: $0) })
        let clock = clock ?? ContinuousClock()
        sleep = { try await clock.sleep(for: $0) }
        let bell = Doorbell()
        self.bell = bell
        subscriber = RedisSubscriber(client) { _ in bell.ring() }
        subscriber.subscribe(to: channel)
    }

    /// Since the clock was given. Starts late enough for times before it.
    private static func microseconds<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Int64 {
        let start = clock.now
        return { 1_000_000_000 + start.duration(to: clock.now).microseconds }
    }

    /// See ``JobQueue/enqueue(_:)``.
    public func enqueue(_ hint: WorkHint) async throws {
        guard hint.subject.utf8.count <= WorkHint.subjectLimit else { throw JobQueueError.subjectTooLong }
        let reply = try await script.run(
            "enqueue", on: partition(of: hint.scope),
            [hint.scope.key, .text(hint.subject), .number(hint.priority.class)])
        switch reply.text {
        case "enqueued", "absorbed": return
        case "full": throw JobQueueError.full(limit: script.policy.limit)
        case "companyFull": throw JobQueueError.companyFull(limit: script.policy.companyLimit)
        case "draining": throw JobQueueError.draining
        default: throw QueueScript.strange("enqueue")
        }
    }

    /// See ``JobQueue/lease(upTo:for:)``.
    public func lease(upTo count: Int, for duration: Duration) async throws -> WorkLease? {
        while !Task.isCancelled {
            let rings = bell.rings
            switch try await ask(count, duration) {
            case .work(let lease): return lease
            case .nothing(let rest):
                let rest = min(rest ?? Self.askInterval, Self.askInterval)
                await bell.wait(after: rings) { try await self.sleep(rest) }
            }
        }
        return nil
    }

    /// Asks the partitions in turn, another one first each time.
    private func ask(_ count: Int, _ duration: Duration) async throws -> QueueScript.Found {
        let first = start.withLock { start in
            start = (start + 1) % partitions.count
            return start
        }
        var rest: Duration?
        for offset in partitions.indices {
            let reply = try await script.run(
                "lease", on: partitions[(first + offset) % partitions.count],
                [.number(Int64(min(max(count, 1), Self.leaseLimit))), .number(duration.microseconds)])
            switch try script.readLease(reply) {
            case .work(let lease): return .work(lease)
            case .nothing(let shortest): rest = [rest, shortest].compactMap { $0 }.min()
            }
        }
        return .nothing(rest)
    }

    /// See ``JobQueue/extend(_:for:)``.
    public func extend(_ lease: WorkLease, for duration: Duration) async throws -> Bool {
        try await run("extend", lease, [.number(duration.microseconds)]).integer == 1
    }

    /// See ``JobQueue/finish(_:failures:)``.
    public func finish(_ lease: WorkLease, failures: [WorkFailure]) async throws {
        let words = failures.prefix(Self.leaseLimit).flatMap {
            [.text($0.subject), .text($0.reason)] as [RedisCommand.Argument]
        }
        _ = try await run("finish", lease, words)
    }

    /// See ``JobQueue/release(_:retryAfter:)``.
    public func release(_ lease: WorkLease, retryAfter: Duration) async throws {
        _ = try await run("release", lease, [.number(max(retryAfter.microseconds, 0))])
    }

    private func run(
        _ operation: String, _ lease: WorkLease, _ arguments: [RedisCommand.Argument]
    ) async throws -> RedisValue {
        try await script.run(
            operation, on: partition(of: lease.scope), [lease.scope.key, .text("\(lease.id)")] + arguments)
    }

    private func partition(of scope: CompanyScope) -> QueuePartition {
        partitions[QueuePartition.index(of: scope, count: partitions.count)]
    }
}

extension RedisJobQueue: Service {
    /// Listens for new work until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.subscriber.run() }
    }
}

extension RedisJobQueue: JobQueueControl {
    /// See ``JobQueueControl/setMode(_:)``.
    public func setMode(_ mode: QueueMode) async throws {
        _ = try await everywhere("mode", [.text(mode.rawValue)])
    }

    /// See ``JobQueueControl/setWeight(_:of:)``.
    public func setWeight(_ weight: Int, of scope: CompanyScope) async throws {
        _ = try await script.run(
            "weight", on: partition(of: scope), [scope.key, .number(Int64(min(max(weight, 1), 100)))])
    }

    /// See ``JobQueueControl/statistics()``.
    public func statistics() async throws -> QueueStatistics {
        let parts = try await everywhere("statistics").map { try script.readStatistics($0) }
        return parts.dropFirst().reduce(parts[0]) { sum, part in
            QueueStatistics(
                mode: part.mode, pending: sum.pending.merging(part.pending, uniquingKeysWith: +),
                delayed: sum.delayed + part.delayed, leases: sum.leases + part.leases, dead: sum.dead + part.dead,
                totals: sum.totals.merging(part.totals, uniquingKeysWith: +))
        }
    }

    /// See ``JobQueueControl/fetchDeadLetters(scope:limit:)``.
    public func fetchDeadLetters(scope: CompanyScope?, limit: Int) async throws -> [DeadLetter] {
        guard limit > 0 else { return [] }
        let replies = try await everywhere(
            "dead", [.text(scope?.companyID.description ?? ""), .number(Int64(min(limit, 10_000)))], of: scope)
        let letters = try replies.flatMap { try script.readDeadLetters($0) }
        return Array(letters.sorted { $0.age < $1.age }.prefix(limit))
    }

    /// See ``JobQueueControl/retryDeadLetters(_:)``.
    public func retryDeadLetters(_ selection: DeadLetterSelection) async throws -> Int {
        try await everywhere("retry", [selection.pattern], of: selection.company)
            .reduce(0) { $0 + $1.count }
    }

    /// See ``JobQueueControl/discardDeadLetters(_:)``.
    public func discardDeadLetters(_ selection: DeadLetterSelection) async throws -> Int {
        try await everywhere("discard", [selection.pattern], of: selection.company)
            .reduce(0) { $0 + $1.count }
    }

    /// See ``JobQueueControl/tidy()``.
    public func tidy() async throws {
        _ = try await everywhere("tidy")
    }

    /// Runs an operation on the partition of a company, or on all.
    private func everywhere(
        _ operation: String, _ arguments: [RedisCommand.Argument] = [], of scope: CompanyScope? = nil
    ) async throws -> [RedisValue] {
        var replies: [RedisValue] = []
        for partition in scope.map({ [partition(of: $0)] }) ?? partitions {
            replies.append(try await script.run(operation, on: partition, arguments))
        }
        return replies
    }
}
