/// Bytes on their way out, gathered into pieces of a fixed size, so that a report of any length needs the memory of one piece.
///
/// Writing never fails on the spot: the first error is kept, what follows it is dropped, and ``flush()`` throws it.
public final class ByteOutput {
    private let drain: (UnsafeRawBufferPointer) throws -> Void
    private let buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    private var failure: (any Error)?

    /// Makes an output.
    ///
    /// - Parameters:
    ///   - capacity: Bytes of a piece; at least 64.
    ///   - drain: Takes the pieces in order; lent for the call.
    public init(capacity: Int = 64 * 1024, drain: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.drain = drain
        buffer = .allocate(byteCount: max(64, capacity), alignment: 1)
    }

    deinit { buffer.deallocate() }

    /// Appends one byte.
    @inline(__always)
    public func append(_ byte: UInt8) {
        if count == buffer.count { empty() }
        buffer[count] = byte
        count += 1
    }

    /// Appends bytes.
    @inline(__always)
    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= buffer.count - count else { return appendPieces(of: bytes) }
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Appends what does not fit into the current piece.
    @inline(never)
    private func appendPieces(of bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if count == buffer.count { empty() }
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(buffer.count - count))
            append(piece)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Appends the UTF-8 of a text as it is.
    public func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a fixed text as it is.
    @inline(__always)
    public func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends the digits of a number that is not negative.
    func append(decimal value: Int) {
        if value >= 10 { append(decimal: value / 10) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// Notes that what was to be written could not be had; the rest is dropped.
    func fail(_ error: any Error) {
        if failure == nil { failure = error }
    }

    /// Hands over what is left.
    ///
    /// - Throws: The first error of `drain`, of any piece.
    public func flush() throws {
        empty()
        if let failure { throw failure }
    }

    private func empty() {
        defer { count = 0 }
        guard failure == nil, count > 0 else { return }
        do {
            try drain(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } catch {
            failure = error
        }
    }
}
