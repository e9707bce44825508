/// Writes zip archives byte by byte, so that tests can break them where they like (APPNOTE.TXT, stored entries only).
public struct ZipBytes {
    /// The entries, without the directory.
    public private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// An archive without entries.
    public init() {}

    /// Adds an entry, by default with the right checksum.
    public mutating func add(
        _ name: String, _ content: [UInt8], checksum: UInt32? = nil, method: UInt16 = 0, size: Int? = nil
    ) {
        let offset = bytes.count
        let sum = checksum ?? Self.checksum(content)
        let common: [UInt8] =
            Self.little(0x0800, 2) + Self.little(UInt64(method), 2) + Self.little(0, 4) + Self.little(UInt64(sum), 4)
            + Self.little(UInt64(content.count), 4) + Self.little(UInt64(size ?? content.count), 4)
            + Self.little(UInt64(name.utf8.count), 2) + Self.little(0, 2)
        bytes += [0x50, 0x4B, 3, 4] + Self.little(20, 2) + common + Array(name.utf8) + content
        // 3 says the entry was made on Unix, so the external attributes hold a file mode.
        let mode: UInt64 = name.hasSuffix("/") ? 0o040755 : 0o100644
        directory += [0x50, 0x4B, 1, 2] + Self.little(0x0314, 2) + Self.little(20, 2) + common
        directory += Self.little(0, 6) + Self.little(mode << 16, 4) + Self.little(UInt64(offset), 4) + Array(name.utf8)
        count += 1
    }

    /// The archive with its central directory.
    public var finished: [UInt8] {
        bytes + directory + [0x50, 0x4B, 5, 6] + Self.little(0, 4) + Self.little(UInt64(count), 2)
            + Self.little(UInt64(count), 2) + Self.little(UInt64(directory.count), 4)
            + Self.little(UInt64(bytes.count), 4) + Self.little(0, 2)
    }

    /// The same archive with an end of 64-bit numbers before its own, of which the directory's place is off by some bytes.
    public static func withLongEnd(_ zip: [UInt8], directoryOff: UInt64) -> [UInt8] {
        let end = zip.count - 22
        func number(_ offset: Int, _ size: Int) -> UInt64 {
            (0..<size).reduce(0) { $0 | UInt64(zip[offset + $1]) << (8 * UInt64($1)) }
        }
        let count = number(end + 10, 2)
        let record: [UInt8] =
            [0x50, 0x4B, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) + little(count, 8)
            + little(count, 8) + little(number(end + 12, 4), 8) + little(number(end + 16, 4) + directoryOff, 8)
        let locator: [UInt8] = [0x50, 0x4B, 6, 7] + little(0, 4) + little(UInt64(end), 8) + little(1, 4)
        let full = little(0, 4) + little(.max, 2) + little(.max, 2) + little(.max, 4) + little(.max, 4) + little(0, 2)
        return Array(zip[..<end]) + record + locator + [0x50, 0x4B, 5, 6] + full
    }

    private static func little(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    /// CRC-32 bit by bit: slow, and so unlike the one under test.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var state = ~UInt32(0)
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = state & 1
                state >>= 1
                if carry == 1 { state ^= 0xEDB8_8320 }
            }
        }
        return ~state
    }

    /// A gzip file whose deflate stream is one stored block.
    public static func gzip(_ content: [UInt8], checksum: UInt32? = nil, size: Int? = nil) -> [UInt8] {
        let length = UInt64(content.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length, 2) + little(~length & 0xFFFF, 2) + content
            + little(UInt64(checksum ?? Self.checksum(content)), 4) + little(UInt64(size ?? content.count), 4)
    }
}
