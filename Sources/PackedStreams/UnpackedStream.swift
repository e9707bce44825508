/// What a packed stream unpacks to.
public final class UnpackedStream: ByteStream {
    /// Most memory that unpacking may take, as streams can ask for gigabytes: all but what the tools make when they are told to pack as
    /// small as they can.
    public static let windowLimit = 16 << 20

    /// How bytes are packed.
    public enum Form: Sendable {
        /// Without anything around it, as in zip archives (RFC 1951).
        case deflate
        /// RFC 1950.
        case zlib
        /// RFC 1952, of one or more members.
        case gzip
        /// RFC 8878, of one or more frames.
        case zstd
        /// Of one or more streams.
        case xz

        /// Tells by how a stream begins; `nil` when it is packed in none of the forms that say so.
        public init?(beginning bytes: ArraySlice<UInt8>) {
            if bytes.starts(with: [0x1F, 0x8B]) {
                self = .gzip
            } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
                self = .zstd
            } else if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
                self = .xz
            } else {
                return nil
            }
        }
    }

    static let pieceSize = 64 << 10

    private let packed: BufferedStream
    private let decoder: any Decoder
    private var isFinished = false

    /// - Parameter packed: Stands behind the packed bytes once this stream has ended, but for gzip, zstd and xz, which may have more members.
    public init(_ packed: BufferedStream, form: Form) throws(PackedStreamError) {
        self.packed = packed
        switch form {
        case .deflate: decoder = try InflateDecoder(windowBits: -15)
        case .zlib: decoder = try InflateDecoder(windowBits: 15)
        case .gzip: decoder = try InflateDecoder(windowBits: 15 + 16, hasMembers: true)
        case .zstd: decoder = try ZstdDecoder()
        case .xz: decoder = try XZDecoder()
        }
    }

    /// - Throws: ``PackedStreamError``, or what the packed stream throws.
    public func next() throws -> ArraySlice<UInt8>? {
        guard !isFinished else { return nil }
        while true {
            let isLast = try packed.isExhausted()
            if isLast, decoder.isBetweenMembers { break }
            var step = DecoderStep()
            let output = try [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, filled in
                step = try packed.pending.withUnsafeBufferPointer {
                    try decoder.step($0, isLast: isLast, into: UnsafeMutableBufferPointer(rebasing: output[...]))
                }
                filled = step.produced
            }
            packed.take(step.consumed)
            if step.isAtEnd {
                isFinished = true
                return output.isEmpty ? nil : output[...]
            }
            if !output.isEmpty { return output[...] }
            // Where there are bytes and room for more, a decoder goes on; else the bytes end too early.
            guard step.consumed > 0 else { throw isLast ? PackedStreamError.truncated : .damaged }
        }
        isFinished = true
        return nil
    }
}

/// What one call of a decoder did.
struct DecoderStep {
    var consumed = 0
    var produced = 0
    /// Whether nothing follows; else there may be more.
    var isAtEnd = false
}

/// Unpacks a format with what a library remembers of it between the pieces.
protocol Decoder: AnyObject {
    /// Whether the stream may end here.
    var isBetweenMembers: Bool { get }

    /// - Parameters:
    ///   - input: What is there of the packed bytes; may be empty when `isLast`.
    ///   - isLast: Whether nothing follows `input`.
    func step(
        _ input: UnsafeBufferPointer<UInt8>, isLast: Bool, into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(PackedStreamError) -> DecoderStep
}
