import Stores

/// The queue as a state machine: every input carries the time, every output is a value.
///
/// Times are durations since the queue was made.
struct QueueState {
    let policy: QueuePolicy
    var mode = QueueMode.running
    /// Changes with every change, so that a waiter can tell whether it missed one.
    private(set) var generation: UInt64 = 0
    private(set) var dead = DeadLetters()

    private var companies: [CompanyScope: CompanyLine] = [:]
    private var weights: [CompanyScope: Int] = [:]
    private var order = FairOrder()
    private var held = 0
    private var tickets: UInt64 = 0
    private var leased: Set<CompanyScope> = []
    private var delayed: [WorkKey: Duration] = [:]
    /// The earliest of `delayed`.
    private var nextDue: Duration?
    private var totals: [QueueStatistics.Total: Int] = [:]
    /// The furthest that any company's share was used up.
    private var lastFinish = 0.0
    private var leasesSinceForgetting = 0

    /// Leases between two looks for companies to forget.
    private static let forgettingInterval = 1_000

    /// What the taker of a hint has to do.
    enum Action: Equatable {
        case work(WorkLease)
        /// Nothing can be taken before something changes or, if given, this much time has passed.
        case wait(Duration?, generation: UInt64)
    }

    init(policy: QueuePolicy) { self.policy = policy }

    /// A hint arrived.
    mutating func hintArrived(_ hint: WorkHint, now: Duration) throws(JobQueueError) {
        guard hint.subject.utf8.count <= WorkHint.subjectLimit else { throw .subjectTooLong }
        guard mode != .draining else { throw .draining }
        let key = WorkKey(hint)
        if companies[hint.scope]?.jobs[hint.subject] != nil {
            absorb(hint)
            return count(.absorbed)
        }
        if let letter = dead[key] {
            if hint.priority == .routine, now - letter.died < policy.deadRest { return count(.absorbed) }
        }
        try checkRoom(hint.scope)
        dead.remove(key)
        held += 1
        count(.enqueued)
        tickets += 1
        append(key, CompanyLine.Job(priority: hint.priority, ticket: tickets, arrived: now))
    }

    /// A worker asks for work.
    mutating func workRequested(upTo count: Int, for duration: Duration, now: Duration) -> Action {
        timePassed(now: now)
        guard mode != .paused, let turn = order.next() else {
            return .wait(nextEventTime().map { $0 - now }, generation: generation)
        }
        let taken = companies[turn.scope]?.take(max(count, 1), turn.priority) ?? []
        let hints = taken.map { WorkHint(scope: turn.scope, priority: turn.priority, subject: $0.subject) }
        guard let first = taken.first, let firstHint = hints.first else {
            return .wait(.zero, generation: generation)
        }
        tickets += 1
        let lease = WorkLease(
            id: tickets, first: firstHint, others: Array(hints.dropFirst()), failures: first.job.failures,
            waited: now - first.job.arrived)
        companies[turn.scope]?.standing = CompanyLine.Standing(
            lease: lease, tag: turn.tag, began: now, expires: now + duration)
        leased.insert(turn.scope)
        self.count(.leased, hints.count)
        return .work(lease)
    }

    /// A worker wants more time.
    mutating func leaseExtended(_ lease: WorkLease, for duration: Duration, now: Duration) -> Bool {
        timePassed(now: now)
        guard companies[lease.scope]?.standing?.lease == lease else { return false }
        companies[lease.scope]?.standing?.expires = now + duration
        generation += 1
        return true
    }

    /// The work of a lease is done, but for what failed.
    mutating func leaseFinished(_ lease: WorkLease, failures: [WorkFailure], now: Duration) {
        timePassed(now: now)
        let reasons = Dictionary(failures.map { ($0.subject, $0.reason) }) { first, _ in first }
        end(lease, now: now) { state, key, job in
            if let reason = reasons[key.subject] {
                state.count(.failed)
                state.fail(key, job, reason: reason, now: now, rests: true)
            } else {
                state.count(.completed)
                state.forget(key)
                guard let again = job.again else { return }
                state.held += 1
                state.append(key, CompanyLine.Job(priority: again, ticket: 0, arrived: now))
            }
        }
    }

