/// Versions of ecosystems without a documented order: numbers by value, words by letter, pre-releases before releases.
///
/// A leading `v` before a digit is dropped. The rest is cut into runs of digits and runs of letters; everything else
/// separates. Zeros that end a run of numbers count nothing (`1.0` equals `1.0.0`). At each place
/// `dev`, `snapshot` < `alpha` < `beta` < `milestone` < `pre`, `preview`, `rc`, `cr` < the end < any other word < a number; so
/// `1.0-rc1` < `1.0` < `1.0a` < `1.0.1`. Case does not count.
///
/// Key: per token 0x01…0x05 for the words of pre-releases, 0x06 for the end, 0x07 text 0x00 for other words, 0x08 number
/// for numbers. Unlike other orderings it refuses little: a version without a digit or letter, control characters.
enum GenericVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        if let bad = rest.firstIndex(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw text.malformed(bad, "character is not allowed")
        }
        if let first = rest.first, lowercase(first) == UInt8(ascii: "v"), let next = rest.dropFirst().first,
            isDigit(next)
        {
            rest.removeFirst()
        }
        var zeros = 0
        var hasToken = false
        while !rest.isEmpty {
            let digits = rest.takeDigits()
            let word = digits.isEmpty ? rest.take(while: isWordByte) : []
            if !digits.isEmpty {
                zeros = encode(number: digits, zeros: zeros, into: &writer)
            } else if !word.isEmpty {
                zeros = 0
                encode(word: word, into: &writer)
            } else {
                rest.removeFirst()
                continue
            }
            hasToken = true
        }
        guard hasToken else { throw text.malformed(0, "has neither digit nor letter") }
        writer.append(0x06)
    }

    /// Bytes outside ASCII are parts of letters of other scripts.
    private static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || byte >= 0x80 }

    /// Writes a number and the zeros held back before it; zeros are held back until a number follows them.
    private static func encode(number digits: ArraySlice<UInt8>, zeros: Int, into writer: inout KeyWriter) -> Int {
        if digits.allSatisfy({ $0 == 0x30 }) { return zeros + 1 }
        for _ in 0..<zeros {
            writer.append(0x08)
            writer.append(number: 0)
        }
        writer.append(0x08)
        writer.append(number: digits)
        return 0
    }

    private static func encode(word: ArraySlice<UInt8>, into writer: inout KeyWriter) {
        let lowered = word.map(lowercase)
        switch String(decoding: lowered, as: UTF8.self) {
        case "dev", "snapshot": writer.append(0x01)
        case "alpha": writer.append(0x02)
        case "beta": writer.append(0x03)
        case "milestone": writer.append(0x04)
        case "pre", "preview", "rc", "cr": writer.append(0x05)
        default:
            writer.append(0x07)
            writer.append(contentsOf: lowered)
            writer.append(0x00)
        }
    }
}
