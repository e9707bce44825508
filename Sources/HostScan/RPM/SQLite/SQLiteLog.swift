/// The write-ahead log beside an SQLite database: pages that were committed and not yet brought over into the file.
///
/// rpm leaves its database in this mode, and while another program holds it open, the newest packages are in the log alone.
///
/// - Source: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
struct SQLiteLog {
    /// Most bytes of a log. rpm has it brought over at 40 MB, unless one transaction is larger or a reader stands in the way.
    private static let maximumSize = 512 << 20

    private static let headSize = 32
    private static let frameHeadSize = 24

    let pageSize: Int

    /// Where the newest committed form of a page stands in the log.
    let places: [UInt32: Int]

    let file: PositionedFile

    /// Reads the log up to its last transaction that was committed whole.
    ///
    /// - Returns: `nil` when it holds none. What does not add up is passed over as SQLite does: after everything was brought over, it writes
    ///   from the start again, and the old rest no longer counts.
    init?(_ file: PositionedFile) throws(FileFault) {
        guard file.size >= Self.headSize + Self.frameHeadSize else { return nil }
        guard file.size <= Self.maximumSize else { throw .damaged("a log larger than \(Self.maximumSize) bytes") }
        let head = try file.read(at: 0, count: Self.headSize)
        let magic = try head.uint32(at: 0, .big)
        guard magic & 0xFFFF_FFFE == 0x377F_0682 else { return nil }
        self.file = file
        pageSize = Int(try head.uint32(at: 8, .big))
        guard SQLitePages.isPageSize(pageSize) else { return nil }
        var checksum = Checksum(order: magic & 1 == 1 ? .big : .little)
        checksum.add(head.prefix(24))
        guard try checksum.equals(head, at: 24) else { return nil }

        var committed: [UInt32: Int] = [:]
        var pending: [(page: UInt32, place: Int)] = []
        var offset = Self.headSize
        while offset + Self.frameHeadSize + pageSize <= file.size {
            let frame = try file.read(at: offset, count: Self.frameHeadSize + pageSize)
            checksum.add(frame.prefix(8))
            checksum.add(frame.dropFirst(Self.frameHeadSize))
            guard try frame.part(at: 8, count: 8).elementsEqual(head.part(at: 16, count: 8)),
                try checksum.equals(frame, at: 16)
            else { break }
            pending.append((try frame.uint32(at: 0, .big), offset + Self.frameHeadSize))
            offset += Self.frameHeadSize + pageSize
            // The size of the database afterwards, in the last frame of a transaction.
            guard try frame.uint32(at: 4, .big) != 0 else { continue }
            for (page, place) in pending { committed[page] = place }
            pending.removeAll(keepingCapacity: true)
        }
        guard !committed.isEmpty else { return nil }
        places = committed
    }

    /// The running checksum over all frames.
    private struct Checksum {
        let order: ByteOrder
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(order: ByteOrder) {
            self.order = order
        }

        /// - Parameter bytes: A multiple of eight.
        mutating func add(_ bytes: ArraySlice<UInt8>) {
            bytes.withUnsafeBytes { bytes in
                for offset in stride(from: 0, to: bytes.count & ~7, by: 8) {
                    first &+= number(bytes, offset) &+ second
                    second &+= number(bytes, offset + 4) &+ first
                }
            }
        }

        private func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
            let number = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return order == .big ? UInt32(bigEndian: number) : UInt32(littleEndian: number)
        }

        func equals(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileFault) -> Bool {
            guard try bytes.uint32(at: offset, .big) == first else { return false }
            return try bytes.uint32(at: offset + 4, .big) == second
        }
    }
}
