import Foundation

/// How long a company keeps what only grows.
public struct RetentionPolicy: Sendable, Hashable {
    /// Days that events are kept, within ``days``; `nil` keeps them for ever.
    public var eventDays: Int?

    /// Days that can be set: whoever follows the live stream has at least a week to come back.
    public static let days = 7...3_650

    /// Keeps everything unless told otherwise; what lies outside of ``days`` is moved to the nearer end.
    public init(eventDays: Int? = nil) {
        self.eventDays = eventDays.map { min(max($0, Self.days.lowerBound), Self.days.upperBound) }
    }

    /// Before when events may go; `nil` for never.
    public func eventLimit(at now: Date) -> Date? { eventDays.map { now.addingTimeInterval(Double(-$0) * 86_400) } }
}

/// Policies, and the removal of what they no longer keep.
public protocol RetentionStore: Sendable {
    /// The default policy where none was set.
    func fetchRetentionPolicy(scope: CompanyScope) async throws -> RetentionPolicy
    /// - Throws: ``StoreError/notFound(_:)`` for a company that does not exist.
    func setRetentionPolicy(scope: CompanyScope, _ policy: RetentionPolicy, at now: Date) async throws
    /// Deletes events up to and with this one, in one short transaction that nobody who writes has to wait for. The newest event always
    /// stays, so that the next one is seen to follow it.
    /// - Returns: How many.
    func deleteEvents(scope: CompanyScope, through id: EventID) async throws -> Int
}

/// Carries a company's policy out: oldest first, in batches, each handed to an archive before it goes.
public struct RetentionSweep: Sendable {
    /// What was found, or done.
    public struct Outcome: Sendable, Hashable {
        /// Before when events go; `nil` when the policy keeps all.
        public let limit: Date?
        /// Events that are older.
        public var events = 0
        /// The first and the last of them.
        public var ids: ClosedRange<Int64>?
    }

    private let store: any EventStore & RetentionStore & AuditStore
    /// Events in a batch.
    private let batch: Int

    /// - Parameter batch: Events that are handed to the archive, and deleted, at a time.
    public init(_ store: any EventStore & RetentionStore & AuditStore, batch: Int = 1_000) {
        self.store = store
        self.batch = max(1, batch)
    }

    /// Removes what the company's policy no longer keeps. Killed in between, it goes on where it was; what was archived and not deleted yet is
    /// then archived again, and nothing is deleted that was not.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether to count and change nothing.
    ///   - archive: Keeps a batch for good before it returns; not called in a dry run.
    public func run(
        scope: CompanyScope, at now: Date, isDryRun: Bool, archive: @Sendable ([Event]) async throws -> Void
    ) async throws -> Outcome {
        let limit = try await store.fetchRetentionPolicy(scope: scope).eventLimit(at: now)
        var outcome = Outcome(limit: limit)
        guard let limit else { return outcome }
        let newest = try await store.fetchLatestEventID(scope: scope)
        var after = EventID(rawValue: 0)
        while true {
            let events = try await store.fetchEvents(scope: scope, after: after, limit: batch)
            let old = Array(events.prefix { $0.at < limit && $0.id < newest })
            guard let first = old.first, let last = old.last else { break }
            if !isDryRun {
                try await archive(old)
                _ = try await store.deleteEvents(scope: scope, through: last.id)
            }
            outcome.events += old.count
            outcome.ids = (outcome.ids?.lowerBound ?? first.id.rawValue)...last.id.rawValue
            after = last.id
            if old.count < events.count { break }
        }
        if !isDryRun, let ids = outcome.ids {
            let details = [
                "count": String(outcome.events), "first": String(ids.lowerBound), "last": String(ids.upperBound),
            ]
            try await store.appendAudit(scope: scope, .eventsRemoved, subject: nil, details: details, at: now)
        }
        return outcome
    }
}
