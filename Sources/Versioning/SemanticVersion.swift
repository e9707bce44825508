/// SemVer 2.0 versions and what ecosystems make of them.
///
/// Key:
///
///     major minor patch { 0x02 number } ( 0x00 { identifier } 0x00 | 0x01 )
///     identifier = 0x01 number | 0x02 text 0x00
///
/// 0x01 behind the numbers is a release, which follows its pre-releases. Build metadata is left out: it does not order.
/// Numbers behind the third exist in tolerant reading alone; they follow all of what they extend, zeros at their end do not
/// count.
///
/// A leading `v` is taken everywhere: tags and advisories write it, and it changes nothing.
///
/// - Source: <https://semver.org/spec/v2.0.0.html>
enum SemanticVersion {
    /// Where an ecosystem strays from the specification.
    struct Rules {
        /// How many of the three numbers must be there; missing ones are 0.
        var requiredNumbers = 3
        /// Whether a version with missing numbers must end behind them.
        var shortIsWhole = false
        /// Whether numbers may begin with zeros.
        var takesLeadingZeros = false
        /// Whether to read tolerantly, see ``VersionReading/tolerant``.
        var isTolerant = false

        /// The specification itself.
        static func standard(tolerant: Bool) -> Rules { Rules(isTolerant: tolerant) }
        /// SwiftPM's reading of tags, which lets the patch be missing.
        static func swift(tolerant: Bool) -> Rules { Rules(requiredNumbers: 2, isTolerant: tolerant) }
        /// Dart's `pub_semver`, which reads `01` as 1.
        static func pub(tolerant: Bool) -> Rules { Rules(takesLeadingZeros: true, isTolerant: tolerant) }
        /// Go's, in which `v1` and `v1.2` are versions and `v1.2-pre` is none.
        static func golang(tolerant: Bool) -> Rules {
            Rules(requiredNumbers: 1, shortIsWhole: true, isTolerant: tolerant)
        }
    }

    static func encode(_ version: VersionBytes, _ rules: Rules, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if !rest.take(UInt8(ascii: "v")), rules.isTolerant { _ = rest.take(UInt8(ascii: "V")) }
        let count = try encodeNumbers(&rest, rules, into: &key)
        if rest.isEmpty { return key.append(0x01) }
        if count < 3, rules.shortIsWhole, !rules.isTolerant {
            throw VersionFault(rest.start, "character is not allowed here")
        }
        let plus = rest.firstPlace(of: UInt8(ascii: "+"))
        if let plus { try check(rest.from(plus + 1), rules) }
        var identifiers = plus.map(rest.upTo) ?? rest
        if identifiers.isEmpty { return key.append(0x01) }
        let hasDash = identifiers.take(UInt8(ascii: "-"))
        if !hasDash, !rules.isTolerant { throw VersionFault(identifiers.start, "dash is missing") }
        if identifiers.isEmpty, rules.isTolerant { return key.append(0x01) }
        try check(identifiers, rules)
        key.append(0x00)
        try encodeIdentifiers(identifiers, rules, into: &key)
    }

    /// Answers how many numbers there are.
    private static func encodeNumbers(
        _ rest: inout VersionBytes, _ rules: Rules, into key: inout KeyBuffer
    ) throws(VersionFault) -> Int {
        var count = 0
        repeat {
            let number = rest.takeDigits()
            guard !number.isEmpty else { throw VersionFault(rest.start, "number is missing") }
            if number.hasLeadingZero, !rules.takesLeadingZeros, !rules.isTolerant {
                throw VersionFault(number.start, "number has a leading zero")
            }
            key.append(number: number)
            count += 1
        } while count < 3 && takeDot(&rest, rules)
        if count < rules.requiredNumbers, !rules.isTolerant { throw VersionFault(rest.start, "number is missing") }
        for _ in count..<3 { key.appendZero() }
        if count == 3, rules.isTolerant { encodeFurtherNumbers(&rest, rules, into: &key) }
        return count
    }

    /// Each behind 0x02, so that `1.2.3.4` follows all of `1.2.3`; zeros wait for a number that counts.
    private static func encodeFurtherNumbers(_ rest: inout VersionBytes, _ rules: Rules, into key: inout KeyBuffer) {
        var zeros = 0
        while takeDot(&rest, rules) {
            let number = rest.takeDigits()
            zeros += 1
            if number.isZero { continue }
            for _ in 1..<zeros {
                key.append(0x02)
                key.appendZero()
            }
            key.append(0x02)
            key.append(number: number)
            zeros = 0
        }
    }

    @inline(__always) private static func takeDot(_ rest: inout VersionBytes, _ rules: Rules) -> Bool {
        if rules.isTolerant, !isDigit(rest.second) { return false }
        return rest.take(UInt8(ascii: "."))
    }

    /// Checks dot-separated identifiers of letters, digits and dashes; tolerantly, of any visible ASCII.
    private static func check(_ identifiers: VersionBytes, _ rules: Rules) throws(VersionFault) {
        var previousWasDot = true
        for place in identifiers.start..<identifiers.end {
            let byte = identifiers.whole[place]
            let isDot = byte == UInt8(ascii: ".")
            if isDot, previousWasDot, !rules.isTolerant { throw VersionFault(place, "identifier is empty") }
            let isAllowed = isDot || isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-")
            if !isAllowed, !rules.isTolerant || byte <= 0x20 || byte >= 0x7f {
                throw VersionFault(place, "character is not allowed")
            }
            previousWasDot = isDot
        }
        if previousWasDot, !rules.isTolerant { throw VersionFault(identifiers.end, "identifier is empty") }
    }

    /// Writes identifiers, each behind a byte for its kind, and 0x00 behind the last.
    static func encodeIdentifiers(
        _ identifiers: VersionBytes, _ rules: Rules, into key: inout KeyBuffer
    ) throws(VersionFault) {
        var rest = identifiers
        while !rest.isEmpty {
            let identifier = rest.takePart(before: UInt8(ascii: "."))
            if identifier.isEmpty { continue }
            if identifier.isNumber {
                if identifier.hasLeadingZero, !rules.takesLeadingZeros, !rules.isTolerant {
                    throw VersionFault(identifier.start, "number has a leading zero")
                }
                key.append(0x01)
                key.append(number: identifier)
            } else {
                key.append(0x02)
                key.append(identifier)
                key.append(0x00)
            }
        }
        key.append(0x00)
    }
}
