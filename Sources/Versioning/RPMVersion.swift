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
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if let bad = rest.firstPlace(where: { $0 <= 0x20 || $0 == 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        var ahead = rest
        let epoch = ahead.takeDigits()
        if ahead.take(UInt8(ascii: ":")) {
            key.append(number: epoch)
            rest = ahead
        } else {
            key.appendZero()
        }
        guard let dash = rest.lastPlace(of: UInt8(ascii: "-")) else {
            encode(part: rest, into: &key)
            return key.append(0x00)
        }
        encode(part: rest.upTo(dash), into: &key)
        key.append(0x01)
        encode(part: rest.from(dash + 1), into: &key)
    }

    private static func encode(part: VersionBytes, into key: inout KeyBuffer) {
        var rest = part
        while !rest.isEmpty {
            let byte = rest.first
            if isDigit(byte) {
                key.append(number: rest.takeDigits())
            } else if isLetter(byte) {
                key.append(0x03)
                key.append(rest.take(while: isLetter))
                key.append(0x00)
            } else {
                rest.removeFirst()
                if byte == UInt8(ascii: "~") { key.append(0x00) }
                if byte == UInt8(ascii: "^") { key.append(0x02) }
            }
        }
        key.append(0x01)
    }
}
