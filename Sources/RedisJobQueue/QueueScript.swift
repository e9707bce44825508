import JobQueue
import RedisClient
@_spi(Minting) import Stores

/// Says to `queue.lua` what is wanted, and understands what it answers.
package struct QueueScript: Sendable {
    let client: RedisClient
    let channel: String
    /// Microseconds; `nil` leaves it to the server. For tests, which move it.
    let now: (@Sendable () -> Int64)?
    let policy: QueuePolicy
    private let policyText: String

    private static let script = RedisScript(source: String(decoding: PackageResources.queue_lua, as: UTF8.self))

    package init(client: RedisClient, channel: String, policy: QueuePolicy, now: (@Sendable () -> Int64)?) {
        self.client = client
        self.channel = channel
        self.now = now
        self.policy = policy
        let numbers: [(String, Int64)] = [
            ("limit", Int64(policy.limit)), ("companyLimit", Int64(policy.companyLimit)),
            ("maximumFailures", Int64(policy.maximumFailures)), ("retryDelay", policy.retryDelay.microseconds),
            ("maximumRetryDelay", policy.maximumRetryDelay.microseconds), ("deadLimit", Int64(policy.deadLimit)),
            ("deadAge", policy.deadAge.microseconds), ("deadRest", policy.deadRest.microseconds),
        ]
        policyText = "{" + numbers.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// Runs one operation on one partition.
    func run(
        _ operation: String, on partition: QueuePartition, _ arguments: [RedisCommand.Argument] = []
    ) async throws(JobQueueError) -> RedisValue {
        let time = now.map { RedisCommand.Argument.number($0()) } ?? .text("")
        do {
            return try await Self.script.run(
                on: client, keys: partition.keys,
                arguments: [.text(operation), time, .text(policyText), .text(channel)] + arguments)
        } catch {
            throw .unavailable(error.description)
        }
    }

    /// What asking for work brought.
    package enum Found {
        case work(WorkLease)
        /// Nothing before this time has passed, if any.
        case nothing(Duration?)
    }

    package func readLease(_ reply: RedisValue) throws(JobQueueError) -> Found {
        guard let parts = reply.array, let first = parts.first?.integer else { throw Self.strange("lease") }
        guard parts.count > 1 else { return .nothing(first < 0 ? nil : .microseconds(first)) }
        guard parts.count >= 6, first > 0, let company = parts[1].text.flatMap({ CompanyID($0) }),
            let priority = parts[2].integer.flatMap({ WorkPriority(class: $0) }),
            let failures = parts[3].integer, let waited = parts[4].integer
        else { throw Self.strange("lease") }
        let scope = CompanyScope(companyID: company)
        let hints = parts[5...].map { WorkHint(scope: scope, priority: priority, subject: $0.text ?? "") }
        return .work(
            WorkLease(
                id: UInt64(first), first: hints[0], others: Array(hints.dropFirst()), failures: Int(failures),
                waited: .microseconds(max(waited, 0))))
    }

    package func readStatistics(_ reply: RedisValue) throws(JobQueueError) -> QueueStatistics {
        guard let parts = reply.array, parts.count >= 8, let mode = parts[0].text.flatMap({ QueueMode(rawValue: $0) })
        else { throw Self.strange("statistics") }
        let numbers = parts.map(\.count)
        var pending: [WorkPriority: Int] = [:]
        for priority in WorkPriority.allCases { pending[priority] = numbers[3 + Int(priority.class)] }
        var totals: [QueueStatistics.Total: Int] = [:]
        for place in stride(from: 8, to: parts.count - 1, by: 2) {
            guard let total = parts[place].text.flatMap({ QueueStatistics.Total(rawValue: $0) }) else { continue }
            totals[total] = numbers[place + 1]
        }
        return QueueStatistics(
            mode: mode, pending: pending, delayed: numbers[1], leases: numbers[2], dead: numbers[3], totals: totals)
    }

    package func readDeadLetters(_ reply: RedisValue) throws(JobQueueError) -> [DeadLetter] {
        guard let parts = reply.array, parts.count % 3 == 0 else { throw Self.strange("dead") }
        return try stride(from: 0, to: parts.count, by: 3).map { place throws(JobQueueError) in
            let job = parts[place].text ?? ""
            let epitaph = (parts[place + 2].text ?? "").split(
                separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard let company = CompanyID(String(job.prefix(36))), let age = parts[place + 1].integer,
                epitaph.count == 3, let priority = Int64(epitaph[0]).flatMap({ WorkPriority(class: $0) }),
                let failures = Int(epitaph[1])
            else { throw Self.strange("dead") }
            let hint = WorkHint(
                scope: CompanyScope(companyID: company), priority: priority, subject: String(job.dropFirst(36)))
            return DeadLetter(hint: hint, failures: failures, reason: String(epitaph[2]), age: .microseconds(age))
        }
    }

    static func strange(_ operation: String) -> JobQueueError { .unavailable("unexpected reply to \(operation)") }
}

extension RedisValue {
    /// A number of things; what is none or beyond all reason is brought to the nearest that is not, so that sums of them hold.
    var count: Int { Int(min(max(integer ?? 0, 0), 1 << 40)) }
}

extension WorkPriority {
    /// As `queue.lua` counts: 1 is the most urgent.
    var `class`: Int64 { Int64(Self.allCases.count - rawValue) }

    init?(class number: Int64) {
        guard (1...Int64(Self.allCases.count)).contains(number) else { return nil }
        self.init(rawValue: Self.allCases.count - Int(number))
    }
}

extension Duration {
    /// Whole ones; what is too large to count is cut.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max / 2 : product + attoseconds / 1_000_000_000_000
    }
}

extension CompanyScope {
    /// 36 characters, as `queue.lua` expects.
    var key: RedisCommand.Argument { .text(companyID.description) }
}

extension DeadLetterSelection {
    var company: CompanyScope? {
        switch self {
        case .all: nil
        case .company(let scope), .one(let scope, _): scope
        }
    }

    /// As `queue.lua` reads it.
    var pattern: RedisCommand.Argument {
        switch self {
        case .all: .text("")
        case .company(let scope): .text("\(scope.companyID)*")
        case .one(let scope, let subject): .text("\(scope.companyID)\(subject)!")
        }
    }
}
