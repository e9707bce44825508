import CircuitBreaking
import Logging

/// What is remembered together, asked only while it answers: whoever asks goes on by the memory of this gateway when it does not.
final class GuardedMemory: Sendable {
    private let memory: any SharedMemory
    private let calls: GuardedCalls

    init(_ memory: any SharedMemory, logger: Logger) {
        self.memory = memory
        var settings = CircuitBreaker.Settings()
        settings.failures = 2
        calls = GuardedCalls(settings) { change in
            switch change {
            case .opened(let error):
                logger.warning(
                    "this gateway remembers sign-ins and proofs alone", metadata: ["error": "\(error)"])
            case .closed: logger.notice("gateways remember sign-ins and proofs together again")
            }
        }
    }

    /// Asks.
    ///
    /// - Returns: `nil` when there is no answer.
    func ask<Answer: Sendable>(_ question: (any SharedMemory) async throws -> Answer) async -> Answer? {
        await calls.run { try await question(memory) }
    }
}
