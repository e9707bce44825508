/// The checksum of gzip and zip (RFC 1952, section 8), four bytes at a time.
struct CRC32 {
    private var state: UInt32 = ~0

    /// The checksum of all bytes so far.
    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state = Self.tables.withUnsafeBufferPointer { tables in
            var state = state
            var index = 0
            while index + 4 <= bytes.count {
                state ^= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                state =
                    tables[768 + Int(state & 0xFF)] ^ tables[512 + Int(state >> 8 & 0xFF)]
                    ^ tables[256 + Int(state >> 16 & 0xFF)] ^ tables[Int(state >> 24)]
                index += 4
            }
            while index < bytes.count {
                state = tables[Int((state ^ UInt32(bytes[index])) & 0xFF)] ^ state >> 8
                index += 1
            }
            return state
        }
    }

    /// Four tables of 256: the effect of a byte that lies 0, 1, 2 or 3 bytes back.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { (byte: UInt32) in
            (0..<8).reduce(byte) { value, _ in shifted(value) }
        }
        for index in 256..<1024 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ before >> 8)
        }
        return tables
    }()

    /// One bit of the division by the polynomial.
    private static func shifted(_ value: UInt32) -> UInt32 {
        value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
}
