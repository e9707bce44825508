import PackedStreams

/// How much of one file was unpacked, which takes time whether it is kept or not.
final class UnpackingWork {
    private let limit: Int
    private var done = 0

    /// - Parameter limit: Most bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Adds so many bytes.
    ///
    /// - Throws: ``FileFault`` when they are too many.
    func note(_ count: Int) throws {
        done += count
        guard done <= limit else { throw FileFault.damaged("unpacks to more than \(limit) bytes, rest left out") }
    }
}

/// A stream whose bytes count as work.
final class MeasuredStream: ByteStream {
    private let stream: any ByteStream
    private let work: UnpackingWork

    init(_ stream: any ByteStream, _ work: UnpackingWork) {
        self.stream = stream
        self.work = work
    }

    func next() throws -> ArraySlice<UInt8>? {
        let piece = try stream.next()
        try work.note(piece?.count ?? 0)
        return piece
    }
}
