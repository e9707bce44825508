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
    /// - Parameters:
    ///   - limit: Most hints held at once, at least 1; three per company are possible.
    ///   - clock: Measures leases and retries.
    public init<C: Clock>(limit: Int = 30_000, clock: C = ContinuousClock()) where C.Duration == Duration {
        state = Mutex(State(queue: QueueState(limit: max(1, limit))))
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// See ``JobQueue/enqueue(_:)``.
    public func enqueue(_ hint: WorkHint) async throws {
        try change { queue, now in try queue.hintArrived(hint, now: now) }
    }

    /// See ``JobQueue/lease(for:)``; throws nothing.
    public func lease(for duration: Duration) async throws -> WorkLease? {
        while !Task.isCancelled {
            let action = state.withLock { $0.queue.workRequested(for: duration, now: now()) }
            switch action {
            case .work(let lease): return lease
            case .wait(let delay, let generation): await waitForChange(after: generation, atMost: delay)
            }
        }
        return nil
    }

    /// See ``JobQueue/complete(_:)``; throws nothing.
    public func complete(_ lease: WorkLease) async throws {
        change { queue, now in queue.leaseCompleted(lease, now: now) }
    }

    /// See ``JobQueue/release(_:retryAfter:)``; throws nothing.
    public func release(_ lease: WorkLease, retryAfter: Duration) async throws {
        change { queue, now in queue.leaseReleased(lease, retryAfter: retryAfter, now: now) }
    }

    /// Applies an input and wakes everybody who waits for work; workers are few.
    private func change<E: Error>(_ body: (inout QueueState, Duration) throws(E) -> Void) throws(E) {
        let woken = try state.withLock { state throws(E) in
            let before = state.queue.generation
            try body(&state.queue, now())
            return state.queue.generation == before ? [] : state.removeWaiters()
        }
        for waiter in woken { waiter.resume() }
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
