import Reports
import Scoring

/// What to match against, what of it counts, and how it is shown.
public struct MatchRequest: Sendable, Equatable {
    /// An index file; `nil` for whatever else the caller opens.
    public var index: String?
    /// The form of the report.
    public var format = ReportFormat.table
    /// The vulnerability whose evidence is shown in place of the report.
    public var explain: String?
    /// The least severity of a finding that makes the exit code 1.
    public var failOn: Severity?
    /// Whether only findings with a fix count.
    public var onlyFixed = false
    /// The release of the kernel that runs where a bill was made; `nil` when not known. A scan of a running machine asks it itself.
    public var runningKernel: String?
    /// The user's VEX documents.
    public var vex: [String] = []
    /// Files of ignore rules.
    public var ignore: [String] = []
    /// Files of rules from applications to CPE names.
    public var products: [String] = []
    /// Most lines of the table; `nil` for all.
    public var limit: Int?
    /// Whether the table shows every line of a package.
    public var all = false

    /// Makes one that asks for the table of all findings.
    public init() {}

    /// What is wrong with it, in words for the user; `nil` when nothing is.
    public var fault: String? {
        if let failOn, failOn < .low { return "--fail-on takes low, medium, high or critical." }
        if explain != nil, format != .table, format != .json { return "--explain is shown as table or json." }
        if let limit, limit < 0 { return "--limit takes a number from 0 on." }
        return nil
    }
}
