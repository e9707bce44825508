/// Python versions by PEP 440, in the order of the `packaging` library.
///
/// Key:
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
/// - Source: <https://packaging.python.org/en/latest/specifications/version-specifiers/>; the spellings accepted are those
///   of its appendix B. White space beyond ASCII around a version is not stripped.
struct PythonVersion {
    private var epoch: ArraySlice<UInt8> = []
    private var release: [ArraySlice<UInt8>] = []
    private var pre: (rank: UInt8, number: ArraySlice<UInt8>)?
    private var post: ArraySlice<UInt8>?
    private var dev: ArraySlice<UInt8>?
    private var local: [ArraySlice<UInt8>] = []

    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        let version = try PythonVersion(&rest, text)
        version.encode(into: &writer)
    }

    private init(_ rest: inout ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        _ = rest.take(word: "v")
        try takeRelease(&rest, text)
        takePre(&rest)
        takePost(&rest)
        takeDev(&rest)
        try takeLocal(&rest, text)
        guard rest.isEmpty else { throw text.malformed(rest.startIndex, "is not a PEP 440 version") }
    }

    private mutating func takeRelease(_ rest: inout ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        var number = rest.takeDigits()
        guard !number.isEmpty else { throw text.malformed(rest.startIndex, "release number is missing") }
        if rest.take(UInt8(ascii: "!")) {
            epoch = number
            number = rest.takeDigits()
            guard !number.isEmpty else { throw text.malformed(rest.startIndex, "release number is missing") }
        }
        release.append(number)
        while rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, isDigit(next) {
            rest.removeFirst()
            release.append(rest.takeDigits())
        }
    }

    private mutating func takePre(_ rest: inout ArraySlice<UInt8>) {
        let words: [(StaticString, UInt8)] = [
            ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("preview", 3), ("pre", 3), ("c", 3), ("rc", 3),
        ]
        for (word, rank) in words {
            if let number = PythonVersion.takeNumber(after: word, &rest) {
                pre = (rank, number)
                return
            }
        }
    }

    private mutating func takePost(_ rest: inout ArraySlice<UInt8>) {
        if rest.first == UInt8(ascii: "-"), let next = rest.dropFirst().first, isDigit(next) {
            rest.removeFirst()
            post = rest.takeDigits()
            return
        }
        for word: StaticString in ["post", "rev", "r"] {
            if let number = PythonVersion.takeNumber(after: word, &rest) {
                post = number
                return
            }
        }
    }

    private mutating func takeDev(_ rest: inout ArraySlice<UInt8>) {
        dev = PythonVersion.takeNumber(after: "dev", &rest)
    }

    private mutating func takeLocal(_ rest: inout ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        guard rest.take(UInt8(ascii: "+")) else { return }
        repeat {
            let segment = rest.take { isDigit($0) || isLetter($0) }
            guard !segment.isEmpty else { throw text.malformed(rest.startIndex, "local version is empty") }
            local.append(segment)
        } while PythonVersion.takeSeparator(&rest)
    }

    /// Removes `[separator] word [separator] [digits]`; the digits, or `nil` when the word does not stand there.
    private static func takeNumber(after word: StaticString, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var ahead = rest
        _ = takeSeparator(&ahead)
        guard ahead.take(word: word) else { return nil }
        _ = takeSeparator(&ahead)
        let number = ahead.takeDigits()
        rest = ahead
        return number
    }

    private static func takeSeparator(_ rest: inout ArraySlice<UInt8>) -> Bool {
        rest.take(UInt8(ascii: ".")) || rest.take(UInt8(ascii: "-")) || rest.take(UInt8(ascii: "_"))
    }

    private func encode(into writer: inout KeyWriter) {
        writer.append(number: epoch)
        let significant = release.reversed().drop { $0.allSatisfy { $0 == 0x30 } }
        for number in significant.reversed() { writer.append(number: number) }
        writer.append(0x00)
        if let pre {
            writer.append(pre.rank)
            writer.append(number: pre.number)
        } else {
            writer.append(post == nil && dev != nil ? 0x00 : 0x04)
        }
        writer.append(post == nil ? 0x00 : 0x01)
        if let post { writer.append(number: post) }
        writer.append(dev == nil ? 0x01 : 0x00)
        if let dev { writer.append(number: dev) }
        encodeLocal(into: &writer)
    }

    private func encodeLocal(into writer: inout KeyWriter) {
        writer.append(local.isEmpty ? 0x00 : 0x01)
        guard !local.isEmpty else { return }
        for segment in local {
            if segment.allSatisfy(isDigit) {
                writer.append(0x02)
                writer.append(number: segment)
            } else {
                writer.append(0x01)
                writer.append(contentsOf: segment.lazy.map(lowercase))
                writer.append(0x00)
            }
        }
        writer.append(0x00)
    }
}
