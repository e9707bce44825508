/// Arch Linux versions, `[epoch:]version[-release]`, in the order of pacman's `vercmp`.
///
/// Key: the epoch as a number, the version as a part, then 0x00 without a release or 0x01 and the release as a part.
///
///     part    = { segment } 0x02
///     segment = 0x01 letters 0x00                    letters right behind digits: older than the end (1.0rc < 1.0)
///             | n 0x00 letters 0x00 | n 0x01 number  any other, n = 3 + count of separators before it
///
/// vercmp itself leaves the release out when one side has none, and loses transitivity at separators that nothing follows.
/// Here a missing release is the oldest one, and a part that ends with a separator is malformed.
///
/// - Source: `lib/libalpm/version.c` of pacman 6, <https://man.archlinux.org/man/vercmp.8>
enum ArchVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        guard !rest.isEmpty else { throw text.malformed(0, "version is empty") }
        if let bad = rest.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7f }) {
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
            try encode(part: rest, text, into: &writer)
            return writer.append(0x00)
        }
        try encode(part: rest[..<dash], text, into: &writer)
        writer.append(0x01)
        try encode(part: rest[(dash + 1)...], text, into: &writer)
    }

    private static func encode(
        part: ArraySlice<UInt8>, _ text: VersionText, into writer: inout KeyWriter
    ) throws(VersionError) {
        var rest = part
        var isFirst = true
        while !rest.isEmpty {
            let separators = rest.take { !isDigit($0) && !isLetter($0) }
            guard let byte = rest.first else { throw text.malformed(rest.startIndex, "nothing after the separator") }
            guard separators.count <= 250 else { throw text.malformed(rest.startIndex, "too many separators") }
            let distance = UInt8(3 + separators.count)
            if isDigit(byte) {
                writer.append(distance)
                writer.append(0x01)
                writer.append(number: rest.takeDigits())
            } else {
                writer.append(contentsOf: separators.isEmpty && !isFirst ? [0x01] : [distance, 0x00])
                writer.append(contentsOf: rest.take(while: isLetter))
                writer.append(0x00)
            }
            isFirst = false
        }
        writer.append(0x02)
    }
}
