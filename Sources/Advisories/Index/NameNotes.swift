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
    private static let version: UInt32 = 1
    private static let headSize = 80
    private static let stride = 24
    private static let sizeLimit = 1 << 30

    /// In the order of the index's names.
    private(set) var lines: [Line] = []

    /// Starts without names.
    init() {}

    /// Notes the next name.
    mutating func append(_ line: Line) { lines.append(line) }

    /// Reads the notes on an index; `nil` for anything but a whole file on that very index.
    ///
    /// - Parameter digest: The index digest, 32 bytes.
    init?(path: String, index digest: [UInt8]) {
        guard let bytes = AtomicFile(path: path).read(limit: Self.sizeLimit), bytes.count >= Self.headSize,
            bytes[..<12].elementsEqual(Self.magic + words(Self.version)), bytes[12..<16].allSatisfy({ $0 == 0 }),
            bytes[16..<48].elementsEqual(digest), (bytes.count - Self.headSize) % Self.stride == 0,
            SHA256.hash(data: bytes[Self.headSize...]).elementsEqual(bytes[48..<80])
        else { return nil }
        lines = bytes.withUnsafeBytes { bytes in
            Swift.stride(from: Self.headSize, to: bytes.count, by: Self.stride).map { start in
                Line(
                    inputs: NoteDigest(
                        first: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)),
                        second: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self))),
                    unreadableRanges: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt32.self)),
                    unreadableVersions: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: start + 20, as: UInt32.self)))
            }
        }
    }

    /// Writes the notes on an index.
    func write(to path: String, index digest: [UInt8]) throws(IndexBuildError) {
        var body = SectionBytes()
        for line in lines {
            body.append(line.inputs.first)
            body.append(line.inputs.second)
            body.append(line.unreadableRanges)
            body.append(line.unreadableVersions)
        }
        var head = SectionBytes()
        head.append(bytes: Self.magic)
        head.append(Self.version)
        head.append(UInt32(0))
        head.append(bytes: digest)
        head.append(bytes: Array(body.digest))
        try AtomicFile(path: path).write([head.bytes, body.take()])
    }
}

/// The bytes of a number, least significant first.
private func words(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
