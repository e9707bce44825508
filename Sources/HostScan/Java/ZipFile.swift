import PackedStreams

/// The entries of a zip archive, read by its directory.
///
/// Written here because the agent must stay small and reads archives as root: the directory is a few fields, and unpacking is zlib's. Entries
/// that are stored are parts of the same file, so that an archive within costs nothing to open.
///
/// - Source: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>
struct ZipFile {
    /// An entry of the directory.
    struct Entry {
        let name: String
        /// Bytes as they are packed, and as they will be.
        let packedCount: Int
        let count: Int
        fileprivate let method: Int
        fileprivate let isEncrypted: Bool
        fileprivate let offset: Int
    }

    /// Longest name of an entry that is looked at.
    static let nameLimit = 4096
    /// Most entries.
    private static let maximumEntries = 1 << 20
    private static let endSize = 22
    private static let entrySize = 46
    private static let localSize = 30

    private let source: ByteSource
    private let work: UnpackingWork
    /// Where the archive begins: programs that unpack themselves stand before it.
    private let base: Int
    private let directory: [UInt8]

    /// Bytes of memory that it takes.
    var memory: Int { directory.count }

    /// Reads the directory.
    ///
    /// - Parameters:
    ///   - directoryLimit: Most bytes of it.
    ///   - work: Counts what is read of the entries: several may name the same bytes.
    init(_ source: ByteSource, directoryLimit: Int, work: UnpackingWork) throws {
        self.source = source
        self.work = work
        let end = try Self.end(of: source)
        guard end.directoryCount <= directoryLimit, end.directoryOffset <= source.count else {
            throw FileFault.damaged("a directory of \(end.directoryCount) bytes at \(end.directoryOffset)")
        }
        base = end.directoryEnd - end.directoryCount - end.directoryOffset
        guard base >= 0 else { throw FileFault.damaged("no zip archive: the directory is not where it should be") }
        directory = try source.read(at: end.directoryEnd - end.directoryCount, count: end.directoryCount)
    }

    /// Calls `body` for each entry whose name is wanted, in the directory's order.
    func forEach(where isWanted: (ArraySlice<UInt8>) -> Bool, _ body: (Entry) throws -> Void) throws {
        var rest = directory[...]
        for _ in 0..<Self.maximumEntries {
            guard rest.starts(with: [0x50, 0x4B, 0x01, 0x02]) else { break }
            let fields = Fields(rest.prefix(Self.entrySize))
            let nameCount = try fields.number(at: 28, width: 2)
            let extraCount = try fields.number(at: 30, width: 2)
            let size = Self.entrySize + nameCount + extraCount + (try fields.number(at: 32, width: 2))
            guard size <= rest.count else { throw FileFault.damaged("the directory ends too early") }
            let name = rest.dropFirst(Self.entrySize).prefix(nameCount)
            if nameCount <= Self.nameLimit, isWanted(name) {
                let extra = rest.dropFirst(Self.entrySize + nameCount).prefix(extraCount)
                try body(try Self.entry(fields, name, extra))
            }
            rest = rest.dropFirst(size)
        }
    }

