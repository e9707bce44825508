import CLzma
import CZlib
import CZstd

/// zlib's decoder.
final class InflateDecoder: Decoder {
    private(set) var isBetweenMembers = false
    private let hasMembers: Bool
    // zlib remembers the address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(windowBits: Int32, hasMembers: Bool = false) throws(PackedStreamError) {
        self.hasMembers = hasMembers
        stream.initialize(to: z_stream())
        guard zt_inflate_init(stream, windowBits) == Z_OK else { throw .outOfMemory }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(PackedStreamError) -> DecoderStep {
        if isBetweenMembers {
            // What tools leave behind the last member, such as zeros that fill a block, is no member.
            guard input.first == 0x1F else { return DecoderStep(isAtEnd: true) }
            guard inflateReset(stream) == Z_OK else { throw .damaged }
            isBetweenMembers = false
        }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let status = inflate(stream, Z_NO_FLUSH)
        var step = DecoderStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out))
        switch status {
        case Z_STREAM_END where hasMembers: isBetweenMembers = true
        case Z_STREAM_END: step.isAtEnd = true
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw .damaged
        }
        return step
    }
}

/// zstd's decoder.
final class ZstdDecoder: Decoder {
    private(set) var isBetweenMembers = false
    private let stream: OpaquePointer

    init() throws(PackedStreamError) {
        guard let stream = ZSTD_createDStream() else { throw .outOfMemory }
        self.stream = stream
        let bits = Int32(UnpackedStream.windowLimit.trailingZeroBitCount)
        guard ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, bits)) == 0 else { throw .outOfMemory }
    }

    deinit { ZSTD_freeDStream(stream) }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(PackedStreamError) -> DecoderStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = ZSTD_decompressStream(stream, &target, &source)
        guard ZSTD_isError(status) == 0 else {
            throw ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge ? .windowTooLarge : .damaged
        }
        isBetweenMembers = status == 0
        return DecoderStep(consumed: source.pos, produced: target.pos)
    }
}

/// liblzma's decoder.
final class XZDecoder: Decoder {
    /// The library says itself when the last stream has ended.
    let isBetweenMembers = false
    // The library remembers the address.
    private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)

    init() throws(PackedStreamError) {
        stream.initialize(to: zt_lzma_stream())
        let limit = UInt64(UnpackedStream.windowLimit)
        guard zt_lzma_decoder_init(stream, limit) == LZMA_OK else { throw .outOfMemory }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(PackedStreamError) -> DecoderStep {
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = output.count
        let status = lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
        switch status {
        case LZMA_OK, LZMA_BUF_ERROR, LZMA_STREAM_END: break
        case LZMA_MEM_ERROR: throw .outOfMemory
        case LZMA_MEMLIMIT_ERROR: throw .windowTooLarge
        default: throw .damaged
        }
        return DecoderStep(
            consumed: input.count - stream.pointee.avail_in, produced: output.count - stream.pointee.avail_out,
            isAtEnd: status == LZMA_STREAM_END)
    }
}
