/// Conan versions: dotted items, then a pre-release behind `-`, then a build behind `+`, which counts.
///
/// Key:
///
///     items ( 0x00 items | 0x01 ) ( 0x00 | 0x01 items )
///     items = { item } 0x00, without zeros at the end
///     item  = 0x03 number text 0x00 | 0xff text 0x00
///
/// The first choice is the pre-release, older than none, the second the build, newer than none. An item is its leading
/// digits by value and the rest as text (`1.1.1s`); one that begins with a letter (`cci.20230101`) is newer than any number.
/// Conan compares an item that mixes digits and letters as text, so `10` is before `9a` there; here `9a` comes first.
///
/// - Source: <https://docs.conan.io/2/tutorial/versioning/version_ranges.html>, `conan/internal/model/version.py`
enum ConanVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var main = text.trimmed
        guard !main.isEmpty else { throw text.malformed(0, "version is empty") }
        if let bad = main.firstIndex(where: { $0 <= 0x20 || $0 >= 0x7f }) {
            throw text.malformed(bad, "character is not allowed")
        }
        var build: ArraySlice<UInt8>?
        var pre: ArraySlice<UInt8>?
        if let plus = main.lastIndex(of: UInt8(ascii: "+")) { (build, main) = (main[(plus + 1)...], main[..<plus]) }
        if let dash = main.lastIndex(of: UInt8(ascii: "-")) { (pre, main) = (main[(dash + 1)...], main[..<dash]) }
        encode(items: main, into: &writer)
        writer.append(pre == nil ? 0x01 : 0x00)
        if let pre { encode(items: pre, into: &writer) }
        writer.append(build == nil ? 0x00 : 0x01)
        if let build { encode(items: build, into: &writer) }
    }

    private static func encode(items bytes: ArraySlice<UInt8>, into writer: inout KeyWriter) {
        var items = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        while let last = items.last, last.allSatisfy({ $0 == 0x30 }) { items.removeLast() }
        for item in items {
            var rest = item
            let digits = rest.takeDigits()
            if digits.isEmpty {
                writer.append(0xff)
                writer.append(contentsOf: rest)
            } else {
                writer.append(0x03)
                writer.append(number: digits)
                writer.append(contentsOf: rest)
            }
            writer.append(0x00)
        }
        writer.append(0x00)
    }
}
