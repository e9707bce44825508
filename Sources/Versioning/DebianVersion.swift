/// Debian versions, `[epoch:]upstream[-revision]`, in the order of dpkg.
///
/// Key: the epoch as a number, then upstream and revision, each as dpkg's `verrevcmp` walks them: non-digits and digits by
/// turns, beginning with (perhaps no) non-digits.
///
///     part  = { run number } 0x02
///     run   = { weight } 0x02
///     weight: '~' 0x01, letter its ASCII code, other ASCII its code + 0x80, beyond ASCII 0x7b and the byte
///
/// The end of a run (0x02) sorts behind `~` and before everything else, as dpkg has it. A part that ends with non-digits
/// gets the number 0 behind them, as dpkg does; so `1.` equals `1.0`. A missing revision is the empty part, which equals `0`.
///
/// Taken is what `dpkg --compare-versions` takes, which is more than Policy allows: it warns about characters that have no
/// place in a version and compares them all the same.
///
/// - Source: Debian Policy 5.6.12, <https://www.debian.org/doc/debian-policy/ch-controlfields.html#version>, and
///   `lib/dpkg/version.c`, `lib/dpkg/parsehelp.c` of dpkg 1.21.
enum DebianVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if let bad = rest.firstPlace(where: { $0 == 0 || isSpace($0) }) {
            throw VersionFault(bad, "character is not allowed")
        }
        key.append(number: try takeEpoch(&rest))
        guard !rest.isEmpty else { throw VersionFault(rest.start, "nothing after the epoch") }
        guard let dash = rest.lastPlace(of: UInt8(ascii: "-")) else {
            encode(part: rest, into: &key)
            return encode(part: rest.none, into: &key)
        }
        guard dash > rest.start else { throw VersionFault(dash, "upstream version is empty") }
        guard dash + 1 < rest.end else { throw VersionFault(dash, "revision is empty") }
        encode(part: rest.upTo(dash), into: &key)
        encode(part: rest.from(dash + 1), into: &key)
    }

    /// Removes the epoch and its colon; empty when there is none. At most 2,147,483,647, as in dpkg.
    ///
    /// Policy has digits alone. dpkg reads them with strtol(3), which takes a sign, and refuses what is below zero: so "+1" is 1
    /// and "-0" is 0.
    private static func takeEpoch(_ rest: inout VersionBytes) throws(VersionFault) -> VersionBytes {
        guard let colon = rest.firstPlace(of: UInt8(ascii: ":")) else { return rest.none }
        var epoch = rest.upTo(colon)
        let isNegative = epoch.take(UInt8(ascii: "-"))
        if !isNegative { _ = epoch.take(UInt8(ascii: "+")) }
        guard !epoch.isEmpty, epoch.isNumber else { throw VersionFault(epoch.start, "epoch is not a number") }
        var value = 0
        for place in epoch.start..<epoch.end where value <= Int32.max {
            value = value * 10 + Int(epoch.whole[place] - 0x30)
        }
        guard value <= Int32.max else { throw VersionFault(epoch.start, "epoch is too large") }
        guard !isNegative || value == 0 else { throw VersionFault(epoch.start, "epoch is negative") }
        rest = rest.from(colon + 1)
        return epoch
    }

    private static func encode(part: VersionBytes, into key: inout KeyBuffer) {
        var rest = part
        repeat {
            while !rest.isEmpty, !isDigit(rest.first) {
                appendWeight(rest.first, to: &key)
                rest.removeFirst()
            }
            key.append(0x02)
            key.append(number: rest.takeDigits())
        } while !rest.isEmpty
        key.append(0x02)
    }

    /// dpkg adds 256 to what is no letter; its characters are signed, so those beyond ASCII stay below other symbols.
    @inline(__always) private static func appendWeight(_ byte: UInt8, to key: inout KeyBuffer) {
        if byte == UInt8(ascii: "~") { return key.append(0x01) }
        if isLetter(byte) { return key.append(byte) }
        if byte >= 0x80 { key.append(0x7b) }
        key.append(byte | 0x80)
    }
}
