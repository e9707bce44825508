/// Sections and segments of a program in the Executable and Linkable Format, of either width and byte order.
///
/// - Source: <https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html>
struct ElfFile {
    private static let magic: [UInt8] = [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]
    private static let headerSize = 64

    /// Most sections and segments that are looked at; programs have some dozens.
    private static let maximumEntries = 4096

    /// Most bytes of the section names.
    private static let namesLimit = 1 << 20

    /// A piece of the file and where it stands in memory.
    struct Piece: Equatable {
        let offset: Int
        let count: Int
        let address: Int
        let isWritable: Bool
    }

    let source: ByteSource
    let isBigEndian: Bool
    /// Bytes of an address: 4 or 8.
    let width: Int
    private let header: Fields

    /// `nil` when it is something else, such as a script.
    init?(_ source: ByteSource) throws {
        guard source.count >= Self.headerSize else { return nil }
        let start = try source.read(at: 0, count: Self.headerSize)
        guard start.starts(with: Self.magic), (1...2).contains(start[4]), (1...2).contains(start[5]) else { return nil }
        self.source = source
        width = start[4] == 2 ? 8 : 4
        isBigEndian = start[5] == 2
        header = Fields(start, isBigEndian: isBigEndian)
    }

    private var isWide: Bool { width == 8 }

    /// Whether it has a table of sections, which some tools take away.
    func hasSections() throws -> Bool {
        try header.number(at: isWide ? 40 : 32, width: width) != 0
            && header.number(at: isWide ? 60 : 48, width: 2) != 0
    }

    /// Where the table of sections ends, behind which linkers put nothing: what follows was appended.
    func end() throws -> Int {
        let count = try header.number(at: isWide ? 60 : 48, width: 2)
        let size = try header.number(at: isWide ? 58 : 46, width: 2) * count
        let (end, overflow) = try header.number(at: isWide ? 40 : 32, width: width).addingReportingOverflow(size)
        guard !overflow else { throw FileFault.damaged("a place beyond every file") }
        return end
    }

    /// The sections of these names that there are. Reads nothing but the table and the names.
    func sections(named wanted: Set<String>) throws -> [String: Piece] {
        let table = try table(at: isWide ? 40 : 32, entrySizeAt: isWide ? 58 : 46, least: isWide ? 64 : 40)
        let namesIndex = try header.number(at: isWide ? 62 : 50, width: 2)
        guard table.indices.contains(namesIndex) else { return [:] }
        let namesPiece = try section(table[namesIndex])
        let names = try source.read(at: namesPiece.offset, count: min(namesPiece.count, Self.namesLimit))
        var found: [String: Piece] = [:]
        for entry in table {
            let start = try entry.number(at: 0, width: 4)
            guard start < names.count else { continue }
            let name = String(decoding: names[start...].prefix(24).prefix { $0 != 0 }, as: UTF8.self)
            // Sections without bytes in the file (SHT_NOBITS) hold nothing.
            guard wanted.contains(name), try entry.number(at: 4, width: 4) != 8 else { continue }
            found[name] = try section(entry)
        }
        return found
    }

    private func section(_ entry: Fields) throws -> Piece {
        Piece(
            offset: try entry.number(at: isWide ? 24 : 16, width: width),
            count: try entry.number(at: isWide ? 32 : 20, width: width), address: 0, isWritable: false)
    }

    /// The segments that are loaded from the file.
    func segments() throws -> [Piece] {
        let table = try table(at: isWide ? 32 : 28, entrySizeAt: isWide ? 54 : 42, least: isWide ? 56 : 32)
        return try table.compactMap { entry in
            guard try entry.number(at: 0, width: 4) == 1 else { return nil }
            let offset = try entry.number(at: isWide ? 8 : 4, width: width)
            guard offset <= source.count else { return nil }
            return Piece(
                offset: offset,
                count: try entry.number(at: isWide ? 32 : 16, width: width),
                address: try entry.number(at: isWide ? 16 : 8, width: width),
                isWritable: try entry.number(at: isWide ? 4 : 24, width: 4) & 2 != 0)
        }
    }

    /// Entries of a table, whose place stands at `place` of the header, their size at `entrySizeAt` and their number behind it.
    private func table(at place: Int, entrySizeAt: Int, least: Int) throws -> [Fields] {
        let offset = try header.number(at: place, width: width)
        let size = try header.number(at: entrySizeAt, width: 2)
        let count = min(try header.number(at: entrySizeAt + 2, width: 2), Self.maximumEntries)
        guard offset != 0, count > 0 else { return [] }
        guard size >= least, size <= 2 * least else { throw FileFault.damaged("a table of entries of \(size) bytes") }
        let bytes = try source.read(at: offset, count: size * count)
        return (0..<count).map { Fields(bytes[($0 * size)..<(($0 + 1) * size)], isBigEndian: isBigEndian) }
    }
}
