import NIOCore
import PipelinedConnections

/// Reads RESP2, also when replies arrive in pieces: an array that is not complete is kept, and not read again from its start.
package struct RESPParser: ReplyParser {
    /// What one reply may hold; a server beyond it is not one of ours.
    package struct Limits: Sendable {
        var line = 64 * 1_024
        var bulk = 64 * 1_024 * 1_024
        var elements = 1_048_576
        var depth = 8

        package init() {}
    }

    private let limits: Limits
    /// Arrays that are open, the innermost last.
    private var open: [(left: Int, elements: [RedisValue])] = []
    /// Elements of the reply so far, over all of its arrays.
    private var elements = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    package mutating func next(from buffer: inout ByteBuffer) throws(ConnectionError) -> RedisValue? {
        while let token = try token(from: &buffer) {
            if let whole = close(token) {
                elements = 0
                return whole
            }
        }
        return nil
    }

    private enum Token {
        case value(RedisValue)
        case array(count: Int)
    }

    /// Puts a token where it belongs; returns the reply when that was its end.
    private mutating func close(_ token: Token) -> RedisValue? {
        var value: RedisValue
        switch token {
        case .array(let count) where count > 0:
            open.append((count, []))
            return nil
        case .array: value = .array([])
        case .value(let single): value = single
        }
        while var innermost = open.popLast() {
            innermost.elements.append(value)
            innermost.left -= 1
            guard innermost.left == 0 else {
                open.append(innermost)
                return nil
            }
            value = .array(innermost.elements)
        }
        return value
    }

    private mutating func token(from buffer: inout ByteBuffer) throws(ConnectionError) -> Token? {
        let start = buffer.readerIndex
        guard let line = try line(from: &buffer) else { return nil }
        let rest = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "+"): return .value(.simple(String(decoding: rest, as: UTF8.self)))
        case UInt8(ascii: "-"): return .value(.error(String(decoding: rest, as: UTF8.self)))
        case UInt8(ascii: ":"): return .value(.integer(try number(rest)))
        case UInt8(ascii: "$"):
            guard let value = try bulk(length: try number(rest), from: &buffer) else {
                buffer.moveReaderIndex(to: start)
                return nil
            }
            return .value(value)
        case UInt8(ascii: "*"): return try array(count: try number(rest))
        default: throw .malformedReply("an unknown kind of reply")
        }
    }

    /// A line without its end; `nil` when the end has not arrived.
    private func line(from buffer: inout ByteBuffer) throws(ConnectionError) -> ByteBufferView? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(limits.line).firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count < limits.line else { throw .malformedReply("a line without end") }
            return nil
        }
        guard end > view.startIndex, view[end - 1] == UInt8(ascii: "\r") else {
            throw .malformedReply("a line that ends wrongly")
        }
        let line = view[view.startIndex..<(end - 1)]
        buffer.moveReaderIndex(forwardBy: end + 1 - view.startIndex)
        return line
    }

    private func number(_ digits: ByteBufferView) throws(ConnectionError) -> Int64 {
        guard digits.count <= 20, let number = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw .malformedReply("a number that is none")
        }
        return number
    }

    private func bulk(length: Int64, from buffer: inout ByteBuffer) throws(ConnectionError) -> RedisValue? {
        if length == -1 { return .null }
        guard length >= 0, length <= limits.bulk else { throw .malformedReply("a string of \(length) bytes") }
        guard buffer.readableBytes >= Int(length) + 2, let bytes = buffer.readSlice(length: Int(length)) else {
            return nil
        }
        guard buffer.readInteger(as: UInt16.self) == 0x0D0A else { throw .malformedReply("a string that ends wrongly") }
        return .bulk(bytes)
    }

    private mutating func array(count: Int64) throws(ConnectionError) -> Token {
        if count == -1 { return .value(.null) }
        guard count >= 0, count <= limits.elements - elements, open.count < limits.depth else {
            throw .malformedReply("an array of \(count) elements at depth \(open.count)")
        }
        elements += Int(count)
        return .array(count: Int(count))
    }
}
