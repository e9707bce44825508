import CircuitBreaking
import Logging
import Synchronization

/// What is remembered together, asked only while it answers: whoever asks goes on by the memory of this gateway when it does not.
final class GuardedMemory: Sendable {
    private let memory: any SharedMemory
    private let logger: Logger
    private let breaker: Mutex<CircuitBreaker>
    private let start = ContinuousClock.now

    init(_ memory: any SharedMemory, logger: Logger) {
        self.memory = memory
        self.logger = logger
        var settings = CircuitBreaker.Settings()
        settings.failures = 2
        breaker = Mutex(CircuitBreaker(settings))
    }

    /// Asks.
    ///
    /// - Returns: `nil` when there is no answer.
    func ask<Answer: Sendable>(_ question: (any SharedMemory) async throws -> Answer) async -> Answer? {
        let mayAsk = breaker.withLock { breaker in
            guard breaker.allows(now: time) else { return false }
            breaker.began(now: time)
            return true
        }
        guard mayAsk else { return nil }
        do {
            let answer = try await question(memory)
            let wasDown = breaker.withLock { breaker in
                defer { breaker.succeeded() }
                return breaker.condition(now: time) != .closed
            }
            if wasDown { logger.notice("gateways remember sign-ins and proofs together again") }
            return answer
        } catch {
            note(error)
            return nil
        }
    }

    private func note(_ error: any Error) {
        if Task.isCancelled { return breaker.withLock { $0.withdrew(now: time) } }
        let opened = breaker.withLock { breaker in
            let before = breaker.condition(now: time)
            breaker.failed(now: time)
            return before == .closed && breaker.condition(now: time) == .open
        }
        guard opened else { return }
        logger.warning("this gateway remembers sign-ins and proofs alone", metadata: ["error": "\(error)"])
    }

    private var time: Duration { ContinuousClock.now - start }
}
