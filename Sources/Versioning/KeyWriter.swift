/// Collects the bytes of a version key.
///
/// Numbers begin with a byte of at least ``KeyWriter/firstNumberByte``, so the four bytes below may end or interrupt a
/// list of numbers and sort before every number.
struct KeyWriter {
    /// Smallest byte with which a number begins.
    static let firstNumberByte: UInt8 = 4
    /// Largest value that takes one byte.
    private static let largestSmall = 190
    /// First bytes of numbers of 3, 4, 5, … digits that are too large for one byte.
    private static let longBase = 195
    private static let longestShort = 62

    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(contentsOf other: some Sequence<UInt8>) { bytes.append(contentsOf: other) }

    mutating func removeLast(_ count: Int) { bytes.removeLast(count) }

    /// Appends a decimal number of any length; leading zeros mean nothing, no digits mean 0.
    ///
    /// Up to 190 it is the one byte value + 4. Above, it is a byte for the count of digits (195 for 3, … 254 for 62; 255
    /// and the count in a run of 255s for more) and the digits, two in a byte. More digits thus sort behind fewer.
    mutating func append(number digits: ArraySlice<UInt8>) {
        let significant = digits.drop { $0 == 0x30 }
        if significant.count <= 3 {
            var value = 0
            for digit in significant { value = value * 10 + Int(digit - 0x30) }
            if value <= KeyWriter.largestSmall {
                append(UInt8(value) + KeyWriter.firstNumberByte)
                return
            }
        }
        appendLong(significant)
    }

    /// Appends a number that is at least 0.
    mutating func append(number value: Int) {
        append(number: Array(String(max(0, value)).utf8)[...])
    }

    private mutating func appendLong(_ digits: ArraySlice<UInt8>) {
        if digits.count <= KeyWriter.longestShort {
            append(UInt8(KeyWriter.longBase + digits.count - 3))
        } else {
            append(0xff)
            var rest = digits.count
            while rest >= 255 {
                append(0xff)
                rest -= 255
            }
            append(UInt8(rest))
        }
        var pending: UInt8? = digits.count % 2 == 1 ? 0 : nil
        for digit in digits {
            if let high = pending {
                append(high * 10 + digit - 0x30)
                pending = nil
            } else {
                pending = digit - 0x30
            }
        }
    }

    /// The finished key.
    consuming func finish() -> VersionKey { VersionKey(bytes: bytes) }
}
