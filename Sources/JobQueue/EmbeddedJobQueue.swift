import Stores
import Synchronization

/// The queue of a single process. Its hints die with it; the sweep brings them back.
public final class EmbeddedJobQueue: JobQueue {
    private let state: Mutex<State>
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    private struct State {
        var queue: QueueState
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0

        mutating func removeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters.removeAll() }
            return Array(waiters.values)
        }
    }

    /// Makes an empty queue.
    ///
    /// - Parameter clock: Measures leases and retries.
    public init<C: Clock>(
        policy: QueuePolicy = QueuePolicy(limit: 200_000, companyLimit: 50_000), clock: C = ContinuousClock()
    ) where C.Duration == Duration {
        state = Mutex(State(queue: QueueState(policy: policy)))
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// See ``JobQueue/enqueue(_:)``.
    public func enqueue(_ hint: WorkHint) async throws {
        try change { queue, now in try queue.hintArrived(hint, now: now) }
    }

    /// See ``JobQueue/lease(upTo:for:)``; throws nothing.
    public func lease(upTo count: Int, for duration: Duration) async throws -> WorkLease? {
        while !Task.isCancelled {
            let action = state.withLock { $0.queue.workRequested(upTo: count, for: duration, now: now()) }
            switch action {
            case .work(let lease): return lease
            case .wait(let delay, let generation): await waitForChange(after: generation, atMost: delay)
            }
        }
        return nil
    }

    /// See ``JobQueue/extend(_:for:)``; throws nothing.
    public func extend(_ lease: WorkLease, for duration: Duration) async throws -> Bool {
        change { queue, now in queue.leaseExtended(lease, for: duration, now: now) }
    }

    /// See ``JobQueue/finish(_:failures:)``; throws nothing.
    public func finish(_ lease: WorkLease, failures: [WorkFailure]) async throws {
        change { queue, now in queue.leaseFinished(lease, failures: failures, now: now) }
    }

    /// See ``JobQueue/release(_:retryAfter:)``; throws nothing.
    public func release(_ lease: WorkLease, retryAfter: Duration) async throws {
        change { queue, now in queue.leaseReleased(lease, retryAfter: retryAfter, now: now) }
    }

    /// Applies an input and wakes everybody who waits for work; workers are few.
    private func change<R, E: Error>(_ body: (inout QueueState, Duration) throws(E) -> R) throws(E) -> R {
        let (result, woken) = try state.withLock { state throws(E) in
            let before = state.queue.generation
            let result = try body(&state.queue, now())
            return (result, state.queue.generation == before ? [] : state.removeWaiters())
        }
        for waiter in woken { waiter.resume() }
        return result
    }

    /// Returns when the queue has changed since `generation`, when the time is over, or when the task is cancelled.
    private func waitForChange(after generation: UInt64, atMost delay: Duration?) async {
        guard let delay else { return await waitForSignal(after: generation) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForSignal(after: generation) }
            // Ends early, by throwing, only when the group is cancelled, and then there is nothing left to wait for.
            group.addTask { try? await self.sleep(delay) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForSignal(after generation: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    guard state.queue.generation == generation, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}

extension EmbeddedJobQueue: JobQueueControl {
    /// See ``JobQueueControl/setMode(_:)``; throws nothing.
    public func setMode(_ mode: QueueMode) async throws {
        change { queue, _ in queue.modeChanged(mode) }
    }

    /// See ``JobQueueControl/setWeight(_:of:)``; throws nothing.
    public func setWeight(_ weight: Int, of scope: CompanyScope) async throws {
        change { queue, _ in queue.weightChanged(weight, of: scope) }
    }

    /// See ``JobQueueControl/statistics()``; throws nothing.
    public func statistics() async throws -> QueueStatistics {
        state.withLock { $0.queue.statistics }
    }

    /// See ``JobQueueControl/fetchDeadLetters(scope:limit:)``; throws nothing.
    public func fetchDeadLetters(scope: CompanyScope?, limit: Int) async throws -> [DeadLetter] {
        state.withLock { $0.queue.dead.newest(limit, scope: scope, now: now()) }
    }

    /// See ``JobQueueControl/retryDeadLetters(_:)``; throws nothing.
    public func retryDeadLetters(_ selection: DeadLetterSelection) async throws -> Int {
        change { queue, now in queue.retryRequested(selection, now: now) }
    }

    /// See ``JobQueueControl/discardDeadLetters(_:)``; throws nothing.
    public func discardDeadLetters(_ selection: DeadLetterSelection) async throws -> Int {
        change { queue, _ in queue.discardRequested(selection) }
    }

    /// See ``JobQueueControl/tidy()``; throws nothing.
    public func tidy() async throws {
        change { queue, now in queue.timePassed(now: now) }
    }
}
