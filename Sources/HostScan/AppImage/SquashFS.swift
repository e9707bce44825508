import PackedStreams

/// Single small files of a SquashFS image, read without mounting it.
///
/// - Source: <https://docs.kernel.org/filesystems/squashfs.html>, <https://dr-emann.github.io/squashfs/>
struct SquashFS {
    /// Most bytes of a folder's listing and of a file.
    private static let limit = 1 << 20
    private static let headerSize = 96
    private static let metadataSize = 8192
    private static let noFragment = 0xFFFF_FFFF
    /// Set in the length of a block that is not packed.
    private static let plainMetadata = 1 << 15
    private static let plainData = 1 << 24

    private let source: ByteSource
    private let form: UnpackedStream.Form
    private let header: Fields
    private let blockSize: Int

    /// - Throws: ``FileFault`` when it is no such image, or one packed by LZO, LZ4 or LZMA, which are rare.
    init(_ source: ByteSource) throws {
        self.source = source
        let bytes = try source.read(at: 0, count: Self.headerSize)
        guard bytes.starts(with: "hsqs".utf8) else { throw FileFault.damaged("no SquashFS image") }
        header = Fields(bytes)
        switch try header.number(at: 20, width: 2) {
        case 1: form = .zlib
        case 4: form = .xz
        case 6: form = .zstd
        case let other: throw FileFault.damaged("SquashFS packed by method \(other)")
        }
        blockSize = try header.number(at: 12, width: 4)
        guard (4096...(1 << 20)).contains(blockSize) else { throw FileFault.damaged("blocks of \(blockSize) bytes") }
    }

    /// A file or folder: its kind, without the distinction of wide ones, and where its record stands.
    struct Inode {
        fileprivate let kind: Int
        fileprivate let isWide: Bool
        fileprivate let bytes: Fields
        fileprivate let place: (block: Int, offset: Int)
    }

    /// The folder that holds everything.
    func root() throws -> Inode {
        try inode(at: try header.number(at: 32, width: 8))
    }

    /// The names in a folder and what they name.
    func entries(of folder: Inode) throws -> [(name: String, place: Int)] {
        guard folder.kind == 1 else { throw FileFault.damaged("no folder") }
        let wide = folder.isWide
        // Lengths count three bytes more, for "." and "..", which are not there.
        let size = try folder.bytes.number(at: wide ? 20 : 24, width: wide ? 4 : 2) - 3
        let block = try folder.bytes.number(at: wide ? 24 : 16, width: 4)
        let offset = try folder.bytes.number(at: wide ? 34 : 26, width: 2)
        guard size > 0 else { return [] }
        let table = try header.number(at: 72, width: 8)
        let bytes = try metadata(of: table, block: block, offset: offset, count: min(size, Self.limit))
        var entries: [(name: String, place: Int)] = []
        var rest = bytes[...]
        while rest.count >= 12 {
            let count = try rest.number(at: 0, width: 4, .little) + 1
            let start = try rest.number(at: 4, width: 4, .little)
            rest = rest.dropFirst(12)
            for _ in 0..<count where rest.count >= 8 {
                let length = try rest.number(at: 6, width: 2, .little) + 1
                let name = String(decoding: try rest.part(at: 8, count: length), as: UTF8.self)
                entries.append((name, start << 16 | (try rest.number(at: 0, width: 2, .little))))
                rest = rest.dropFirst(8 + length)
            }
        }
        return entries
    }

    /// What a place of ``entries(of:)`` leads to.
    func inode(at place: Int) throws -> Inode {
        let table = try header.number(at: 64, width: 8)
        let (block, offset) = (place >> 16, place & 0xFFFF)
        // Records of one kind are as long as the longest that is read of them here, but for the last of all.
        let bytes = try metadata(of: table, block: block, offset: offset, count: 56, allowsLess: true)
        let fields = Fields(bytes)
        let kind = try fields.number(at: 0, width: 2)
        return Inode(kind: kind > 7 ? kind - 7 : kind, isWide: kind > 7, bytes: fields, place: (block, offset))
    }

    /// Where a symbolic link leads; `nil` for anything else.
    func target(of inode: Inode) throws -> String? {
        guard inode.kind == 3 else { return nil }
        let count = min(try inode.bytes.number(at: 20, width: 4), 4096)
        let table = try header.number(at: 64, width: 8)
        let bytes = try metadata(of: table, block: inode.place.block, offset: inode.place.offset, count: 24 + count)
        return String(decoding: bytes[24...], as: UTF8.self)
    }

