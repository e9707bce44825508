/// rpm's own database format, `Packages.db`: pages of slots, each of which says where a header lies.
///
/// All numbers are little-endian. The file begins with magic, version, generation, pages of slots and next package number; slots follow
/// from byte 32 on: magic, package number, first block, blocks. Headers lie in blocks of 16 bytes, between magic, package number, time,
/// length and checksum, length, magic.
///
/// - Source: <https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c>
enum NDBFile {
    private static let fileMagic = magic("RpmP")
    private static let slotMagic = magic("Slot")
    private static let headMagic = magic("BlbS")
    private static let tailMagic = magic("BlbE")
    private static let pageSize = 4096
    private static let slotSize = 16
    private static let blockSize = 16
    private static let tailSize = 12

    /// Calls `body` with each header or what is wrong with it.
    ///
    /// - Throws: ``FileFault`` when the file is none of this format or its slots cannot be read.
    static func forEachHeader(
        in file: PositionedFile, _ body: (Result<ArraySlice<UInt8>, FileFault>) -> Void
    ) throws(FileFault) {
        let head = try file.read(at: 0, count: 32)
        guard try head.uint32(at: 0, .little) == fileMagic, try head.uint32(at: 4, .little) == 0 else {
            throw .damaged("not a database of rpm's NDB format")
        }
        let pages = Int(try head.uint32(at: 12, .little))
        // Headers of a sound file do not overlap: together they are no longer than it is.
        var unread = file.size
        for page in 0..<pages {
            let slots = try file.read(at: page * pageSize, count: pageSize)
            for offset in stride(from: page == 0 ? 2 * slotSize : 0, to: pageSize, by: slotSize) {
                let slot = try slots.part(at: offset, count: slotSize)
                guard try slot.uint32(at: 0, .little) == slotMagic else {
                    throw .damaged("page \(page) holds no slots")
                }
                guard try slot.uint32(at: 8, .little) != 0 else { continue }
                body(Result { () throws(FileFault) in try header(of: slot, in: file, &unread) })
                if unread < 0 { return }
            }
        }
    }

    private static func header(
        of slot: ArraySlice<UInt8>, in file: PositionedFile, _ unread: inout Int
    ) throws(FileFault) -> ArraySlice<UInt8> {
        let offset = Int(try slot.uint32(at: 8, .little)) * blockSize
        let length = Int(try slot.uint32(at: 12, .little)) * blockSize
        guard length <= RPMHeader.maximumSize else { throw .tooLong(limit: RPMHeader.maximumSize) }
        unread -= length
        guard unread >= 0 else { throw .damaged("its headers overlap") }
        let blocks = try file.read(at: offset, count: length)
        let bytes = Int(try blocks.uint32(at: 12, .little))
        guard try blocks.uint32(at: 0, .little) == headMagic,
            try blocks.uint32(at: 4, .little) == slot.uint32(at: 4, .little),
            try blocks.uint32(at: length - tailSize + 4, .little) == bytes,
            try blocks.uint32(at: length - tailSize + 8, .little) == tailMagic, bytes <= length - 16 - tailSize
        else { throw .damaged("package \(try slot.uint32(at: 4, .little)) is damaged") }
        return try blocks.part(at: 16, count: bytes)
    }

    private static func magic(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }
}
