/// A stream of which as many bytes are taken as are wanted.
public final class BufferedStream: ByteStream {
    private let stream: any ByteStream
    private var isAtEnd = false

    /// What was read and not yet taken. May be empty before the end.
    public private(set) var pending: ArraySlice<UInt8> = []

    /// How many bytes were taken.
    public private(set) var position = 0

    /// Takes over a stream.
    public init(_ stream: any ByteStream) {
        self.stream = stream
    }

    /// Whether nothing is left.
    public func isExhausted() throws -> Bool {
        try !fill(1)
    }

    /// The next bytes, without taking them; fewer than `count` at the end. Meant for some hundred kilobytes at most.
    public func peek(_ count: Int) throws -> ArraySlice<UInt8> {
        _ = try fill(count)
        return pending.prefix(count)
    }

    /// Takes bytes that are pending.
    public func take(_ count: Int) {
        position += count
        pending = pending.dropFirst(count)
    }

    /// Takes so many bytes.
    ///
    /// - Throws: ``PackedStreamError/truncated`` when there are fewer.
    public func read(_ count: Int) throws -> ArraySlice<UInt8> {
        guard try fill(count) else { throw PackedStreamError.truncated }
        defer { take(count) }
        return pending.prefix(count)
    }

    /// Takes so many bytes without holding them.
    ///
    /// - Throws: ``PackedStreamError/truncated`` when there are fewer.
    public func skip(_ count: Int) throws {
        var left = count
        while left > 0 {
            if pending.isEmpty, let stream = stream as? any SkippingStream {
                let skipped = stream.skip(left)
                position += skipped
                guard skipped == left else { throw PackedStreamError.truncated }
                return
            }
            guard try fill(1) else { throw PackedStreamError.truncated }
            let part = min(left, pending.count)
            take(part)
            left -= part
        }
    }

    /// Takes everything up to the end.
    public func next() throws -> ArraySlice<UInt8>? {
        guard try fill(1) else { return nil }
        defer { take(pending.count) }
        return pending
    }

    /// Makes so many bytes pending, if there are so many.
    private func fill(_ count: Int) throws -> Bool {
        while pending.count < count, !isAtEnd {
            guard let more = try stream.next() else {
                isAtEnd = true
                break
            }
            pending = pending.isEmpty ? more : pending + more
        }
        return pending.count >= count
    }
}

/// The next bytes of a stream, so many and no more.
public final class PartOfStream: ByteStream {
    private let stream: BufferedStream

    /// How many bytes it has.
    public let count: Int

    /// How many of them are not yet taken.
    public private(set) var left: Int

    /// - Parameter count: How many bytes it has; a negative number counts as 0.
    public init(of stream: BufferedStream, count: Int) {
        self.stream = stream
        let count = max(0, count)
        self.count = count
        left = count
    }

    /// - Throws: ``PackedStreamError/truncated`` when the stream ends before.
    public func next() throws -> ArraySlice<UInt8>? {
        guard left > 0 else { return nil }
        guard try !stream.isExhausted() else { throw PackedStreamError.truncated }
        let part = stream.pending.prefix(left)
        stream.take(part.count)
        left -= part.count
        return part
    }
}
