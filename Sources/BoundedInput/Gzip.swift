import CZlib

/// gzip (RFC 1952) in both directions, in memory and under limits.
///
/// - Source: <https://www.rfc-editor.org/rfc/rfc1952>, <https://zlib.net/manual.html>
public enum Gzip {
    /// Window bits 15 plus 16: zlib's way to ask for the gzip wrapper and for nothing else.
    private static let windowBits: Int32 = 15 + 16

    /// Output is produced in pieces of this size, so a small stream never costs its limit.
    static let pieceSize = 64 * 1024

    /// Packs bytes as one gzip member without file name and time, so equal input gives equal output.
    ///
    /// - Parameters:
    ///   - bytes: Any bytes, may be empty.
    ///   - level: 0 (store) to 9 (smallest); other values count as the nearest of these.
    /// - Returns: A complete gzip stream, at most about 0.03 % + 18 bytes longer than the input.
    public static func compress(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        let started = zt_deflate_init(&stream, min(9, max(0, level)), windowBits)
        // Level and window are in range, so only a lack of 300 KB memory ends here, as it would in an array.
        precondition(started == Z_OK, "zlib has no memory to compress")
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        var offset = 0
        var isFinished = false
        while !isFinished {
            let step = ZlibStep(&stream, input: bytes, from: offset, into: &piece) { stream, isLast in
                deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            }
            offset += step.consumed
            output.append(contentsOf: piece.prefix(step.produced))
            isFinished = step.status == Z_STREAM_END
        }
        return output
    }

    /// Unpacks a gzip stream of one or more members.
    ///
    /// Memory is bounded by `limit`, whatever the stream declares: the output grows as it is produced and the work ends
    /// with the first byte above the limit.
    ///
    /// - Parameters:
    ///   - bytes: The whole stream. Members may follow each other without a gap; nothing else may follow.
    ///   - limit: Most bytes of output, inclusive, over all members. Negative counts as 0.
    /// - Returns: The output of all members, joined.
    /// - Throws: ``GzipError`` with the place in the input.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        guard zt_inflate_init(&stream, windowBits) == Z_OK else { throw .outOfMemory }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        var offset = 0
        while true {
            let step = ZlibStep(&stream, input: bytes, from: offset, into: &piece) { stream, _ in
                inflate(stream, Z_NO_FLUSH)
            }
            offset += step.consumed
            guard step.produced <= max(0, limit) - output.count else { throw .tooLarge(limit: limit) }
            output.append(contentsOf: piece.prefix(step.produced))
            switch step.status {
            case Z_STREAM_END:
                guard try startsMember(bytes, at: offset) else { return output }
                guard inflateReset(&stream) == Z_OK else { throw .corrupt(at: offset) }
            case Z_OK, Z_BUF_ERROR:
                // Room left in the piece means that zlib wants more input; at the end there is none.
                if offset == bytes.count, step.produced < piece.count { throw .truncated(at: offset) }
            case Z_MEM_ERROR:
                throw .outOfMemory
            default:
                throw .corrupt(at: offset)
            }
        }
    }

    /// Whether another member starts at `offset`; `false` at the end of the input.
    private static func startsMember(_ bytes: [UInt8], at offset: Int) throws(GzipError) -> Bool {
        if offset == bytes.count { return false }
        guard offset + 1 < bytes.count, bytes[offset] == 0x1F, bytes[offset + 1] == 0x8B else {
            throw .trailingGarbage(at: offset)
        }
        return true
    }
}
