import Synchronization

/// Calls to something that may be down: they then cost a little time and no errors. A ``CircuitBreaker`` with a clock, for all who ask.
public final class GuardedCalls: Sendable {
    /// What a call has changed.
    public enum Change: Sendable {
        /// Nobody asks for a while; with the failure that was one too many.
        case opened(any Error)
        /// It answers again.
        case closed
    }

    private let now: @Sendable () -> Duration
    private let onChange: @Sendable (Change) -> Void
    private let state: Mutex<State>

    private struct State {
        var breaker: CircuitBreaker
        var failures = 0
        var skipped = 0
    }

    /// Makes one that lets everybody ask.
    ///
    /// - Parameters:
    ///   - clock: Measures pauses.
    ///   - onChange: Called after the call that changed it; not for pauses that only grow longer.
    public init<C: Clock>(
        _ settings: CircuitBreaker.Settings = CircuitBreaker.Settings(), clock: C = ContinuousClock(),
        onChange: @escaping @Sendable (Change) -> Void = { _ in }
    ) where C.Duration == Duration {
        state = Mutex(State(breaker: CircuitBreaker(settings)))
        let start = clock.now
        now = { start.duration(to: clock.now) }
        self.onChange = onChange
    }

    /// Whether it is not asked at the moment, or by one caller alone.
    public var isDown: Bool { state.withLock { $0.breaker.condition(now: now()) != .closed } }

    /// Calls that failed.
    public var failures: Int { state.withLock { $0.failures } }

    /// Calls that were not made, because it is down.
    public var skipped: Int { state.withLock { $0.skipped } }

    /// Makes a call, if it may be made.
    ///
    /// - Returns: `nil` when it was not made or failed. A failure of a caller that was cancelled says nothing of whom it asked.
    @discardableResult
    public func run<Answer>(_ call: () async throws -> Answer) async -> Answer? {
        let mayAsk = state.withLock { state in
            let mayAsk = state.breaker.allows(now: now())
            if mayAsk { state.breaker.began(now: now()) } else { state.skipped += 1 }
            return mayAsk
        }
        guard mayAsk else { return nil }
        do {
            let answer = try await call()
            let wasDown = state.withLock { state in
                defer { state.breaker.succeeded() }
                return state.breaker.condition(now: now()) != .closed
            }
            if wasDown { onChange(.closed) }
            return answer
        } catch {
            if failed(wasCancelled: Task.isCancelled) { onChange(.opened(error)) }
            return nil
        }
    }

    /// Notes a failure.
    ///
    /// - Returns: Whether nobody asks any more because of it.
    private func failed(wasCancelled: Bool) -> Bool {
        state.withLock { state in
            guard !wasCancelled else {
                state.breaker.withdrew(now: now())
                return false
            }
            state.failures += 1
            let before = state.breaker.condition(now: now())
            state.breaker.failed(now: now())
            return before == .closed && state.breaker.condition(now: now()) == .open
        }
    }
}
