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
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if let bad = rest.firstPlace(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        if lowercase(rest.first) == UInt8(ascii: "v"), isDigit(rest.second) { rest.removeFirst() }
        var zeros = 0
        var hasToken = false
        while !rest.isEmpty {
            let byte = rest.first
            if isDigit(byte) {
                zeros = encode(number: rest.takeDigits(), zeros: zeros, into: &key)
            } else if isWordByte(byte) {
                zeros = 0
                encode(word: rest.take(while: isWordByte), into: &key)
            } else {
                rest.removeFirst()
                continue
            }
            hasToken = true
        }
        guard hasToken else { throw VersionFault(version.start, "has neither digit nor letter") }
        key.append(0x06)
    }

    /// Bytes outside ASCII are parts of letters of other scripts.
    @inline(__always) private static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || byte >= 0x80 }

    /// Writes a number and the zeros held back before it; zeros are held back until a number follows them.
    private static func encode(number digits: VersionBytes, zeros: Int, into key: inout KeyBuffer) -> Int {
        if digits.isZero { return zeros + 1 }
        for _ in 0..<zeros {
            key.append(0x08)
            key.appendZero()
        }
        key.append(0x08)
        key.append(number: digits)
        return 0
    }

    private static func encode(word: VersionBytes, into key: inout KeyBuffer) {
        if let rank = rank(of: word) { return key.append(rank) }
        key.append(0x07)
        key.append(lowercased: word)
        key.append(0x00)
    }

    private static func rank(of word: VersionBytes) -> UInt8? {
        if word.isWord("dev") || word.isWord("snapshot") { return 0x01 }
        if word.isWord("alpha") { return 0x02 }
        if word.isWord("beta") { return 0x03 }
        if word.isWord("milestone") { return 0x04 }
        let isCandidate = word.isWord("rc") || word.isWord("pre") || word.isWord("preview") || word.isWord("cr")
        return isCandidate ? 0x05 : nil
    }
}
