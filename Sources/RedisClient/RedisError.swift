import PipelinedConnections

/// Why a command has no result.
public enum RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The connection failed; ``PipelinedConnections/ConnectionError/wasSent`` says whether the server may have done it.
    case connection(ConnectionError)
    /// The server refused.
    ///
    /// - Parameters:
    ///   - code: Its first word, such as `WRONGTYPE` or `OOM`.
    ///   - message: The rest.
    case server(code: String, message: String)
    /// The reply has another shape than the command's.
    case unexpectedReply(String)

    /// Whether the server may have done it.
    public var wasSent: Bool {
        switch self {
        case .connection(let error): error.wasSent
        case .server: false
        case .unexpectedReply: true
        }
    }

    /// For logs; the server's messages name no values.
    public var description: String {
        switch self {
        case .connection(let error): error.description
        case .server(let code, let message): "\(code) \(message)"
        case .unexpectedReply(let command): "unexpected reply to \(command)"
        }
    }

    /// Takes `CODE message` apart.
    init(line: String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        self = .server(code: String(parts.first ?? ""), message: parts.count > 1 ? String(parts[1]) : "")
    }
}
