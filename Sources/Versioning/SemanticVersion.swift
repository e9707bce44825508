/// SemVer 2.0 versions, strict or as loose as registries and advisories write them.
///
/// Key:
///
///     major minor patch ( 0x00 { identifier } 0x00 | 0x01 )
///     identifier = 0x01 number | 0x02 text 0x00
///
/// 0x01 behind the numbers is a release, which follows its pre-releases. Build metadata is left out: it does not order.
///
/// Strict is what node's `semver.parse` takes: three numbers without leading zeros, white space around and a `v` before
/// them. Not taken over are its limits of 256 characters and 2^53 - 1, which are JavaScript's and not SemVer's. Taken
/// beyond it are versions without patch or minor (`1.0`, `0`), which are 0 then: advisories write them.
/// Loose adds further numbers (`1.2.3.4`, which follow `1.2.3`), leading zeros and any separator-free suffix (`1.0rc1`
/// is `1.0.0-rc1`).
///
/// - Source: <https://semver.org/spec/v2.0.0.html>, <https://github.com/npm/node-semver>
enum SemanticVersion {
    static func encode(_ text: VersionText, strict: Bool, into writer: inout KeyWriter) throws(VersionError) {
        try encode(text.trimmed, of: text, strict: strict, into: &writer)
    }

    /// Encodes part of a version, or what stands for it; errors quote the whole.
    static func encode(
        _ bytes: ArraySlice<UInt8>, of text: VersionText, strict: Bool, into writer: inout KeyWriter
    ) throws(VersionError) {
        var rest = bytes
        if !rest.take(UInt8(ascii: "v")), !strict { _ = rest.take(UInt8(ascii: "V")) }
        try encodeNumbers(&rest, text, strict: strict, into: &writer)
        let beforeBuild: ArraySlice<UInt8>
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            try checkIdentifiers(rest[(plus + 1)...], text, strict: strict)
            beforeBuild = rest[..<plus]
        } else {
            beforeBuild = rest
        }
        rest = beforeBuild
        guard !rest.isEmpty else { return writer.append(0x01) }
        if !rest.take(UInt8(ascii: "-")), strict { throw text.malformed(rest.startIndex, "dash is missing") }
        if !strict, rest.isEmpty { return writer.append(0x01) }
        try checkIdentifiers(rest, text, strict: strict)
        writer.append(0x00)
        try encodeIdentifiers(rest, text, strict: strict, into: &writer)
    }

    private static func encodeNumbers(
        _ rest: inout ArraySlice<UInt8>, _ text: VersionText, strict: Bool, into writer: inout KeyWriter
    ) throws(VersionError) {
        var count = 0
        var extra: [ArraySlice<UInt8>] = []
        repeat {
            let number = rest.takeDigits()
            guard !number.isEmpty else { throw text.malformed(rest.startIndex, "number is missing") }
            if strict, number.count > 1, number.first == 0x30 {
                throw text.malformed(number.startIndex, "number has a leading zero")
            }
            if count < 3 { writer.append(number: number) } else { extra.append(number) }
            count += 1
        } while (count < 3 || !strict) && takeDot(&rest, digitNeeded: !strict)
        for _ in count..<max(count, 3) { writer.append(number: 0) }
        encode(extra: extra, into: &writer)
    }

    /// Numbers behind the third follow in the list, each behind 0x02, so that `1.2.3.4` follows all of `1.2.3`.
    private static func encode(extra: [ArraySlice<UInt8>], into writer: inout KeyWriter) {
        let significant = extra.reversed().drop { $0.allSatisfy { $0 == 0x30 } }
        for number in significant.reversed() {
            writer.append(0x02)
            writer.append(number: number)
        }
    }

    private static func takeDot(_ rest: inout ArraySlice<UInt8>, digitNeeded: Bool) -> Bool {
        if digitNeeded {
            guard let next = rest.dropFirst().first, isDigit(next) else { return false }
        }
        return rest.take(UInt8(ascii: "."))
    }

    /// Checks dot-separated identifiers of letters, digits and dashes.
    private static func checkIdentifiers(
        _ bytes: ArraySlice<UInt8>, _ text: VersionText, strict: Bool
    ) throws(VersionError) {
        var previousWasDot = true
        for (offset, byte) in zip(bytes.indices, bytes) {
            let isDot = byte == UInt8(ascii: ".")
            if isDot, previousWasDot, strict { throw text.malformed(offset, "identifier is empty") }
            let isAllowed = isDot || isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-")
            if !isAllowed, strict || byte <= 0x20 || byte >= 0x7f {
                throw text.malformed(offset, "character is not allowed")
            }
            previousWasDot = isDot
        }
        if previousWasDot, strict { throw text.malformed(bytes.endIndex, "identifier is empty") }
    }

    /// Writes identifiers, each behind a byte for its kind, and 0x00 behind the last.
    static func encodeIdentifiers(
        _ bytes: ArraySlice<UInt8>, _ text: VersionText, strict: Bool, into writer: inout KeyWriter
    ) throws(VersionError) {
        for identifier in bytes.split(separator: UInt8(ascii: ".")) {
            if identifier.allSatisfy(isDigit) {
                if strict, identifier.count > 1, identifier.first == 0x30 {
                    throw text.malformed(identifier.startIndex, "number has a leading zero")
                }
                writer.append(0x01)
                writer.append(number: identifier)
            } else {
                writer.append(0x02)
                writer.append(contentsOf: identifier)
                writer.append(0x00)
            }
        }
        writer.append(0x00)
    }
}
