import Stores

/// Why a queue did not take a hint. Nothing is lost: the sweep finds the work in the store.
public enum JobQueueError: Error, Sendable, Equatable {
    /// The queue holds as many hints as it may.
    case full(limit: Int)
    /// It holds as many of this company as it may.
    case companyFull(limit: Int)
    /// It is being drained.
    case draining
    /// The subject is longer than ``WorkHint/subjectLimit``.
    case subjectTooLong
    /// The queue cannot be reached.
    case unavailable(String)
}

/// Hands companies with work to processors.
///
/// What an implementation owes:
/// - At most one hint is held per company and subject. A second one is absorbed; when it is more urgent, the one held becomes so.
/// - A hint that arrives while its work is leased is kept, and pending when the lease ends, however it ends.
/// - At most one lease stands per company, so two processors never work on the same company at once.
/// - A lease that does not end in time expires, which counts as a failure of its hints; they are pending again at once.
/// - Hints that failed before are leased alone, so that one that kills its processor takes no others along.
/// - More urgent hints go first, but every priority with pending hints gets its ``WorkPriority/share`` of the leases, so none starves.
/// - Within a priority the company goes first whose leases took the least time so far, by its weight; within a company, what waits
///   longest. A company that had nothing to do for a while starts level with the others. So a company with one hint waits for the
///   leases that stand, however much others have.
/// - A hint without a subject never dies: it stands for whatever the store has, so its death would say nothing and hide much.
/// - Any other hint that failed as often as ``QueuePolicy/maximumFailures`` says becomes a dead letter. A routine hint for it is absorbed during
///   ``QueuePolicy/deadRest``, since what failed again and again would go on failing; a more urgent one says that something
///   changed, takes the dead letter away and starts over.
public protocol JobQueue: Sendable {
    /// Adds a hint.
    /// - Throws: ``JobQueueError``.
    func enqueue(_ hint: WorkHint) async throws
    /// Takes the next hints of one company, and waits for some when there are none.
    ///
    /// - Parameters:
    ///   - count: Most hints to take, at least 1.
    ///   - duration: How long the lease stands; positive.
    /// - Returns: `nil` when the task is cancelled.
    func lease(upTo count: Int, for duration: Duration) async throws -> WorkLease?
    /// Has a lease stand for `duration` from now.
    /// - Returns: Whether it stood still.
    func extend(_ lease: WorkLease, for duration: Duration) async throws -> Bool
    /// Ends a lease whose work is done, but for what failed. Nothing happens when it has expired or ended before.
    ///
    /// - Parameter failures: By subject. Each is tried again after a rest that grows, or becomes a dead letter.
    func finish(_ lease: WorkLease, failures: [WorkFailure]) async throws
    /// Gives all of a lease back, to be tried again after a while at the earliest. Counts as no failure: for work that was not to blame,
    /// such as when a server that it needs is away. Nothing happens when the lease has expired or ended before.
    func release(_ lease: WorkLease, retryAfter: Duration) async throws
}

extension JobQueue {
    /// Takes the next hint, and waits for one when there is none.
    ///
    /// - Parameter duration: How long the lease stands; positive.
    /// - Returns: `nil` when the task is cancelled.
    public func lease(for duration: Duration) async throws -> WorkLease? {
        try await lease(upTo: 1, for: duration)
    }

    /// Ends a lease whose work is all done. Nothing happens when it has expired or ended before.
    public func complete(_ lease: WorkLease) async throws {
        try await finish(lease, failures: [])
    }
}
