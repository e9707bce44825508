import Crypto

/// What a builder notes beside an index, so that the next build can take over the names that did not change: a digest of each name's inputs
/// and two counts that the index itself does not hold.
///
/// The file is a cache of this very program: whoever keeps it names the program, and anything wrong with it costs the next build its time and
/// nothing else.
struct NameNotes: Sendable {
    /// One name.
    struct Line: Sendable {
        let inputs: NoteDigest
        let unreadableRanges: UInt32
        let unreadableVersions: UInt32
    }

    private static let magic = Array("ZTNOTES\0".utf8)
    private static let version: UInt32 = 2
    private static let headSize = 80
    private static let stride = 24
    private static let sizeLimit = 1 << 30

    /// In the order of the index's names.
    private(set) var lines: [Line] = []
    /// The conditions as texts, in the order of the index's conditions.
    private(set) var conditions: [[UInt8]] = []

    /// Starts without names.
    init() {}

    /// Notes the next name.
    mutating func append(_ line: Line) { lines.append(line) }

    /// Reads the notes on an index; `nil` for anything but a whole file on that very index, and for one that tells texts by other numbers.
    ///
    /// - Parameter digest: The index digest, 32 bytes.
    init?(path: String, index digest: [UInt8], numbering: TextNumbering?) {
        guard let bytes = AtomicFile(path: path).read(limit: Self.sizeLimit), bytes.count >= Self.headSize,
            bytes[..<12].elementsEqual(Self.magic + words(Self.version)), bytes[12..<16].allSatisfy({ $0 == 0 }),
            bytes[16..<48].elementsEqual(digest),
            SHA256.hash(data: bytes[Self.headSize...]).elementsEqual(bytes[48..<80])
        else { return nil }
        let isRead = bytes.withUnsafeBytes { bytes in
            guard var columns = PartColumns(bytes, from: Self.headSize), let name = columns.nextBytes(),
                name.isEmpty || numbering?.names.contains(Array(name)) ?? false, let lines = columns.nextBytes(),
                lines.count % Self.stride == 0, let lengths = columns.next(), let texts = columns.nextBytes(),
                columns.isAtEnd, lengths.reduce(0, { $0 + Int($1) }) == texts.count
            else { return false }
            self.lines = Self.lines(lines)
            var start = 0
            for length in lengths {
                conditions.append(Array(texts[start..<start + Int(length)]))
                start += Int(length)
            }
            return true
        }
        guard isRead else { return nil }
    }

    private static func lines(_ bytes: UnsafeRawBufferPointer) -> [Line] {
        Swift.stride(from: 0, to: bytes.count, by: stride).map { start in
            Line(
                inputs: NoteDigest(
                    first: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)),
                    second: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))),
                unreadableRanges: bytes.word(start + 16), unreadableVersions: bytes.word(start + 20))
        }
    }

    /// Writes the notes on an index.
    ///
    /// - Parameters:
    ///   - numbering: The texts that lines tell by their numbers.
    ///   - conditions: As texts, in the order of the index's.
    func write(
        to path: String, index digest: [UInt8], numbering: TextNumbering?, conditions: [[UInt8]]
    ) throws(IndexBuildError) {
        var lines = SectionBytes()
        for line in self.lines {
            lines.append(line.inputs.first)
            lines.append(line.inputs.second)
            lines.append(line.unreadableRanges)
            lines.append(line.unreadableVersions)
        }
        var body = SectionBytes()
        body.append(column: numbering?.name ?? [])
        body.append(column: lines.take())
        body.append(column: conditions.map { UInt32($0.count) })
        body.append(column: conditions.flatMap(\.self))
        var head = SectionBytes()
        head.append(bytes: Self.magic)
        head.append(Self.version)
        head.append(UInt32(0))
        head.append(bytes: digest)
        head.append(bytes: Array(body.digest))
        try AtomicFile(path: path).write([head.bytes, body.take()], flushed: false)
    }
}

/// The bytes of a number, least significant first.
private func words(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
