import Stores

/// The queue as a state machine: every input carries the time, every output is a value.
///
/// Times are durations since the queue was made.
struct QueueState {
    /// How leases are shared while all priorities have work: out of 13, 9 go to changes, 3 to routine, 1 to first inventories.
    ///
    /// Stride scheduling (Waldspurger and Weihl, 1995): each lease of a priority costs it `1 / share`, and the priority with the least
    /// cost so far is next. The strides are 117 ÷ share.
    static let strides: [WorkPriority: UInt64] = [.change: 13, .routine: 39, .firstInventory: 117]

    /// Most pending and leased hints together.
    let limit: Int

    /// Pending hints and when each may be taken at the earliest.
    private var pending: [WorkHint: Entry] = [:]
    /// The standing lease of each company.
    private var leases: [CompanyScope: Standing] = [:]
    /// Cost so far per priority.
    private var costs: [WorkPriority: UInt64] = [:]
    /// The cost at which the last lease was given; a priority that was idle starts from here, so that idling saves nothing up.
    private var currentCost: UInt64 = 0
    /// Counts hints and leases, to order them.
    private var clockHand: UInt64 = 0
    /// When each company with a pending hint or a lease was last served.
    private var served: [CompanyScope: UInt64] = [:]
    /// Changes with every change, so that a waiter can tell whether it missed one.
    private(set) var generation: UInt64 = 0

    private struct Entry {
        let order: UInt64
        var due: Duration
    }

    private struct Standing {
        let lease: WorkLease
        let expires: Duration
    }

    /// What the taker of a hint has to do.
    enum Action: Equatable {
        case work(WorkLease)
        /// Nothing can be taken before something changes or, if given, this much time has passed.
        case wait(Duration?, generation: UInt64)
    }

    init(limit: Int) { self.limit = limit }

    /// Pending hints, for tests and metrics.
    var pendingCount: Int { pending.count }

    /// A hint arrived.
    mutating func hintArrived(_ hint: WorkHint, now: Duration) throws(JobQueueError) {
        guard pending[hint] == nil else { return }
        guard pending.count + leases.count < limit else { throw .full(limit: limit) }
        insert(hint, due: now)
    }

    /// A worker asks for work.
    mutating func workRequested(for duration: Duration, now: Duration) -> Action {
        expireLeases(now: now)
        guard let hint = nextHint(now: now) else {
            return .wait(nextEventTime().map { $0 - now }, generation: generation)
        }
        pending[hint] = nil
        pay(hint.priority)
        clockHand += 1
        served[hint.scope] = clockHand
        let lease = WorkLease(id: clockHand, hint: hint)
        leases[hint.scope] = Standing(lease: lease, expires: now + duration)
        return .work(lease)
    }

    /// The work of a lease is done.
    mutating func leaseCompleted(_ lease: WorkLease, now: Duration) {
        expireLeases(now: now)
        guard leases[lease.hint.scope]?.lease == lease else { return }
        leases[lease.hint.scope] = nil
        generation += 1
        forgetIfIdle(lease.hint.scope)
    }

    /// The work of a lease failed.
    mutating func leaseReleased(_ lease: WorkLease, retryAfter: Duration, now: Duration) {
        expireLeases(now: now)
        guard leases[lease.hint.scope]?.lease == lease else { return }
        leases[lease.hint.scope] = nil
        insert(lease.hint, due: now + max(retryAfter, .zero))
    }

    /// Adds a hint, or puts off the equal one that is pending: what failed a moment ago would fail again.
    private mutating func insert(_ hint: WorkHint, due: Duration) {
        generation += 1
        clockHand += 1
        let entry = pending[hint] ?? Entry(order: clockHand, due: due)
        pending[hint] = Entry(order: entry.order, due: max(entry.due, due))
    }

    private mutating func expireLeases(now: Duration) {
        for standing in leases.values where standing.expires <= now {
            leases[standing.lease.hint.scope] = nil
            insert(standing.lease.hint, due: standing.expires)
        }
    }

    /// The hint to take now: cheapest priority, then the company served longest ago, then the oldest hint.
    private func nextHint(now: Duration) -> WorkHint? {
        var best: (hint: WorkHint, rank: (UInt64, Int, UInt64, UInt64))?
        for (hint, entry) in pending where entry.due <= now && leases[hint.scope] == nil {
            let rank = (cost(hint.priority), -hint.priority.rawValue, served[hint.scope] ?? 0, entry.order)
            if let standing = best, standing.rank <= rank { continue }
            best = (hint, rank)
        }
        return best?.hint
    }

    private func cost(_ priority: WorkPriority) -> UInt64 {
        // A priority that was idle starts level with the others: idling saves nothing up.
        max(costs[priority] ?? 0, currentCost)
    }

    private mutating func pay(_ priority: WorkPriority) {
        currentCost = cost(priority)
        costs[priority] = currentCost + (Self.strides[priority] ?? 1)
    }

    private func nextEventTime() -> Duration? {
        let due = pending.filter { leases[$0.key.scope] == nil }.map(\.value.due)
        return (due + leases.values.map(\.expires)).min()
    }

    /// A company without hints and lease is forgotten, so that memory is bounded by what is pending.
    private mutating func forgetIfIdle(_ scope: CompanyScope) {
        let isPending = WorkPriority.allCases.contains { pending[WorkHint(scope: scope, priority: $0)] != nil }
        if !isPending { served[scope] = nil }
    }
}
