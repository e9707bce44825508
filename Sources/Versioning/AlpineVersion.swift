/// Alpine versions, `1.2.3a_rc1_p2~hash-r4`, in the order of apk-tools 3, which is that of 2 for what both take.
///
/// Beyond apk-tools 3 a number may follow a letter (`1.8.28p1`), as apk-tools 2 and Alpine's older advisories have it. Numbers
/// have any length; apk-tools wraps them around at 2^64.
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

    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        let first = rest.takeDigits()
        guard !first.isEmpty else { throw VersionFault(rest.start, "number is missing") }
        key.append(number: first)
        var last = Kind.number
        while !rest.isEmpty {
            let (place, byte) = (rest.start, rest.first)
            switch byte {
            case UInt8(ascii: ".") where last == .number:
                rest.removeFirst()
                try encodeNumber(rest.takeDigits(), place, into: &key)
            case 0x61...0x7a where last == .number:
                key.append(0x0e)
                key.append(byte)
                rest.removeFirst()
                last = .letter
            case 0x30...0x39 where last == .letter:
                try encodeNumber(rest.takeDigits(), place, into: &key)
                last = .number
            case 0x30...0x39 where last == .suffix:
                key.append(0x08)
                key.append(number: rest.takeDigits())
                last = .suffixNumber
            case UInt8(ascii: "_") where last.rawValue <= Kind.suffixNumber.rawValue:
                rest.removeFirst()
                guard let rank = suffixRank(rest.take { (0x61...0x7a).contains($0) }) else {
                    throw VersionFault(place, "suffix is unknown")
                }
                key.append(rank)
                last = .suffix
            default: last = try encodeTail(&rest, after: last, into: &key)
            }
        }
        key.append(0x05)
    }

    /// Reads `~hash` or `-rN`.
    private static func encodeTail(
        _ rest: inout VersionBytes, after last: Kind, into key: inout KeyBuffer
    ) throws(VersionFault) -> Kind {
        let place = rest.start
        if last.rawValue < Kind.hash.rawValue, rest.take(UInt8(ascii: "~")) {
            let hash = rest.take { isDigit($0) || (0x61...0x66).contains($0) }
            guard !hash.isEmpty else { throw VersionFault(place, "hash is empty") }
            key.append(0x07)
            key.append(hash)
            key.append(0x00)
            return .hash
        }
        guard last.rawValue < Kind.revision.rawValue, rest.first == UInt8(ascii: "-"), rest.second == UInt8(ascii: "r")
        else { throw VersionFault(place, "character is not allowed here") }
        rest.removeFirst(2)
        let number = rest.takeDigits()
        guard !number.isEmpty else { throw VersionFault(place, "revision is empty") }
        key.append(0x06)
        key.append(number: number)
        return .revision
    }

    private static func encodeNumber(
        _ digits: VersionBytes, _ place: Int, into key: inout KeyBuffer
    ) throws(VersionFault) {
        guard !digits.isEmpty else { throw VersionFault(place, "number is missing") }
        key.append(0x0f)
        guard digits.first == 0x30 else { return key.append(number: digits) }
        key.append(0x00)
        key.append(digits)
        key.append(0x00)
    }

    private static func suffixRank(_ word: VersionBytes) -> UInt8? {
        if word.isWord("alpha") { return 0x01 }
        if word.isWord("beta") { return 0x02 }
        if word.isWord("pre") { return 0x03 }
        if word.isWord("rc") { return 0x04 }
        if word.isWord("cvs") { return 0x09 }
        if word.isWord("svn") { return 0x0a }
        if word.isWord("git") { return 0x0b }
        if word.isWord("hg") { return 0x0c }
        return word.isWord("p") ? 0x0d : nil
    }
}
