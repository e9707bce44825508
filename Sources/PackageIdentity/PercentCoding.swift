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
    static func decodeCanonical(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var pending: UInt8?
        var escape = 0
        for byte in text.utf8 {
            if escape == 0 {
                if byte == percent { escape = 2 } else { bytes.append(byte) }
            } else if let digit = hexValue(byte) {
                escape -= 1
                if let high = pending {
                    bytes.append(high << 4 | digit)
                    pending = nil
                } else {
                    pending = digit
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
