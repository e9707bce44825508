/// Alpine versions, `1.2.3a_rc1_p2~hash-r4`, in the order of apk-tools 3.
///
/// Key: the first number, then tokens, each behind a byte that says where its kind sorts.
///
///     0x01…0x04              _alpha _beta _pre _rc
///     0x05                   the end
///     0x06 number            -r
///     0x07 hash 0x00         ~
///     0x08 number            the number of the suffix before it
///     0x09…0x0d              _cvs _svn _git _hg _p
///     0x0e letter
///     0x0f number            a further number; with a leading zero 0x0f 0x00 digits 0x00, compared as text
///
/// - Source: `src/version.c` of <https://gitlab.alpinelinux.org/alpine/apk-tools>
enum AlpineVersion {
    /// Kinds in the order the grammar allows them.
    private enum Kind: Int { case number, letter, suffix, suffixNumber, hash, revision }

    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        let first = rest.takeDigits()
        guard !first.isEmpty else { throw text.malformed(rest.startIndex, "number is missing") }
        writer.append(number: first)
        var last = Kind.number
        while let byte = rest.first {
            let place = rest.startIndex
            switch byte {
            case UInt8(ascii: ".") where last == .number:
                rest.removeFirst()
                try encodeNumber(rest.takeDigits(), place, text, into: &writer)
            case 0x61...0x7a where last == .number:
                writer.append(0x0e)
                writer.append(byte)
                rest.removeFirst()
                last = .letter
            case 0x30...0x39 where last == .suffix:
                writer.append(0x08)
                writer.append(number: rest.takeDigits())
                last = .suffixNumber
            case UInt8(ascii: "_") where last.rawValue <= Kind.suffixNumber.rawValue:
                rest.removeFirst()
                guard let rank = suffixRank(rest.take { (0x61...0x7a).contains($0) }) else {
                    throw text.malformed(place, "suffix is unknown")
                }
                writer.append(rank)
                last = .suffix
            default: last = try encodeTail(&rest, after: last, text, into: &writer)
            }
        }
        writer.append(0x05)
    }

    /// Reads `~hash` or `-rN`.
    private static func encodeTail(
        _ rest: inout ArraySlice<UInt8>, after last: Kind, _ text: VersionText, into writer: inout KeyWriter
    ) throws(VersionError) -> Kind {
        let place = rest.startIndex
        if last.rawValue < Kind.hash.rawValue, rest.take(UInt8(ascii: "~")) {
            let hash = rest.take { isDigit($0) || (0x61...0x66).contains($0) }
            guard !hash.isEmpty else { throw text.malformed(place, "hash is empty") }
            writer.append(0x07)
            writer.append(contentsOf: hash)
            writer.append(0x00)
            return .hash
        }
        guard last.rawValue < Kind.revision.rawValue, rest.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "r")]) else {
            throw text.malformed(place, "character is not allowed here")
        }
        rest.removeFirst(2)
        let number = rest.takeDigits()
        guard !number.isEmpty else { throw text.malformed(place, "revision is empty") }
        writer.append(0x06)
        writer.append(number: number)
        return .revision
    }

    private static func encodeNumber(
        _ digits: ArraySlice<UInt8>, _ place: Int, _ text: VersionText, into writer: inout KeyWriter
    ) throws(VersionError) {
        guard let first = digits.first else { throw text.malformed(place, "number is missing") }
        writer.append(0x0f)
        guard first == 0x30 else { return writer.append(number: digits) }
        writer.append(0x00)
        writer.append(contentsOf: digits)
        writer.append(0x00)
    }

    private static func suffixRank(_ word: ArraySlice<UInt8>) -> UInt8? {
        switch String(decoding: word, as: UTF8.self) {
        case "alpha": 0x01
        case "beta": 0x02
        case "pre": 0x03
        case "rc": 0x04
        case "cvs": 0x09
        case "svn": 0x0a
        case "git": 0x0b
        case "hg": 0x0c
        case "p": 0x0d
        default: nil
        }
    }
}
