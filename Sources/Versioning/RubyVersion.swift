/// Ruby gem versions in the order of `Gem::Version`.
///
/// A version is a list of numbers and words; a dash stands for `.pre.`. Words sort before numbers, and a version is
/// continued by zeros without end. Zeros before the first word and at the end do not count.
///
/// Key: per item, by what it means for the comparison with a shorter version
///
///     0x01 word 0x00         a word, older than the end
///     0x02                   a zero with a word as the next item that is no zero
///     0x03                   the end
///     number                 a number; a zero when the next item that is none is a number
///
/// - Source: <https://docs.ruby-lang.org/en/master/Gem/Version.html>, `lib/rubygems/version.rb`
enum RubyVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        let trimmed = text.trimmed
        try check(trimmed, text)
        var items = split(trimmed)
        if let word = items.firstIndex(where: { !isNumber($0) }) {
            let zeros = items[..<word].reversed().prefix(while: isZero).count
            items.removeSubrange((word - zeros)..<word)
        }
        while let last = items.last, isZero(last) { items.removeLast() }
        for (index, item) in items.enumerated() {
            if !isNumber(item) {
                writer.append(0x01)
                writer.append(contentsOf: item)
                writer.append(0x00)
            } else if isZero(item), let next = items[index...].first(where: { !isZero($0) }), !isNumber(next) {
                writer.append(0x02)
            } else {
                writer.append(number: item)
            }
        }
        writer.append(0x03)
    }

    /// `[0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`, or nothing at all, which is 0.
    private static func check(_ bytes: ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        guard let first = bytes.first else { return }
        guard isDigit(first) else { throw text.malformed(bytes.startIndex, "does not begin with a digit") }
        var inFirst = true
        var behindDash = false
        var previousWasDot = false
        for (index, byte) in zip(bytes.indices, bytes) {
            switch byte {
            case UInt8(ascii: "."):
                if previousWasDot || isDashAfterNothing(bytes, index) { throw text.malformed(index, "part is empty") }
                inFirst = false
                previousWasDot = true
                continue
            case UInt8(ascii: "-"):
                if previousWasDot, !behindDash { throw text.malformed(index, "part is empty") }
                behindDash = true
            case let byte where isDigit(byte) || (isLetter(byte) && (!inFirst || behindDash)): break
            default: throw text.malformed(index, "character is not allowed")
            }
            previousWasDot = false
        }
        let endsWithOnlyDash =
            bytes.last == UInt8(ascii: "-") && bytes.firstIndex(of: UInt8(ascii: "-")) == bytes.endIndex - 1
        if previousWasDot || endsWithOnlyDash { throw text.malformed(bytes.endIndex, "part is empty") }
    }

    /// Whether the byte before a dot is the dash that opens the pre-release.
    private static func isDashAfterNothing(_ bytes: ArraySlice<UInt8>, _ dot: Int) -> Bool {
        dot > bytes.startIndex && bytes[dot - 1] == UInt8(ascii: "-")
            && bytes.firstIndex(of: UInt8(ascii: "-")) == dot - 1
    }

    private static func split(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var items: [ArraySlice<UInt8>] = []
        var rest = bytes
        while let byte = rest.first {
            if isDigit(byte) {
                items.append(rest.takeDigits())
            } else if isLetter(byte) {
                items.append(rest.take(while: isLetter))
            } else {
                rest.removeFirst()
                if byte == UInt8(ascii: "-") { items.append(Array("pre".utf8)[...]) }
            }
        }
        return items
    }

    private static func isNumber(_ item: ArraySlice<UInt8>) -> Bool { item.first.map(isDigit) ?? false }
    private static func isZero(_ item: ArraySlice<UInt8>) -> Bool { item.allSatisfy { $0 == 0x30 } }
}
