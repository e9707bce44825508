/// A short number for texts that stays the same from run to run; not for secrets.
///
/// - Source: FNV-1a, 64 bits, <http://www.isthe.com/chongo/tech/comp/fnv/>
struct Fingerprint {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Takes a text and its end.
    mutating func combine(_ text: String) {
        for byte in text.utf8 { take(byte) }
        take(0)
    }

    private mutating func take(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Sixteen lowercase hexadecimal digits.
    var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
