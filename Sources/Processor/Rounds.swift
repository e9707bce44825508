import Logging
import ServiceLifecycle

/// What is looked after again and again, beside what the queue hands out.
enum Rounds {
    /// Makes rounds until cancelled or asked to shut down, the first at once. One that fails is told, and the next is made all the same.
    ///
    /// - Parameters:
    ///   - interval: Rest between two rounds.
    ///   - failure: What is told of a round that failed.
    ///   - round: Answers whether there is more to do, without a rest.
    static func run(
        every interval: Duration, logger: Logger, failure: Logger.Message,
        _ round: @escaping @Sendable () async throws -> Bool
    ) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await round() { continue }
                } catch {
                    logger.error(failure, metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: interval)
            }
        }
    }
}
