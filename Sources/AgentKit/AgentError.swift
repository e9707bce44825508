import Wire

/// Why the agent could not do something. Printing one shows neither token nor key.
public enum AgentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file of the state folder could not be read or written.
    case state(path: String, reason: String)
    /// The server could not be reached, or the connection broke.
    case unreachable(String)
    /// The server answered with an error.
    case refused(status: Int, code: String, message: String)
    /// The server's answer is not one that this protocol knows.
    case unexpectedAnswer(String)
    /// There is no credential yet, and no enrollment token to get one with.
    case notEnrolled

    /// One line for a log.
    public var description: String {
        switch self {
        case .state(let path, let reason): "\(path): \(reason)"
        case .unreachable(let reason): "the server cannot be reached: \(reason)"
        case .refused(let status, let code, let message): "the server answered \(status) \(code): \(message)"
        case .unexpectedAnswer(let reason): "the server's answer is not understood: \(reason)"
        case .notEnrolled: "not enrolled, and no enrollment token is given"
        }
    }

    /// The code of a refusal.
    package func isRefusal(_ code: AgentErrorCode) -> Bool {
        if case .refused(_, code.rawValue, _) = self { true } else { false }
    }

    /// Whether trying again later may help without anybody changing anything at this machine.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .unexpectedAnswer: true
        // One of several servers whose clock is wrong finds every signature too old or too new and every token run out; another does not.
        case .refused(401, _, _): isRefusal(.clockSkew) || isRefusal(.tokenExpired) || isRefusal(.proofReplayed)
        case .refused(let status, _, _): status >= 500 || status == 429 || status == 408
        case .state, .notEnrolled: false
        }
    }
}
