import NIOCore
import PipelinedConnections

/// A reply of memcached.
///
/// - Source: "Meta Commands" in memcached's `doc/protocol.txt`, <https://github.com/memcached/memcached/blob/master/doc/protocol.txt>
public enum MemcachedReply: Sendable, Hashable {
    /// `VA`: the value with the flags that were asked for, such as `t30`.
    case value([UInt8], flags: [String])
    /// `EN`, `NF`: there is none.
    case missing
    /// `HD`: done.
    case done
    /// `NS`, `EX`: not stored, since the condition does not hold.
    case notStored
    /// `VERSION`.
    case version(String)
    /// `ERROR`, `CLIENT_ERROR`, `SERVER_ERROR`, with what follows.
    case error(String)
}

/// Reads replies, also when they arrive in pieces.
package struct MemcachedParser: ReplyParser {
    /// Longest line; longest value. Memcached itself refuses values above its item size, 1 MiB unless told otherwise.
    private static let (lineLimit, valueLimit) = (2_048, 64 * 1_024 * 1_024)

    package init() {}

    package mutating func next(from buffer: inout ByteBuffer) throws(ConnectionError) -> MemcachedReply? {
        let start = buffer.readerIndex
        guard let line = try Self.line(from: &buffer) else { return nil }
        let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        switch words.first {
        case "HD", "MN": return .done
        case "EN", "NF": return .missing
        case "NS", "EX": return .notStored
        case "VERSION": return .version(words.dropFirst().joined(separator: " "))
        case "ERROR", "CLIENT_ERROR", "SERVER_ERROR": return .error(line)
        case "VA":
            guard words.count >= 2, let length = Int(words[1]), (0...Self.valueLimit).contains(length) else {
                throw .malformedReply("a value without length")
            }
            guard buffer.readableBytes >= length + 2, let bytes = buffer.readBytes(length: length) else {
                buffer.moveReaderIndex(to: start)
                return nil
            }
            guard buffer.readInteger(as: UInt16.self) == 0x0D0A else {
                throw .malformedReply("a value that ends wrongly")
            }
            return .value(bytes, flags: Array(words.dropFirst(2)))
        default: throw .malformedReply("an unknown kind of reply")
        }
    }

    /// A line without its end; `nil` when the end has not arrived.
    private static func line(from buffer: inout ByteBuffer) throws(ConnectionError) -> String? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(lineLimit).firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count < lineLimit else { throw .malformedReply("a line without end") }
            return nil
        }
        guard end > view.startIndex, view[end - 1] == UInt8(ascii: "\r") else {
            throw .malformedReply("a line that ends wrongly")
        }
        let line = String(decoding: view[view.startIndex..<(end - 1)], as: UTF8.self)
        buffer.moveReaderIndex(forwardBy: end + 1 - view.startIndex)
        return line
    }
}
