/// The five characters by which PostgreSQL classifies an error.
///
/// - Source: PostgreSQL manual, appendix A, <https://www.postgresql.org/docs/current/errcodes-appendix.html>
public struct SQLState: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// Five digits or uppercase letters, "23505".
    public let rawValue: String
    /// Wraps a code.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The code.
    public var description: String { rawValue }

    /// A row with this key exists already.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// A row that is referred to does not exist, or one that goes is still referred to.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A check constraint does not hold.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// The role may not do that; row level security answers with it as well when a row of another company is written.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// A table or view does not exist.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// A concurrent transaction came in between; the same transaction may succeed when it is tried again.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// Two transactions waited for each other; this one was chosen to give way.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// A lock could not be had in time.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// `statement_timeout` passed, or somebody cancelled the statement.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// The server takes no more connections.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// The server is a standby, as after a failover that the connection did not notice.
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// An earlier statement of the transaction failed.
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    /// No statement was prepared under this name on the connection.
    public static let invalidStatementName = SQLState(rawValue: "26000")

    /// Whether the whole transaction may succeed when it is run again from its start.
    public var isRetryable: Bool { self == .serializationFailure || self == .deadlockDetected }

    /// Whether it tells of the server and not of the statement: the server is out of memory, disk or connections (class 53), is stopping or
    /// starting (57P), has trouble with its files (58), is a standby, or others were in the way (40, `lockNotAvailable`); or the connection
    /// broke (08). https://www.postgresql.org/docs/15/errcodes-appendix.html
    public var isServersOwn: Bool {
        endsConnection || self == .readOnlyTransaction || self == .lockNotAvailable
            || ["40", "53", "58"].contains(rawValue.prefix(2))
    }

    /// Whether the server ends the connection with it: it shuts down, crashed, or is not up yet (class 57P), or the connection broke
    /// (class 08).
    public var endsConnection: Bool { rawValue.hasPrefix("57P") || rawValue.hasPrefix("08") }
}
