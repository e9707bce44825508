import Foundation
import Logging
import ServiceLifecycle
import Stores

/// Has endpoints told of agents that have not called for too long. Any number of these may run: each silence is told once.
public struct SilenceRecorder: Service {
    private let store: any Store
    private let silentAfter: Duration
    private let interval: Duration
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// Of one endpoint in one transaction.
    static let batchSize = 500
    /// How far back a silence may have begun: what nobody looked for in a day, because nothing ran, is no news.
    static let memory: TimeInterval = 86_400

    /// - Parameters:
    ///   - silentAfter: How long after its last call an agent is silent.
    ///   - interval: Rest between two looks; the first is made at once.
    public init(
        store: any Store, silentAfter: Duration, interval: Duration, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.silentAfter = silentAfter
        self.interval = interval
        self.logger = logger
        self.now = now
    }

    /// Looks until cancelled or asked to shut down.
    public func run() async throws {
        await Rounds.run(every: interval, logger: logger, failure: "silent agents not told yet") {
            try await recordOnce() == Self.batchSize
        }
    }

    /// - Returns: How many notifications were written.
    func recordOnce() async throws -> Int {
        let time = now()
        let limit = time.addingTimeInterval(-Double(silentAfter.components.seconds))
        let count = try await store.recordSilences(
            lastSeen: limit.addingTimeInterval(-Self.memory)..<limit, limit: Self.batchSize, at: time)
        if count > 0 { logger.notice("agents are silent", metadata: ["notifications": "\(count)"]) }
        return count
    }
}
