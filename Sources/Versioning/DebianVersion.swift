/// Debian versions, `[epoch:]upstream[-revision]`, in the order of dpkg.
///
/// Key: the epoch as a number, then upstream and revision, each as dpkg's `verrevcmp` walks them: non-digits and digits by
/// turns, beginning with (perhaps no) non-digits.
///
///     part  = { run number } 0x02
///     run   = { weight } 0x02
///     weight: '~' 0x01, letter its ASCII code, anything else its ASCII code + 0x80
///
/// The end of a run (0x02) sorts behind `~` and before everything else, as dpkg has it. A part that ends with non-digits
/// gets the number 0 behind them, as dpkg does; so `1.` equals `1.0`. A missing revision is the empty part, which equals `0`.
///
/// - Source: Debian Policy 5.6.12, <https://www.debian.org/doc/debian-policy/ch-controlfields.html#version>, and
///   `lib/dpkg/version.c`, `lib/dpkg/parsehelp.c` of dpkg 1.21.
enum DebianVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        guard !rest.isEmpty else { throw text.malformed(0, "version is empty") }
        try check(rest, text)
        writer.append(number: try takeEpoch(&rest, text))
        guard !rest.isEmpty else { throw text.malformed(rest.startIndex, "nothing after the epoch") }
        var revision: ArraySlice<UInt8> = []
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            (revision, rest) = (rest[(dash + 1)...], rest[..<dash])
            guard !rest.isEmpty else { throw text.malformed(dash, "upstream version is empty") }
            guard !revision.isEmpty else { throw text.malformed(dash, "revision is empty") }
        }
        encode(part: rest, into: &writer)
        encode(part: revision, into: &writer)
    }

    /// dpkg compares any character with a warning; control characters and bytes outside ASCII are refused here, as no
    /// archive accepts them.
    private static func check(_ bytes: ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        if let bad = bytes.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7f }) {
            throw text.malformed(bad, "character is not allowed")
        }
    }

    /// Removes the epoch and its colon; empty when there is none. At most 2,147,483,647, as in dpkg.
    ///
    /// Policy has digits alone. dpkg reads them with strtol(3), which takes a sign, and refuses what is below zero: so "+1" is 1 and "-0"
    /// is 0.
    private static func takeEpoch(
        _ rest: inout ArraySlice<UInt8>, _ text: VersionText
    ) throws(VersionError) -> ArraySlice<UInt8> {
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return [] }
        var epoch = rest[..<colon]
        let isNegative = epoch.first == UInt8(ascii: "-")
        if isNegative || epoch.first == UInt8(ascii: "+") { epoch = epoch.dropFirst() }
        guard !epoch.isEmpty, epoch.allSatisfy(isDigit) else {
            throw text.malformed(epoch.startIndex, "epoch is not a number")
        }
        guard let value = Int(String(decoding: epoch, as: UTF8.self)), value <= Int32.max else {
            throw text.malformed(epoch.startIndex, "epoch is too large")
        }
        guard !isNegative || value == 0 else { throw text.malformed(epoch.startIndex, "epoch is negative") }
        rest = rest[(colon + 1)...]
        return epoch
    }

    private static func encode(part: ArraySlice<UInt8>, into writer: inout KeyWriter) {
        var rest = part
        repeat {
            while let byte = rest.first, !isDigit(byte) {
                writer.append(weight(byte))
                rest.removeFirst()
            }
            writer.append(0x02)
            writer.append(number: rest.takeDigits())
        } while !rest.isEmpty
        writer.append(0x02)
    }

    private static func weight(_ byte: UInt8) -> UInt8 {
        if byte == UInt8(ascii: "~") { return 0x01 }
        return isLetter(byte) ? byte : byte | 0x80
    }
}