    /// The work of a lease could not be tried.
    mutating func leaseReleased(_ lease: WorkLease, retryAfter: Duration, now: Duration) {
        timePassed(now: now)
        end(lease, now: now) { state, key, job in
            state.count(.released)
            state.putBack(key, job, due: now + retryAfter, now: now)
        }
    }

    /// Ends what has expired and wakes what has rested.
    mutating func timePassed(now: Duration) {
        for scope in leased {
            guard let standing = companies[scope]?.standing, standing.expires <= now else { continue }
            end(standing.lease, now: standing.expires) { state, key, job in
                state.count(.expired)
                state.fail(key, job, reason: "the lease expired", now: standing.expires, rests: false)
            }
        }
        if let nextDue, nextDue <= now {
            for (key, due) in delayed where due <= now {
                delayed[key] = nil
                guard let job = companies[key.scope]?.jobs[key.subject] else { continue }
                append(key, job)
            }
            self.nextDue = delayed.values.min()
        }
        dead.forget(diedBefore: now - policy.deadAge)
    }

    /// A company gets more or less than others.
    mutating func weightChanged(_ weight: Int, of scope: CompanyScope) {
        let weight = min(max(weight, 1), 100)
        weights[scope] = weight == 1 ? nil : weight
        companies[scope]?.weight = weight
    }

    /// The mode changed.
    mutating func modeChanged(_ mode: QueueMode) {
        self.mode = mode
        generation += 1
    }

    /// Somebody wants dead letters tried again.
    mutating func retryRequested(_ selection: DeadLetterSelection, now: Duration) -> Int {
        let letters = dead.removeAll(selection)
        for (key, letter) in letters {
            held += 1
            append(key, CompanyLine.Job(priority: letter.priority, ticket: 0, arrived: now))
        }
        return letters.count
    }

    /// Somebody wants dead letters forgotten.
    mutating func discardRequested(_ selection: DeadLetterSelection) -> Int { dead.removeAll(selection).count }

    /// Companies remembered, for tests.
    var companyCount: Int { companies.count }

    /// What it holds and has done.
    var statistics: QueueStatistics {
        var pending: [WorkPriority: Int] = [:]
        for priority in WorkPriority.allCases {
            pending[priority] = companies.values.reduce(0) { $0 + $1.pending(priority) }
        }
        return QueueStatistics(
            mode: mode, pending: pending, delayed: delayed.count, leases: leased.count, dead: dead.count,
            totals: totals)
    }
}

extension QueueState {
    private mutating func count(_ total: QueueStatistics.Total, _ number: Int = 1) {
        totals[total, default: 0] += number
    }

    private mutating func checkRoom(_ scope: CompanyScope) throws(JobQueueError) {
        let error: JobQueueError? =
            if held >= policy.limit {
                .full(limit: policy.limit)
            } else if companies[scope]?.jobs.count ?? 0 >= policy.companyLimit {
                .companyFull(limit: policy.companyLimit)
            } else { nil }
        guard let error else { return }
        count(.refused)
        throw error
    }

    /// Adds nothing, but what is held becomes as urgent, and what is worked on will be done again.
    private mutating func absorb(_ hint: WorkHint) {
        guard var job = companies[hint.scope]?.jobs[hint.subject] else { return }
        switch job.state {
        case .leased:
            job.again = max(job.again ?? hint.priority, hint.priority)
            companies[hint.scope]?.jobs[hint.subject] = job
        case .delayed:
            job.priority = max(job.priority, hint.priority)
            companies[hint.scope]?.jobs[hint.subject] = job
        case .pending:
            guard hint.priority > job.priority else { return }
            let old = job.priority
            companies[hint.scope]?.withdraw(hint.subject)
            job.priority = hint.priority
            if companies[hint.scope]?.pending(old) == 0 { order.leave(hint.scope, old) }
            append(WorkKey(hint), job)
        }
    }

