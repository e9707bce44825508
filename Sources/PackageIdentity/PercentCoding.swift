/// Percent coding as package URLs use it.
enum PercentCoding {
    static let percent = UInt8(ascii: "%")

    /// Bytes that stand for themselves in every component: letters, digits, `.-_~` and the colon.
    ///
    /// - Source: purl specification, "Character encoding".
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        // Two 64-bit sets instead of a table: no bounds check, no global to initialise.
        let low: UInt64 = 0x07ff_6000_0000_0000  // - . 0-9 :
        let high: UInt64 = 0x47ff_fffe_87ff_fffe  // A-Z _ a-z ~
        if byte < 64 { return low >> UInt64(byte) & 1 != 0 }
        return byte < 128 && high >> UInt64(byte & 63) & 1 != 0
    }

    /// The value of a hexadecimal digit of either case, `nil` for any other byte.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Appends `%XX` with capital digits.
    @inline(__always)
    static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(percent)
        output.append(hexDigit(byte >> 4))
        output.append(hexDigit(byte & 15))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// Decodes text that this module has encoded, so every escape is whole and the result is UTF-8.
    static func decodeCanonical(_ text: UnsafeBufferPointer<UInt8>) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { decoded in
            var count = 0
            var index = 0
            while index < text.count {
                if text[index] == percent, index + 2 < text.count, let high = hexValue(text[index + 1]),
                    let low = hexValue(text[index + 2])
                {
                    decoded.initializeElement(at: count, to: high << 4 | low)
                    index += 3
                } else {
                    decoded.initializeElement(at: count, to: text[index])
                    index += 1
                }
                count += 1
            }
            return String(decoding: decoded[..<count], as: UTF8.self)
        }
    }
}
