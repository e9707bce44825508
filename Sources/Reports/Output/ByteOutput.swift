/// Bytes on their way out, gathered into pieces of a fixed size, so that a report of any length needs the memory of one piece.
///
/// Writing never fails on the spot: the first error is kept, what follows it is dropped, and ``flush()`` throws it.
public final class ByteOutput {
    private let drain: (UnsafeRawBufferPointer) throws -> Void
    /// The piece, from its first byte to behind its last, and where the next byte goes. Pointers rather than a buffer and a count: what writes a
    /// report byte by byte would work out the one from the other at each.
    private let start: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer
    private var next: UnsafeMutableRawPointer
    private var failure: (any Error)?

    /// Makes an output.
    ///
    /// - Parameters:
    ///   - capacity: Bytes of a piece; at least 64.
    ///   - drain: Takes the pieces in order; lent for the call.
    public init(capacity: Int = 64 * 1024, drain: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.drain = drain
        let capacity = max(64, capacity)
        start = .allocate(byteCount: capacity, alignment: 1)
        end = start + capacity
        next = start
    }

    deinit { start.deallocate() }

    /// Appends one byte.
    @inline(__always)
    public func append(_ byte: UInt8) {
        if next == end { empty() }
        next.storeBytes(of: byte, as: UInt8.self)
        next += 1
    }

    /// Appends bytes.
    @inline(__always)
    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.baseAddress, bytes.count <= end - next else { return appendPieces(of: bytes) }
        next.copyMemory(from: first, byteCount: bytes.count)
        next += bytes.count
    }

    /// Appends bytes in quotes as they are, in one step: of names and plain texts a report is made.
    ///
    /// - Parameter mark: What comes behind the closing quote; `nil` for nothing.
    @inline(__always)
    func append(quoted bytes: UnsafeRawBufferPointer, followedBy mark: UInt8? = nil) {
        let quote = UInt8(ascii: "\"")
        guard let first = bytes.baseAddress, bytes.count + 3 <= end - next else {
            append(quote)
            append(bytes)
            append(quote)
            if let mark { append(mark) }
            return
        }
        var place = next
        place.storeBytes(of: quote, as: UInt8.self)
        (place + 1).copyMemory(from: first, byteCount: bytes.count)
        place += bytes.count + 1
        place.storeBytes(of: quote, as: UInt8.self)
        place += 1
        if let mark {
            place.storeBytes(of: mark, as: UInt8.self)
            place += 1
        }
        next = place
    }

    /// Appends what does not fit into the current piece.
    @inline(never)
    private func appendPieces(of bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if next == end { empty() }
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(end - next))
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
        defer { next = start }
        guard failure == nil, next > start else { return }
        do {
            try drain(UnsafeRawBufferPointer(start: start, count: next - start))
        } catch {
            failure = error
        }
    }
}
