import Stores

/// Which work goes first. The order is that of urgency: `routine < change < firstInventory < knownExploitedChange`.
public enum WorkPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// What a sweep found, and everything without hurry.
    case routine
    /// Something changed on a machine whose inventory is known.
    case change
    /// First inventories of newly enrolled agents: until then nothing is known of the machine.
    case firstInventory
    /// A change that may bring or end a vulnerability that is being exploited.
    case knownExploitedChange

    /// Whether `lhs` is less urgent than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// How leases are shared while all priorities have work: 8, 4, 3 and 1 of 16.
    public var share: Int {
        switch self {
        case .knownExploitedChange: 8
        case .firstInventory: 4
        case .change: 3
        case .routine: 1
        }
    }
}

/// "This company has work of this priority." What the work is, the store knows.
public struct WorkHint: Sendable, Hashable {
    /// Whose work it is.
    public let scope: CompanyScope
    /// How urgent it is.
    public let priority: WorkPriority
    /// What of the company's work is meant, such as an agent's id; empty for whatever the store has. At most ``subjectLimit`` bytes of
    /// UTF-8.
    public let subject: String

    /// Longest subject, in bytes.
    public static let subjectLimit = 128

    /// Makes a hint.
    public init(scope: CompanyScope, priority: WorkPriority, subject: String = "") {
        self.scope = scope
        self.priority = priority
        self.subject = subject
    }
}

/// The right to work on one company for a while.
public struct WorkLease: Sendable, Hashable {
    /// Names this lease among all that the queue ever gave.
    public let id: UInt64
    /// Whose work it is.
    public let scope: CompanyScope
    /// What to do: one hint for each subject, all of the same priority, longest waiting first. Never empty.
    public let hints: [WorkHint]
    /// How often the first hint was tried before. A hint that failed before comes alone.
    public let failures: Int
    /// How long the first hint has waited since it arrived.
    public let waited: Duration

    /// Made by queues only.
    public init(id: UInt64, first: WorkHint, others: [WorkHint] = [], failures: Int = 0, waited: Duration = .zero) {
        self.id = id
        scope = first.scope
        hints = [first] + others
        self.failures = failures
        self.waited = waited
    }

    /// The first of the hints.
    public var hint: WorkHint { hints[0] }
}

/// Work of a lease that could not be done.
public struct WorkFailure: Sendable, Hashable {
    /// Of the hint.
    public let subject: String
    /// For whoever looks at dead letters; cut after ``reasonLimit`` characters.
    public let reason: String

    /// Longest reason, in characters.
    public static let reasonLimit = 500

    /// Makes one from its parts.
    public init(subject: String, reason: String) {
        self.subject = subject
        self.reason = String(reason.prefix(Self.reasonLimit))
    }
}