    /// The bytes of a file.
    func read(_ file: Inode) throws -> [UInt8] {
        guard file.kind == 2 else { throw FileFault.damaged("no file") }
        let wide = file.isWide
        let size = try file.bytes.number(at: wide ? 24 : 28, width: wide ? 8 : 4)
        guard size <= Self.limit else { throw FileFault.damaged("larger than \(Self.limit) bytes") }
        let fragment = try file.bytes.number(at: wide ? 44 : 20, width: 4)
        let fragmentOffset = try file.bytes.number(at: wide ? 48 : 24, width: 4)
        let blocks = fragment == Self.noFragment ? (size + blockSize - 1) / blockSize : size / blockSize
        let sizesAt = wide ? 56 : 32
        let table = try header.number(at: 64, width: 8)
        let record = try metadata(
            of: table, block: file.place.block, offset: file.place.offset, count: sizesAt + 4 * blocks)
        var bytes: [UInt8] = []
        var place = try file.bytes.number(at: 16, width: wide ? 8 : 4)
        for index in 0..<blocks {
            let count = try record[...].number(at: sizesAt + 4 * index, width: 4, .little)
            let packed = count & (Self.plainData - 1)
            bytes +=
                count == 0
                ? [UInt8](repeating: 0, count: min(blockSize, size - bytes.count))
                : try block(at: place, count: packed, isPlain: count & Self.plainData != 0, limit: blockSize)
            place += packed
        }
        if fragment != Self.noFragment {
            let last = try self.fragment(fragment)
            bytes += try last[...].part(at: fragmentOffset, count: size % blockSize)
        }
        guard bytes.count == size else { throw FileFault.damaged("a file of another length") }
        return bytes
    }

    /// Ends of several files together.
    private func fragment(_ number: Int) throws -> [UInt8] {
        let list = try header.number(at: 80, width: 8)
        let perBlock = Self.metadataSize / 16
        let (place, overflow) = list.addingReportingOverflow(number / perBlock * 8)
        guard !overflow else { throw FileFault.damaged("a place beyond every file") }
        let block = try source.read(at: place, count: 8)[...].number(at: 0, width: 8, .little)
        let entry = try metadata(of: block, block: 0, offset: number % perBlock * 16, count: 16)[...]
        let count = try entry.number(at: 8, width: 4, .little)
        return try self.block(
            at: try entry.number(at: 0, width: 8, .little), count: count & (Self.plainData - 1),
            isPlain: count & Self.plainData != 0, limit: blockSize)
    }

    /// Bytes of a table, which is a row of packed blocks, each behind its length.
    ///
    /// - Parameters:
    ///   - block: Where the first one begins, counted from the table's start.
    ///   - offset: Where in what it unpacks to.
    private func metadata(
        of table: Int, block: Int, offset: Int, count: Int, allowsLess: Bool = false
    ) throws -> [UInt8] {
        var (place, overflow) = table.addingReportingOverflow(block)
        guard !overflow else { throw FileFault.damaged("a place beyond every file") }
        var bytes: [UInt8] = []
        while bytes.count < offset + count {
            guard let head = source.part(at: place, count: 2) else {
                guard allowsLess, bytes.count > offset else { throw FileFault.damaged("ends too early") }
                break
            }
            let length = try head.read(at: 0, count: 2)[...].number(at: 0, width: 2, .little)
            let packed = length & (Self.plainMetadata - 1)
            let isPlain = length & Self.plainMetadata != 0
            guard packed > 0 else { throw FileFault.damaged("an empty block") }
            do {
                bytes += try self.block(at: place + 2, count: packed, isPlain: isPlain, limit: Self.metadataSize)
            } catch {
                // Behind the last block of a table begins something else.
                guard allowsLess, bytes.count > offset else { throw error }
                break
            }
            place += 2 + packed
        }
        guard offset <= bytes.count else { throw FileFault.damaged("ends too early") }
        return Array(bytes[offset...].prefix(count))
    }

    private func block(at place: Int, count: Int, isPlain: Bool, limit: Int) throws -> [UInt8] {
        guard let part = source.part(at: place, count: count) else { throw FileFault.damaged("ends too early") }
        let stream = BufferedStream(SourceStream(part))
        return isPlain
            ? try stream.bytes(limit: limit) : try UnpackedStream(stream, form: form).bytes(limit: limit)
    }
}
