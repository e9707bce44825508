import Foundation
import Logging
import ServiceLifecycle

/// Tells the other gateways what this one admitted, and asks what they did, again and again.
struct RateLimitSharing: Service {
    let limiter: RateLimiter
    let shared: any SharedRateLimits
    let now: @Sendable () -> Date
    let logger: Logger

    private static let interval = Duration.milliseconds(250)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isBroken = false
            while (try? await Task.sleep(for: Self.interval)) != nil {
                do {
                    try await limiter.share(with: shared, now: now)
                    if isBroken { logger.notice("request limits are shared again") }
                    isBroken = false
                } catch {
                    if !isBroken {
                        logger.warning("request limits count on this gateway alone", metadata: ["error": "\(error)"])
                    }
                    isBroken = true
                }
            }
        }
    }
}
