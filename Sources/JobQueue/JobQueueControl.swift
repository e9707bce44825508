import Stores

/// Whether a queue takes hints in and gives leases out.
public enum QueueMode: String, Sendable, Hashable, CaseIterable {
    case running
    /// Takes hints in, gives no leases. Leases that stand may end.
    case paused
    /// Gives leases, takes no hints in: for emptying it.
    case draining
}

/// Work that was given up.
public struct DeadLetter: Sendable, Hashable {
    /// The work.
    public let hint: WorkHint
    /// How often it failed.
    public let failures: Int
    /// Why it failed the last time.
    public let reason: String
    /// How long ago.
    public let age: Duration

    /// Made by queues only.
    public init(hint: WorkHint, failures: Int, reason: String, age: Duration) {
        self.hint = hint
        self.failures = failures
        self.reason = reason
        self.age = age
    }
}

/// Which dead letters are meant.
public enum DeadLetterSelection: Sendable, Hashable {
    case all
    case company(CompanyScope)
    /// One, by company and subject.
    case one(scope: CompanyScope, subject: String)
}

/// What a queue holds and has done.
public struct QueueStatistics: Sendable, Hashable {
    /// Things that happened since the queue was made.
    public enum Total: String, Sendable, Hashable, CaseIterable {
        /// Hints that were not there before.
        case enqueued
        /// Hints that were.
        case absorbed
        /// Hints that found no room.
        case refused
        case leased
        case completed
        case failed
        case released
        /// Hints of leases that expired.
        case expired
        case died
    }

    /// Whether it takes hints in and gives leases out.
    public var mode: QueueMode
    /// Hints that may be taken, by priority.
    public var pending: [WorkPriority: Int]
    /// Hints that rest until they may be tried again.
    public var delayed: Int
    /// Leases that stand, which is companies worked on.
    public var leases: Int
    /// Dead letters.
    public var dead: Int
    /// Hints, counted as they pass.
    public var totals: [Total: Int]

    /// Makes statistics from their parts.
    public init(
        mode: QueueMode, pending: [WorkPriority: Int], delayed: Int, leases: Int, dead: Int, totals: [Total: Int]
    ) {
        self.mode = mode
        self.pending = pending
        self.delayed = delayed
        self.leases = leases
        self.dead = dead
        self.totals = totals
    }
}

/// What an operator and the upkeep want of a queue. Apart from ``JobQueue``, so that those who give and take work cannot do it.
public protocol JobQueueControl: Sendable {
    /// Says whether the queue takes hints in and gives leases out, for all processes that share it.
    func setMode(_ mode: QueueMode) async throws
    /// Gives a company more or less of the leases than others; 1 is usual.
    ///
    /// - Parameter weight: 1...100; beyond is cut.
    func setWeight(_ weight: Int, of scope: CompanyScope) async throws
    /// What it holds and has done.
    func statistics() async throws -> QueueStatistics
    /// Dead letters, newest first.
    ///
    /// - Parameters:
    ///   - scope: Of one company; `nil` stands for all.
    ///   - limit: At least 0.
    func fetchDeadLetters(scope: CompanyScope?, limit: Int) async throws -> [DeadLetter]
    /// Makes dead letters pending again, as if they had never failed.
    /// - Returns: How many.
    @discardableResult func retryDeadLetters(_ selection: DeadLetterSelection) async throws -> Int
    /// Forgets dead letters.
    /// - Returns: How many.
    @discardableResult func discardDeadLetters(_ selection: DeadLetterSelection) async throws -> Int
    /// Ends leases that have expired, makes pending what has rested enough, forgets dead letters that are too old. Taking leases does
    /// the same on the way; this is for when nobody takes any, and may be called by several at once.
    func tidy() async throws
}
