/// Python versions by PEP 440, in the order of the `packaging` library, and legacy versions as that library ordered them.
///
/// Key of a PEP 440 version:
///
///     epoch release pre post dev local
///     epoch   = number
///     release = { number } 0x00, without trailing zeros
///     pre     = 0x00 (a developmental release of the final one) | 0x01 number (a) | 0x02 number (b) | 0x03 number (rc)
///             | 0x04 (none)
///     post    = 0x00 (none) | 0x01 number
///     dev     = 0x00 number | 0x01 (none)
///     local   = 0x00 (none) | 0x01 { 0x01 text 0x00 | 0x02 number } 0x00
///
/// Any other text without white space is a legacy version, older than every PEP 440 version: see ``LegacyPythonVersion``. Only
/// a PEP 440 version with a broken local label behind it (`1.0+a+`) is malformed: that is no old version but a mistake.
///
/// - Source: <https://packaging.python.org/en/latest/specifications/version-specifiers/>; the spellings accepted are those
///   of its appendix B. White space beyond ASCII around a version is not stripped.
enum PythonVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if encodePublic(&rest, into: &key) {
            if rest.isEmpty { return key.append(0x00) }
            if rest.take(UInt8(ascii: "+")) { return try encodeLocal(rest, into: &key) }
        }
        key.truncate(to: 0)
        try LegacyPythonVersion.encode(version, into: &key)
    }

    /// A word's rank, and the number behind it, which may be empty.
    private typealias Segment = (rank: UInt8, number: VersionBytes)

    private static func encodePublic(_ rest: inout VersionBytes, into key: inout KeyBuffer) -> Bool {
        _ = rest.take(word: "v")
        guard encodeRelease(&rest, into: &key) else { return false }
        let pre = rest.isEmpty ? nil : takePre(&rest)
        let post = rest.isEmpty ? nil : takePost(&rest)
        let dev = rest.isEmpty ? nil : takeNumber(&rest, after: "dev")
        if let pre {
            key.append(pre.rank)
            key.append(number: pre.number)
        } else {
            key.append(post == nil && dev != nil ? 0x00 : 0x04)
        }
        key.append(post == nil ? 0x00 : 0x01)
        if let post { key.append(number: post) }
        key.append(dev == nil ? 0x01 : 0x00)
        if let dev { key.append(number: dev) }
        return true
    }

    private static func encodeRelease(_ rest: inout VersionBytes, into key: inout KeyBuffer) -> Bool {
        var number = rest.takeDigits()
        guard !number.isEmpty else { return false }
        if rest.take(UInt8(ascii: "!")) {
            key.append(number: number)
            number = rest.takeDigits()
            guard !number.isEmpty else { return false }
        } else {
            key.appendZero()
        }
        var zeros = 0
        while true {
            if number.isZero {
                zeros += 1
            } else {
                for _ in 0..<zeros { key.appendZero() }
                zeros = 0
                key.append(number: number)
            }
            guard rest.first == UInt8(ascii: "."), isDigit(rest.second) else { break }
            rest.removeFirst()
            number = rest.takeDigits()
        }
        key.append(0x00)
        return true
    }

    private static func takePre(_ rest: inout VersionBytes) -> Segment? {
        if let number = takeNumber(&rest, after: "alpha", "a") { return (1, number) }
        if let number = takeNumber(&rest, after: "beta", "b") { return (2, number) }
        if let number = takeNumber(&rest, after: "rc", "c") { return (3, number) }
        if let number = takeNumber(&rest, after: "preview", "pre") { return (3, number) }
        return nil
    }

    private static func takePost(_ rest: inout VersionBytes) -> VersionBytes? {
        if rest.first == UInt8(ascii: "-"), isDigit(rest.second) {
            rest.removeFirst()
            return rest.takeDigits()
        }
        return takeNumber(&rest, after: "post") ?? takeNumber(&rest, after: "rev", "r")
    }

    /// Removes `[separator] word [separator] [digits]`; the digits, or `nil` when neither word stands there.
    private static func takeNumber(
        _ rest: inout VersionBytes, after long: StaticString, _ short: StaticString? = nil
    ) -> VersionBytes? {
        var ahead = rest
        takeSeparator(&ahead)
        if !ahead.take(word: long) {
            guard let short, ahead.take(word: short) else { return nil }
        }
        takeSeparator(&ahead)
        rest = ahead
        return rest.takeDigits()
    }

    @inline(__always) private static func takeSeparator(_ rest: inout VersionBytes) {
        if isSeparator(rest.first) { rest.removeFirst() }
    }

    @inline(__always) private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func encodeLocal(_ label: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = label
        key.append(0x01)
        while true {
            let segment = rest.take { isDigit($0) || isLetter($0) }
            guard !segment.isEmpty else { throw VersionFault(rest.start, "local version has an empty part") }
            if segment.isNumber {
                key.append(0x02)
                key.append(number: segment)
            } else {
                key.append(0x01)
                key.append(lowercased: segment)
                key.append(0x00)
            }
            guard !rest.isEmpty else { break }
            guard isSeparator(rest.first) else { throw VersionFault(rest.start, "character is not allowed here") }
            rest.removeFirst()
        }
        key.append(0x00)
    }
}
