import NIOCore

/// A reply of Redis.
///
/// - Source: RESP2, <https://redis.io/docs/latest/develop/reference/protocol-spec/>
public enum RedisValue: Sendable, Hashable {
    /// A status, such as `OK`.
    case simple(String)
    /// `CODE message`.
    case error(String)
    case integer(Int64)
    case bulk(ByteBuffer)
    case array([RedisValue])
    /// There is no such thing.
    case null

    /// Statuses and strings as text; wrong UTF-8 is repaired.
    public var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes): String(buffer: bytes)
        case .error, .integer, .array, .null: nil
        }
    }

    /// The bytes of a string.
    public var bytes: [UInt8]? {
        guard case .bulk(let buffer) = self else { return nil }
        return Array(buffer.readableBytesView)
    }

    /// An integer, or a string that is one.
    public var integer: Int64? {
        if case .integer(let number) = self { return number }
        return text.flatMap { Int64($0) }
    }

    /// The elements of an array.
    public var array: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
