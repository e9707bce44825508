/// Cuts bytes that arrive in chunks into lines, without their ends (`\n` or `\r\n`).
struct LineSplitter {
    enum Line {
        /// A line, lent for the call.
        case whole(Slice<UnsafeRawBufferPointer>)
        /// A line over the limit, of which nothing is kept.
        case tooLong
    }

    private let lineLimit: Int
    /// The start of a line that goes on in the next chunk.
    private var rest: [UInt8] = []
    private var isOverLimit = false

    init(lineLimit: Int) {
        self.lineLimit = lineLimit
    }

    mutating func feed(_ chunk: UnsafeRawBufferPointer, _ body: (Line) -> Void) {
        var remaining = chunk[...]
        while let end = remaining.firstIndex(of: UInt8(ascii: "\n")) {
            let piece = remaining[..<end]
            if rest.isEmpty && !isOverLimit {
                emit(piece, body)
            } else {
                keep(piece)
                endKept(body)
            }
            remaining = remaining[(end + 1)...]
        }
        keep(remaining)
    }

    /// Hands over a last line without an end.
    mutating func finish(_ body: (Line) -> Void) {
        if !rest.isEmpty || isOverLimit { endKept(body) }
    }

    private mutating func keep(_ piece: Slice<UnsafeRawBufferPointer>) {
        guard !isOverLimit, rest.count + piece.count <= lineLimit else {
            isOverLimit = true
            rest.removeAll()
            return
        }
        rest.append(contentsOf: piece)
    }

    private mutating func endKept(_ body: (Line) -> Void) {
        if isOverLimit {
            body(.tooLong)
        } else {
            rest.withUnsafeBytes { emit($0[...], body) }
        }
        rest.removeAll(keepingCapacity: true)
        isOverLimit = false
    }

    private func emit(_ line: Slice<UnsafeRawBufferPointer>, _ body: (Line) -> Void) {
        guard line.count <= lineLimit else { return body(.tooLong) }
        body(.whole(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
    }
}
