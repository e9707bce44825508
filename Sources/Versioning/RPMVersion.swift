/// RPM versions, `[epoch:]version[-release]`, in the order of rpm's `rpmvercmp`.
///
/// Key: the epoch as a number, the version as a part, then 0x00 without a release (older than with any) or 0x01 and the
/// release as a part.
///
///     part  = { token } 0x01
///     token = 0x00 ('~') | 0x02 ('^') | 0x03 letters 0x00 | number
///
/// So `~` sorts before the end (0x01), `^` right behind it, letters before numbers. Everything else only separates.
///
/// - Source: `rpmio/rpmvercmp.c` and `rpmio/rpmver.c` of rpm 4.18, <https://rpm-software-management.github.io/rpm/manual/dependencies.html>
enum RPMVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        guard !rest.isEmpty else { throw text.malformed(0, "version is empty") }
        if let bad = rest.firstIndex(where: { $0 <= 0x20 || $0 == 0x7f }) {
            throw text.malformed(bad, "character is not allowed")
        }
        var ahead = rest
        let epoch = ahead.takeDigits()
        if ahead.take(UInt8(ascii: ":")) {
            writer.append(number: epoch)
            rest = ahead
        } else {
            writer.append(number: 0)
        }
        guard let dash = rest.lastIndex(of: UInt8(ascii: "-")) else {
            encode(part: rest, into: &writer)
            return writer.append(0x00)
        }
        encode(part: rest[..<dash], into: &writer)
        writer.append(0x01)
        encode(part: rest[(dash + 1)...], into: &writer)
    }

    private static func encode(part: ArraySlice<UInt8>, into writer: inout KeyWriter) {
        var rest = part
        while let byte = rest.first {
            if isDigit(byte) {
                writer.append(number: rest.takeDigits())
            } else if isLetter(byte) {
                writer.append(0x03)
                writer.append(contentsOf: rest.take(while: isLetter))
                writer.append(0x00)
            } else {
                rest.removeFirst()
                if byte == UInt8(ascii: "~") { writer.append(0x00) }
                if byte == UInt8(ascii: "^") { writer.append(0x02) }
            }
        }
        writer.append(0x01)
    }
}
