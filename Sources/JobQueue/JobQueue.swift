import Stores

/// Which work goes first. The order is that of urgency: `firstInventory < routine < change`.
public enum WorkPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// First inventories of newly enrolled agents: many at once, and nobody waits for one of them in particular.
    case firstInventory
    /// What a sweep found, and everything without hurry.
    case routine
    /// Something changed on a machine that was in order before: somebody may be watching.
    case change

    /// Whether `lhs` is less urgent than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// "This company has work of this priority." What the work is, the store knows.
public struct WorkHint: Sendable, Hashable {
    /// Whose work it is.
    public let scope: CompanyScope
    /// How urgent it is.
    public let priority: WorkPriority

    /// Makes a hint.
    public init(scope: CompanyScope, priority: WorkPriority) {
        self.scope = scope
        self.priority = priority
    }
}

/// The right to work on one company for a while.
public struct WorkLease: Sendable, Hashable {
    /// Names this lease among all that the queue ever gave.
    public let id: UInt64
    /// The hint that was taken.
    public let hint: WorkHint

    /// Made by queues only.
    public init(id: UInt64, hint: WorkHint) {
        self.id = id
        self.hint = hint
    }
}

/// Why a queue did not take a hint.
public enum JobQueueError: Error, Sendable, Equatable {
    /// The queue holds as many hints as it may. Nothing is lost: the sweep finds the work in the store.
    case full(limit: Int)
}

/// Hands companies with work to processors.
///
/// What an implementation owes:
/// - At most one hint is pending per company and priority; a second one is absorbed.
/// - At most one lease stands per company, so two processors never work on the same company at once. Hints that arrive meanwhile wait.
/// - A lease that is neither completed nor released in time expires, and its hint is pending again.
/// - More urgent hints go first, but every priority with pending hints gets a fixed share of the leases, so none starves.
/// - Within a priority the company that was served longest ago goes first.
public protocol JobQueue: Sendable {
    /// Adds a hint; absorbed when an equal one is pending, also when that one waits for a retry.
    /// - Throws: ``JobQueueError/full(limit:)``.
    func enqueue(_ hint: WorkHint) async throws
    /// Takes the next hint, and waits for one when there is none.
    ///
    /// - Parameter duration: How long the lease stands; positive.
    /// - Returns: `nil` when the task is cancelled.
    func lease(for duration: Duration) async throws -> WorkLease?
    /// Ends a lease whose work is done. Nothing happens when it has expired or ended before.
    func complete(_ lease: WorkLease) async throws
    /// Gives a hint back, to be tried again after a while at the earliest. Nothing happens when the lease has expired or ended before.
    func release(_ lease: WorkLease, retryAfter: Duration) async throws
}
