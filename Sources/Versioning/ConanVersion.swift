/// Conan versions: dotted items, a pre-release behind the first `-`, a build behind the last `+`, which counts.
///
/// Key:
///
///     items ( 0x00 items | 0x01 ) ( 0x00 | 0x01 items )
///     items = { item } 0x00, without zeros at the end
///     item  = 0x02 text 0x00 | 0x03 number text 0x00 | 0xff text 0x00
///
/// The first choice is the pre-release, older than none, the second the build, newer than none. An item is its leading
/// digits by value and the rest as text (`1.1.1s`); one that begins with a letter (`cci.20230101`) is newer than any number,
/// one that is empty or begins with a symbol older (0x02), as text has it.
///
/// Conan's order is none: items that are numbers compare by value, but with an item that mixes digits and letters as text, so
/// `20` < `100` < `1a` < `20`. The key takes the digits of such an item by value: `9a` < `10` < `10a`. Conan also reads `1_0` and, in
/// pre-releases, `-5` as numbers, which are text here.
///
/// - Source: <https://docs.conan.io/2/tutorial/versioning/version_ranges.html>, `conan/internal/model/version.py`
enum ConanVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var main = version
        if let bad = main.firstPlace(where: { $0 <= 0x20 || $0 >= 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        let plus = main.lastPlace(of: UInt8(ascii: "+"))
        let build = plus.map { main.from($0 + 1) }
        if let plus { main = main.upTo(plus) }
        let dash = main.firstPlace(of: UInt8(ascii: "-"))
        let pre = dash.map { main.from($0 + 1) }
        if let dash { main = main.upTo(dash) }
        encode(items: main, into: &key)
        key.append(pre == nil ? 0x01 : 0x00)
        if let pre { encode(items: pre, into: &key) }
        key.append(build == nil ? 0x00 : 0x01)
        if let build { encode(items: build, into: &key) }
    }

    private static func encode(items: VersionBytes, into key: inout KeyBuffer) {
        var rest = items
        var zeros = 0
        var isMore = true
        while isMore {
            let item = rest.take { $0 != UInt8(ascii: ".") }
            isMore = rest.take(UInt8(ascii: "."))
            if item.isZero, !item.isEmpty {
                zeros += 1
                continue
            }
            for _ in 0..<zeros {
                key.append(0x03)
                key.appendZero()
                key.append(0x00)
            }
            zeros = 0
            encode(item: item, into: &key)
        }
        key.append(0x00)
    }

    private static func encode(item: VersionBytes, into key: inout KeyBuffer) {
        var rest = item
        let digits = rest.takeDigits()
        if digits.isEmpty {
            key.append(rest.first < 0x30 ? 0x02 : 0xff)
        } else {
            key.append(0x03)
            key.append(number: digits)
        }
        key.append(rest)
        key.append(0x00)
    }
}
