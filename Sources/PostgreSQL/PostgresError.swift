/// Why the database did not do what it was asked.
///
/// Printing one shows codes and names of constraints, never arguments, hosts or passwords. The server's own words are in
/// ``ServerError/message`` and in `String(reflecting:)`.
public enum PostgresError: Error, Sendable {
    /// The server refused a statement.
    case server(ServerError)
    /// No connection could be made.
    case cannotConnect(ConnectFailure)
    /// The connection broke while a request was on its way. Whether the server carried it out is unknown unless it only reads.
    case connectionLost
    /// The time for the request passed; its connection was given up.
    case timedOut
    /// All connections were in use for as long as the request could wait, or too many requests wait already.
    case exhausted
    /// The client was shut down.
    case shutDown
    /// A value did not have the type that was asked for.
    case unexpectedType(column: Int, type: UInt32, wanted: String)
    /// A value was null, or bytes did not make sense.
    case invalidValue(column: Int, wanted: String)
    /// A result has fewer rows than were expected.
    case missingRow
    /// The statement cannot be sent as it is: it has too many parameters, or more bytes than fit a message.
    case tooLarge

    /// What the server says of an error.
    public struct ServerError: Sendable, Hashable {
        /// Which error.
        public let state: SQLState
        /// The constraint that does not hold.
        public let constraint: String?
        /// The server's words; they may hold data of the statement.
        public let message: String

        /// Makes one from its parts.
        public init(state: SQLState, constraint: String? = nil, message: String = "") {
            self.state = state
            self.constraint = constraint
            self.message = message
        }
    }

    /// Why there is no connection.
    public struct ConnectFailure: Sendable, Hashable {
        /// The kinds that call for different action.
        public enum Reason: String, Sendable {
            /// Nobody listens there, or the name cannot be resolved, or nothing answers in time.
            case unreachable
            /// The server is starting, stopping or full.
            case unavailable
            /// User, password, or database is refused.
            case refused
            /// TLS could not be agreed on, or the certificate does not hold.
            case tls
        }

        /// The kind.
        public let reason: Reason
        /// The library's words; they name host and user, never the password.
        public let message: String

        /// Makes one from its parts.
        public init(reason: Reason, message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// Whether a connection that could not be made may be there when it is tried again: a password does not get right by waiting.
    var isWorthReconnecting: Bool {
        guard case .cannotConnect(let failure) = self else { return true }
        return failure.reason == .unreachable || failure.reason == .unavailable
    }

    /// The server's error code; `nil` when it is not the server that said no.
    public var state: SQLState? {
        if case .server(let error) = self { error.state } else { nil }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Codes and names only.
    public var description: String {
        switch self {
        case .server(let error): "SQLSTATE \(error.state)" + (error.constraint.map { " (\($0))" } ?? "")
        case .cannotConnect(let failure): "cannot connect (\(failure.reason.rawValue))"
        case .connectionLost: "connection lost"
        case .timedOut: "timed out"
        case .exhausted: "no connection free"
        case .shutDown: "shut down"
        case .unexpectedType(let column, let type, let wanted): "column \(column) of type \(type) is no \(wanted)"
        case .invalidValue(let column, let wanted): "column \(column) holds no \(wanted)"
        case .missingRow: "no row"
        case .tooLarge: "statement too large"
        }
    }

    /// With the words of server and library.
    public var debugDescription: String {
        switch self {
        case .server(let error): "\(description): \(error.message)"
        case .cannotConnect(let failure): "\(description): \(failure.message)"
        default: description
        }
    }
}

extension PostgresError.ConnectFailure {
    /// Sorts the library's words; libpq 15 gives no code for a connection that was never made.
    init(message: String) {
        let text = message.lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        let reason: Reason =
            if says("starting up", "shutting down", "too many clients", "recovery mode", "reserved for") {
                .unavailable
            } else if says("ssl", "certificate", "tls") {
                .tls
            } else if says("authentication", "password", "pg_hba", "does not exist", "permission denied") {
                .refused
            } else { .unreachable }
        self.init(reason: reason, message: message)
    }
}
