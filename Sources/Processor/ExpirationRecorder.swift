import Foundation
import Logging
import ServiceLifecycle
import Stores

/// Writes down which exceptions have expired. They end by themselves, at their time, whether this runs or not; it only tells. Any number
/// of them may run: each exception is written down once.
public struct ExpirationRecorder: Service {
    private let store: any Store
    private let interval: Duration
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// Exceptions of a company in one transaction.
    static let batchSize = 100

    /// - Parameter interval: Rest between two looks; the first is made at once.
    public init(
        store: any Store, interval: Duration, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.interval = interval
        self.logger = logger
        self.now = now
    }

    /// Looks until cancelled or asked to shut down.
    public func run() async throws {
        await Rounds.run(every: interval, logger: logger, failure: "expired exceptions not written down yet") {
            let count = try await store.recordExpirations(at: now(), limit: Self.batchSize)
            if count > 0 { logger.info("exceptions expired", metadata: ["count": "\(count)"]) }
            return false
        }
    }
}