    /// Puts a hint at the end of its line.
    private mutating func append(_ key: WorkKey, _ job: CompanyLine.Job) {
        generation += 1
        tickets += 1
        var job = job
        job.ticket = tickets
        if companies[key.scope] == nil {
            var company = CompanyLine()
            company.weight = weights[key.scope] ?? 1
            companies[key.scope] = company
        }
        companies[key.scope]?.append(key.subject, job)
        joinLines(key.scope)
    }

    private mutating func joinLines(_ scope: CompanyScope) {
        guard let company = companies[scope], company.standing == nil else { return }
        for priority in WorkPriority.allCases where company.pending(priority) > 0 {
            order.join(scope, priority, finish: company.finish)
        }
    }

    /// Ends a lease if it stands, and settles each of its hints.
    private mutating func end(
        _ lease: WorkLease, now: Duration, _ settle: (inout QueueState, WorkKey, CompanyLine.Job) -> Void
    ) {
        guard let standing = companies[lease.scope]?.standing, standing.lease == lease else { return }
        generation += 1
        companies[lease.scope]?.standing = nil
        let weight = companies[lease.scope]?.weight ?? 1
        let finish = FairOrder.finish(tag: standing.tag, held: now - standing.began, weight: weight)
        companies[lease.scope]?.finish = finish
        lastFinish = max(lastFinish, finish)
        leased.remove(lease.scope)
        for hint in lease.hints {
            guard let job = companies[lease.scope]?.jobs[hint.subject] else { continue }
            settle(&self, WorkKey(hint), job)
        }
        joinLines(lease.scope)
        if leased.isEmpty { order.rest(until: lastFinish) }
        forgetIdle()
    }

    private mutating func fail(_ key: WorkKey, _ job: CompanyLine.Job, reason: String, now: Duration, rests: Bool) {
        var job = job
        job.failures += 1
        if job.failures >= policy.maximumFailures, !key.subject.isEmpty {
            guard job.again != nil else {
                count(.died)
                forget(key)
                let letter = DeadLetters.Letter(
                    priority: job.priority, failures: job.failures, reason: reason, died: now)
                return dead.insert(letter, for: key, limit: policy.deadLimit)
            }
            // What arrived meanwhile may be another matter: start over.
            job.failures = 0
        }
        let due = rests ? now + policy.delay(afterFailures: job.failures) : now
        putBack(key, job, due: due, now: now)
    }

    private mutating func putBack(_ key: WorkKey, _ job: CompanyLine.Job, due: Duration, now: Duration) {
        var job = job
        job.priority = max(job.priority, job.again ?? job.priority)
        job.again = nil
        guard due > now else { return append(key, job) }
        job.state = .delayed(until: due)
        companies[key.scope]?.jobs[key.subject] = job
        delayed[key] = due
        nextDue = min(nextDue ?? due, due)
    }

    private mutating func forget(_ key: WorkKey) {
        companies[key.scope]?.jobs[key.subject] = nil
        held -= 1
    }

    /// A company without hints is remembered only while its share is used up further than that of others. Looked at now and then, so
    /// memory is bounded by what is held and by how many companies were served lately.
    private mutating func forgetIdle() {
        leasesSinceForgetting += 1
        guard leasesSinceForgetting >= Self.forgettingInterval else { return }
        leasesSinceForgetting = 0
        for (scope, company) in companies where company.isIdle && company.finish <= order.now { companies[scope] = nil }
    }

    private func nextEventTime() -> Duration? {
        let expiries = leased.compactMap { companies[$0]?.standing?.expires }
        return (expiries + (nextDue.map { [$0] } ?? [])).min()
    }
}
