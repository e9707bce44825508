import CZlib

/// One call of zlib: what it took, what it gave, what it said.
struct ZlibStep {
    /// zlib counts in 32 bits; longer input is lent to it in parts of this size.
    private static let partSize = 1 << 30

    /// Bytes of input used up by this call.
    let consumed: Int

    /// Bytes written to the start of the piece by this call.
    let produced: Int

    /// zlib's return code, `Z_OK` and so on.
    let status: Int32

    /// Lends input and room to zlib for the time of one call; no pointer outlives it.
    ///
    /// - Parameters:
    ///   - input: The whole input; `offset` says where to go on (0...count).
    ///   - piece: Room for output, filled from its start.
    ///   - call: `inflate` or `deflate`; the flag is true when the lent part reaches the end of the input.
    init(
        _ stream: inout z_stream, input: [UInt8], from offset: Int, into piece: inout [UInt8],
        call: (UnsafeMutablePointer<z_stream>, Bool) -> Int32
    ) {
        let part = min(Self.partSize, input.count - offset)
        let room = min(Self.partSize, piece.count)
        status = input.withUnsafeBufferPointer { input in
            piece.withUnsafeMutableBufferPointer { piece in
                // zlib reads through this pointer only, its type merely lacks the `const`.
                stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + offset) }
                stream.avail_in = UInt32(part)
                stream.next_out = piece.baseAddress
                stream.avail_out = UInt32(room)
                return call(&stream, offset + part == input.count)
            }
        }
        consumed = part - Int(stream.avail_in)
        produced = room - Int(stream.avail_out)
        stream.next_in = nil
        stream.next_out = nil
    }
}
