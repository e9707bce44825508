import PackedStreams

/// The entries of a zip archive that cannot be read by its directory, which stands at its end: in the order in which they come.
///
/// Of an archive that is packed in another one, nothing is held this way. What it costs is that entries whose length stands behind them, as
/// Java's own tool writes it, have to be unpacked to find where they end.
struct ZipStream {
    private static let localSize = 30

    private let stream: BufferedStream
    private let work: UnpackingWork

    /// - Parameter work: Counts what is unpacked of the entries.
    init(_ stream: any ByteStream, _ work: UnpackingWork) {
        self.stream = BufferedStream(stream)
        self.work = work
    }

    /// Calls `body` with each entry whose name is wanted and its bytes, which it may take or leave.
    func forEach(
        where isWanted: (ArraySlice<UInt8>) -> Bool, _ body: (_ name: String, _ content: any ByteStream) throws -> Void
    ) throws {
        guard try isAtEntry() else { throw FileFault.damaged("no zip archive") }
        while try isAtEntry() {
            let fields = Fields(try stream.read(Self.localSize))
            let flags = try fields.number(at: 6, width: 2)
            let method = try fields.number(at: 8, width: 2)
            let nameCount = try fields.number(at: 26, width: 2)
            let name = try stream.read(nameCount)
            let extra = try stream.read(try fields.number(at: 28, width: 2))
            guard flags & 1 == 0 else { throw FileFault.damaged("encrypted") }
            // Directories may be marked so too.
            let isOpenEnded = flags & 8 != 0 && !(method == 0 && name.last == UInt8(ascii: "/"))
            let packed: BufferedStream
            let part: PartOfStream?
            if isOpenEnded {
                guard method == 8 else { throw FileFault.damaged("an entry that does not say where it ends") }
                part = nil
                packed = stream
            } else {
                let own = PartOfStream(of: stream, count: try Self.packedCount(fields, extra))
                part = own
                packed = BufferedStream(own)
            }
            let content: any ByteStream =
                method == 8 ? MeasuredStream(try UnpackedStream(packed, form: .deflate), work) : packed
            if nameCount <= ZipFile.nameLimit, isWanted(name) {
                guard method == 0 || method == 8 else { throw FileFault.damaged("packed by method \(method)") }
                try body(String(decoding: name, as: UTF8.self), content)
            }
            if let part {
                try stream.skip(part.left)
            } else {
                while try content.next() != nil {}
                try skipDescriptor()
            }
        }
    }

    private func isAtEntry() throws -> Bool {
        try stream.peek(4).elementsEqual([0x50, 0x4B, 3, 4])
    }

    /// Behind an open-ended entry stand its checksum and two lengths of 4 or 8 bytes, with or without a mark before them.
    private func skipDescriptor() throws {
        for count in [16, 12, 24, 20] where try stream.peek(count + 2).dropFirst(count).elementsEqual([0x50, 0x4B]) {
            return try stream.skip(count)
        }
        throw FileFault.damaged("an entry does not end where it should")
    }

    private static func packedCount(_ fields: Fields, _ extra: ArraySlice<UInt8>) throws -> Int {
        let count = try fields.number(at: 18, width: 4)
        guard count == 0xFFFF_FFFF else { return count }
        // Both lengths stand in the wide field, the packed one behind the other.
        guard let wide = try ZipFile.wideNumbers(extra) else { return count }
        return try wide.number(at: 8, width: 8)
    }
}
