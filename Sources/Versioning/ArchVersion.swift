/// Arch Linux versions, `[epoch:]version[-release]`, in the order of pacman's `vercmp`.
///
/// Key: the epoch as a number, the version as a part, then 0x00 without a release or 0x01 and the release as a part.
///
///     part    = { segment } 0x02
///     segment = 0x01 letters 0x00                    letters right behind digits: older than the end (1.0rc < 1.0)
///             | n 0x00 letters 0x00 | n 0x01 number  any other, n = 3 + count of separators before it
///             | 0x04 0x00 0xff                       separators that nothing follows, however many
///
/// vercmp is no total order: it leaves the release out when one side has none (`1-1` = `1` = `1-2`), and separators that nothing
/// follows go in circles with runs of separators (`1.` > `1..a` > `1.0` > `1.`). In the key a missing release is the
/// oldest one, and separators at the end are between one separator and letters and one separator and a number, as vercmp has
/// those. ``compare(_:_:)`` alone leaves out the release as vercmp does.
///
/// - Source: `lib/libalpm/version.c` of pacman 6, <https://man.archlinux.org/man/vercmp.8>
enum ArchVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        if let bad = rest.firstPlace(where: { $0 <= 0x20 || $0 >= 0x7f }) {
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
            try encode(part: rest, into: &key)
            return key.append(0x00)
        }
        try encode(part: rest.upTo(dash), into: &key)
        key.append(0x01)
        try encode(part: rest.from(dash + 1), into: &key)
    }

    /// Compares the keys of two versions of which one has a release, up to the releases.
    ///
    /// Keys that first differ at the byte that says whether there is a release are of equal versions.
    static func compareWithoutRelease(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard let place = zip(a, b).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return 0 }
        let isAtRelease = place == a.count - 1 && a[place] == 0x00 || place == b.count - 1 && b[place] == 0x00
        return isAtRelease ? 0 : a[place] < b[place] ? -1 : 1
    }

    private static func encode(part: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = part
        var isFirst = true
        while !rest.isEmpty {
            let separators = rest.take { !isDigit($0) && !isLetter($0) }
            if rest.isEmpty {
                key.append(0x04)
                key.append(0x00)
                key.append(0xff)
                break
            }
            guard separators.count <= 250 else { throw VersionFault(rest.start, "too many separators") }
            let distance = UInt8(3 + separators.count)
            if isDigit(rest.first) {
                key.append(distance)
                key.append(0x01)
                key.append(number: rest.takeDigits())
            } else {
                let isRightBehind = separators.isEmpty && !isFirst
                key.append(isRightBehind ? 0x01 : distance)
                if !isRightBehind { key.append(0x00) }
                key.append(rest.take(while: isLetter))
                key.append(0x00)
            }
            isFirst = false
        }
        key.append(0x02)
    }
}
