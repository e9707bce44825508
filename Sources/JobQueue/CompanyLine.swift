import Stores

/// The hints of one company.
struct CompanyLine {
    /// One hint that is held.
    struct Job {
        var priority: WorkPriority
        var failures = 0
        /// Orders the hints that are pending.
        var ticket: UInt64
        let arrived: Duration
        var state = State.pending
        /// Of a hint that arrived while this one was leased.
        var again: WorkPriority?

        enum State: Equatable {
            case pending
            /// May be pending again from then on.
            case delayed(until: Duration)
            case leased
        }
    }

    /// A lease that stands.
    struct Standing {
        let lease: WorkLease
        /// The company's tag when it was given.
        let tag: Double
        let began: Duration
        var expires: Duration
    }

    var jobs: [String: Job] = [:]
    var standing: Standing?
    var weight = 1
    /// When the company's share of the leases so far is used up, in virtual time; see ``FairOrder``.
    var finish = 0.0

    /// Pending hints by priority in the order of their tickets. Holds some that are no longer pending or have another ticket by now:
    /// taking them out would cost more than passing over them.
    private var lines: [WorkPriority: ArraySlice<(subject: String, ticket: UInt64)>] = [:]
    private var waiting: [WorkPriority: Int] = [:]

    func pending(_ priority: WorkPriority) -> Int { waiting[priority] ?? 0 }

    /// Whether there is nothing to remember but the weight.
    var isIdle: Bool { jobs.isEmpty && standing == nil }

    /// Puts a hint at the end of its line.
    mutating func append(_ subject: String, _ job: Job) {
        var job = job
        job.state = .pending
        jobs[subject] = job
        lines[job.priority, default: []].append((subject, job.ticket))
        waiting[job.priority, default: 0] += 1
    }

    /// Takes a pending hint out of its line; it is still held.
    mutating func withdraw(_ subject: String) {
        guard let job = jobs[subject], job.state == .pending else { return }
        waiting[job.priority, default: 1] -= 1
        if waiting[job.priority] == 0 { lines[job.priority] = nil }
    }

    /// Takes hints from the front of a line: several that never failed, or one that did.
    mutating func take(_ count: Int, _ priority: WorkPriority) -> [(subject: String, job: Job)] {
        var taken: [(subject: String, job: Job)] = []
        while taken.count < count, let (subject, ticket) = lines[priority]?.first {
            guard var job = jobs[subject], job.state == .pending, job.ticket == ticket, job.priority == priority else {
                lines[priority]?.removeFirst()
                continue
            }
            if job.failures > 0, !taken.isEmpty { break }
            lines[priority]?.removeFirst()
            withdraw(subject)
            job.state = .leased
            jobs[subject] = job
            taken.append((subject, job))
            if job.failures > 0 { break }
        }
        return taken
    }
}
