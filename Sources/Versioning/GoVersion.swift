/// Go module versions as `golang.org/x/mod/semver` orders them, and versions of the Go toolchain itself.
///
/// The key is that of ``SemanticVersion``. The leading `v` may be missing, as in advisories. Toolchain versions take the
/// form their advisories use: `go1.21rc2` and `1.21rc2` are `1.21.0-rc.2`.
///
/// - Source: <https://pkg.go.dev/golang.org/x/mod/semver>, <https://go.dev/doc/toolchain#version>
enum GoVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        let isToolchain = rest.take(word: "go")
        guard isToolchain || rest.first.map(isDigit) == true, let converted = fromToolchain(rest) else {
            return try SemanticVersion.encode(rest, of: text, strict: true, into: &writer)
        }
        try SemanticVersion.encode(converted[...], of: text, strict: true, into: &writer)
    }

    /// `1.21rc2` → `1.21.0-rc.2`, `1.20beta1` → `1.20.0-beta.1`; `nil` for other shapes.
    private static func fromToolchain(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        let numbers = rest.take { isDigit($0) || $0 == UInt8(ascii: ".") }
        let word: ArraySlice<UInt8> = rest.take(while: isLetter)
        let number = rest.takeDigits()
        guard rest.isEmpty, !number.isEmpty, ["rc", "beta"].contains(String(decoding: word, as: UTF8.self)) else {
            return nil
        }
        let missing = 2 - numbers.count { $0 == UInt8(ascii: ".") }
        guard missing >= 0 else { return nil }
        let zeros = Array(repeating: Array(".0".utf8), count: missing).joined()
        return Array(numbers) + zeros + [UInt8(ascii: "-")] + word + [UInt8(ascii: ".")] + number
    }
}