    private static func entry(
        _ fields: Fields, _ name: ArraySlice<UInt8>, _ extra: ArraySlice<UInt8>
    ) throws -> Entry {
        var numbers = [
            try fields.number(at: 24, width: 4), try fields.number(at: 20, width: 4),
            try fields.number(at: 42, width: 4),
        ]
        // Numbers that do not fit stand in the extra field of Zip64, in this order.
        if numbers.contains(0xFFFF_FFFF), let wide = try wideNumbers(extra) {
            var place = 0
            for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
                numbers[index] = try wide.number(at: place, width: 8)
                place += 8
            }
        }
        return Entry(
            name: String(decoding: name, as: UTF8.self), packedCount: numbers[1], count: numbers[0],
            method: try fields.number(at: 10, width: 2), isEncrypted: try fields.number(at: 8, width: 2) & 1 != 0,
            offset: numbers[2])
    }

    /// The field of Zip64 among the extra ones.
    static func wideNumbers(_ extra: ArraySlice<UInt8>) throws -> Fields? {
        var rest = extra
        while rest.count >= 4 {
            let fields = Fields(rest)
            let count = try fields.number(at: 2, width: 2)
            if try fields.number(at: 0, width: 2) == 1 { return Fields(rest.dropFirst(4).prefix(count)) }
            rest = rest.dropFirst(4 + count)
        }
        return nil
    }

    /// An entry's bytes, as far as it says how many they are.
    ///
    /// - Parameters:
    ///   - limit: Most bytes, inclusive.
    ///   - cutsOff: Whether a longer entry gives its first bytes instead of an error.
    func read(_ entry: Entry, limit: Int, cutsOff: Bool = false) throws -> [UInt8] {
        guard entry.count <= limit || cutsOff else { throw FileFault.damaged("larger than \(limit) bytes") }
        return try stream(entry).bytes(limit: min(limit, entry.count), cutsOff: cutsOff)
    }

    /// An entry, unpacked as it is read.
    func stream(_ entry: Entry) throws -> any ByteStream {
        let packed = BufferedStream(SourceStream(try packed(entry)))
        switch entry.method {
        case 0: return MeasuredStream(packed, work)
        case 8: return MeasuredStream(try UnpackedStream(packed, form: .deflate), work)
        default: throw FileFault.damaged("packed by method \(entry.method)")
        }
    }

    /// The entry's bytes where they lie, if they are not packed.
    func stored(_ entry: Entry) throws -> ByteSource? {
        entry.method == 0 ? try packed(entry) : nil
    }

    private func packed(_ entry: Entry) throws -> ByteSource {
        guard !entry.isEncrypted else { throw FileFault.damaged("encrypted") }
        let (offset, overflow) = base.addingReportingOverflow(entry.offset)
        guard !overflow else { throw FileFault.damaged("ends too early") }
        let local = try source.read(at: offset, count: Self.localSize)
        guard local.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { throw FileFault.damaged("is not where it should be") }
        let fields = Fields(local)
        let names = try fields.number(at: 26, width: 2) + fields.number(at: 28, width: 2)
        guard let packed = source.part(at: offset + Self.localSize + names, count: entry.packedCount) else {
            throw FileFault.damaged("ends too early")
        }
        return packed
    }

    private typealias End = (directoryEnd: Int, directoryCount: Int, directoryOffset: Int)

    /// The record at the archive's end, behind which a comment of up to 65,535 bytes may stand.
    private static func end(of source: ByteSource) throws -> End {
        guard source.count >= endSize else { throw FileFault.damaged("no zip archive") }
        // Most archives have no comment.
        for length in [endSize, min(source.count, endSize + 0xFFFF)] {
            let start = source.count - length
            let bytes = try source.read(at: start, count: length)
            var place = bytes.count - endSize
            while place >= 0 {
                if bytes[place...].starts(with: [0x50, 0x4B, 0x05, 0x06]) {
                    let fields = Fields(bytes[place...])
                    if try fields.number(at: 20, width: 2) == bytes.count - endSize - place {
                        return try end(fields, at: start + place, of: source)
                    }
                }
                place -= 1
            }
        }
        throw FileFault.damaged("no zip archive")
    }

    private static func end(_ fields: Fields, at place: Int, of source: ByteSource) throws -> End {
        let count = try fields.number(at: 12, width: 4)
        let offset = try fields.number(at: 16, width: 4)
        let entries = try fields.number(at: 10, width: 2)
        let locatorSize = 20
        guard count == 0xFFFF_FFFF || offset == 0xFFFF_FFFF || entries == 0xFFFF, place >= locatorSize else {
            return (place, count, offset)
        }
        let locator = try source.read(at: place - locatorSize, count: locatorSize)
        guard locator.starts(with: [0x50, 0x4B, 0x06, 0x07]) else { return (place, count, offset) }
        // The wide record stands right before its locator, but for archives that carry data of their own in it.
        let wideSize = 56
        guard place - locatorSize >= wideSize else { throw FileFault.damaged("ends too early") }
        let widePlace = place - locatorSize - wideSize
        let wide = try source.read(at: widePlace, count: wideSize)
        guard wide.starts(with: [0x50, 0x4B, 0x06, 0x06]) else {
            throw FileFault.damaged("the directory is not where it should be")
        }
        let wideFields = Fields(wide)
        return (widePlace, try wideFields.number(at: 40, width: 8), try wideFields.number(at: 48, width: 8))
    }
}
