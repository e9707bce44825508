/// Python versions from before PEP 440, in the order of `LegacyVersion` of `packaging` 21 and of setuptools before it.
///
/// The lowercase text is cut into numbers, words, dots, dashes and whatever is between them. `-` and the words of pre-releases
/// change (`pre`, `preview` and `rc` become `c`, `dev` becomes `@`, `-` becomes `final-`), words get a `*` in front, numbers are filled up with
/// zeros to eight digits, dots go, `*final` comes last. A word up to `*final` takes away the zeros before it, one before `*final` first the
/// dashes. Lists of these texts are compared.
///
/// Key: 0x00, older than every PEP 440 version, then each text and 0x00, then 0x00.
///
/// - Source: <https://peps.python.org/pep-0440/#compatibility-with-pre-pep-440-versions>, `packaging/version.py` of
///   packaging 21.3
enum LegacyPythonVersion {
    private static let zero: StaticString = "00000000"
    private static let dash: StaticString = "*final-"

    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        if let bad = version.firstPlace(where: { $0 <= 0x20 || $0 == 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        key.append(0x00)
        var rest = version
        while !rest.isEmpty {
            if isDigit(rest.first) {
                append(number: rest.takeDigits(), to: &key)
            } else if rest.take(UInt8(ascii: "-")) {
                append(special: dash, to: &key)
            } else if isLetter(rest.first) {
                append(word: rest.take(while: isLetter), to: &key)
            } else if !rest.take(UInt8(ascii: ".")) {
                append(word: rest.take { !isDigit($0) && !isLetter($0) && $0 != 0x2d && $0 != 0x2e }, to: &key)
            }
        }
        append(special: "*final", to: &key)
        key.append(0x00)
    }

    private static func append(number: VersionBytes, to key: inout KeyBuffer) {
        for _ in 0..<max(0, 8 - number.count) { key.append(0x30) }
        key.append(number)
        key.append(0x00)
    }

    private static func append(word: VersionBytes, to key: inout KeyBuffer) {
        if word.isWord("dev") { return append(special: "*@", removesDashes: true, to: &key) }
        if word.isWord("rc") || word.isWord("pre") || word.isWord("preview") {
            return append(special: "*c", removesDashes: true, to: &key)
        }
        removeFromEnd(dashes: precedes(word, "final"), of: &key)
        key.append(UInt8(ascii: "*"))
        key.append(lowercased: word)
        key.append(0x00)
    }

    private static func append(special text: StaticString, removesDashes: Bool = false, to key: inout KeyBuffer) {
        removeFromEnd(dashes: removesDashes, of: &key)
        text.withUTF8Buffer { for byte in $0 { key.append(byte) } }
        key.append(0x00)
    }

    private static func removeFromEnd(dashes: Bool, of key: inout KeyBuffer) {
        if dashes { while key.removePart(dash) {} }
        while key.removePart(zero) {}
    }

    /// Whether a word in any case sorts before a lowercase one.
    private static func precedes(_ word: VersionBytes, _ other: StaticString) -> Bool {
        for offset in 0..<min(word.count, other.utf8CodeUnitCount) {
            let (left, right) = (lowercase(word.whole[word.start + offset]), other.utf8Start[offset])
            if left != right { return left < right }
        }
        return word.count < other.utf8CodeUnitCount
    }
}

extension KeyBuffer {
    /// Removes a part from the end, with the 0x00 behind it, when it stands there behind another 0x00.
    fileprivate mutating func removePart(_ part: StaticString) -> Bool {
        let length = part.utf8CodeUnitCount
        let start = count - length - 1
        guard start > 0, bytes[start - 1] == 0x00, bytes[count - 1] == 0x00 else { return false }
        for offset in 0..<length where bytes[start + offset] != part.utf8Start[offset] { return false }
        truncate(to: start)
        return true
    }
}
