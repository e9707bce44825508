import NIOCore

/// Takes replies out of the bytes of one connection.
public protocol ReplyParser: Sendable {
    /// One reply.
    associatedtype Reply: Sendable

    /// Takes the next whole reply from the front of the buffer.
    ///
    /// - Returns: `nil` when the reply's end has not arrived. The parser may have taken what it has understood, and goes on from there.
    /// - Throws: ``ConnectionError/malformedReply(_:)`` when the bytes are none of the protocol or beyond its limits; the connection
    ///   then ends. Never traps.
    mutating func next(from buffer: inout ByteBuffer) throws(ConnectionError) -> Reply?
}

/// Why a request has no reply.
public enum ConnectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no connection, so nothing was sent.
    case unreachable(String)
    /// Too many requests wait for replies; this one was not sent.
    case busy
    /// The connection ended after the request was written: the server may have done it or not.
    case lost(String)
    /// No reply in time: the server may have done it or not.
    case timedOut
    /// The server sent what the protocol does not allow.
    case malformedReply(String)
    /// The client was shut down; nothing was sent.
    case shutDown

    /// Whether the server may have seen the request.
    public var wasSent: Bool {
        switch self {
        case .unreachable, .busy, .shutDown: false
        case .lost, .timedOut, .malformedReply: true
        }
    }

    /// For logs; holds nothing of requests and replies.
    public var description: String {
        switch self {
        case .unreachable(let reason): "unreachable: \(reason)"
        case .busy: "too many requests wait"
        case .lost(let reason): "connection lost: \(reason)"
        case .timedOut: "no reply in time"
        case .malformedReply(let reason): "malformed reply: \(reason)"
        case .shutDown: "shut down"
        }
    }
}
