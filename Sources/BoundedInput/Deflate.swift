import CZlib

/// Packed bytes without gzip's wrapper: entries of zip archives (RFC 1951) and zlib streams (RFC 1950), in memory and under limits.
public enum Deflate {
    /// What stands around the packed bytes.
    public enum Wrapper: Sendable {
        /// Nothing, as in zip archives.
        case none
        /// zlib's header and checksum.
        case zlib

        fileprivate var windowBits: Int32 { self == .none ? -15 : 15 }
    }

    /// Unpacks a stream; what follows its end is ignored.
    ///
    /// Memory is bounded by `limit`, whatever the stream declares.
    ///
    /// - Parameters:
    ///   - bytes: The whole stream.
    ///   - wrapper: What stands around it.
    ///   - limit: Most bytes of output, inclusive.
    ///   - cutsOff: Whether to return the first `limit` bytes of a longer output, instead of throwing.
    /// - Throws: ``GzipError`` with the place in the input.
    public static func decompress(
        _ bytes: [UInt8], wrapper: Wrapper, limit: Int, cutsOff: Bool = false
    ) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        guard zt_inflate_init(&stream, wrapper.windowBits) == Z_OK else { throw .outOfMemory }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Gzip.pieceSize)
        var offset = 0
        while true {
            let step = ZlibStep(&stream, input: bytes, from: offset, into: &piece) { stream, _ in
                inflate(stream, Z_NO_FLUSH)
            }
            offset += step.consumed
            let room = max(0, limit) - output.count
            output.append(contentsOf: piece.prefix(min(room, step.produced)))
            if step.produced > room {
                guard cutsOff else { throw .tooLarge(limit: limit) }
                return output
            }
            switch step.status {
            case Z_STREAM_END:
                return output
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
}
