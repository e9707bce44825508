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
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        try check(version)
        var rest = version
        var zeros = 0
        var hasWord = false
        while !rest.isEmpty {
            if isDigit(rest.first) {
                let number = rest.takeDigits()
                if number.isZero {
                    zeros += 1
                } else {
                    for _ in 0..<zeros { key.appendZero() }
                    zeros = 0
                    key.append(number: number)
                }
            } else if isLetter(rest.first) || rest.first == UInt8(ascii: "-") {
                // Zeros right before the first word count as little as those at the end.
                if hasWord { for _ in 0..<zeros { key.append(0x02) } }
                zeros = 0
                hasWord = true
                takeWord(&rest, into: &key)
            } else {
                rest.removeFirst()
            }
        }
        key.append(0x03)
    }

    private static func takeWord(_ rest: inout VersionBytes, into key: inout KeyBuffer) {
        key.append(0x01)
        if rest.take(UInt8(ascii: "-")) {
            for byte in "pre".utf8 { key.append(byte) }
        } else {
            key.append(rest.take(while: isLetter))
        }
        key.append(0x00)
    }

    /// `[0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?`, or nothing at all, which is 0.
    private static func check(_ version: VersionBytes) throws(VersionFault) {
        var rest = version
        guard !rest.isEmpty else { return }
        guard !rest.takeDigits().isEmpty else { throw VersionFault(rest.start, "does not begin with a digit") }
        while rest.take(UInt8(ascii: ".")) {
            guard !rest.take(while: { isDigit($0) || isLetter($0) }).isEmpty else {
                throw VersionFault(rest.start, "part is empty")
            }
        }
        if rest.take(UInt8(ascii: "-")) {
            repeat {
                guard !rest.take(while: { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }).isEmpty else {
                    throw VersionFault(rest.start, "part is empty")
                }
            } while rest.take(UInt8(ascii: "."))
        }
        guard rest.isEmpty else { throw VersionFault(rest.start, "character is not allowed here") }
    }
}
