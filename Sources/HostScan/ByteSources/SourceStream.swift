import PackedStreams

/// What can be read by its place, from its start to its end.
final class SourceStream: SkippingStream {
    private static let pieceSize = 64 << 10

    private let source: ByteSource
    private var offset = 0

    init(_ source: ByteSource) {
        self.source = source
    }

    func next() throws -> ArraySlice<UInt8>? {
        guard offset < source.count else { return nil }
        let piece = try source.read(at: offset, count: min(Self.pieceSize, source.count - offset))
        offset += piece.count
        return piece[...]
    }

    func skip(_ count: Int) -> Int {
        let skipped = max(0, min(count, source.count - offset))
        offset += skipped
        return skipped
    }
}
