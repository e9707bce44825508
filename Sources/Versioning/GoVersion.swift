/// Go module versions as `golang.org/x/mod/semver` orders them, and versions of the Go toolchain itself.
///
/// The key is that of ``SemanticVersion``: pseudo-versions are pre-releases, `+incompatible` is build metadata and does not
/// order. The leading `v` may be missing, as in advisories. Toolchain versions take the form their advisories use: `go1.21rc2` and `1.21rc2`
/// are `1.21.0-rc.2`; `go1.21` is the language version, which since 1.21 comes before the first release candidate, and
/// before that the release `1.20.0`.
///
/// - Source: <https://pkg.go.dev/golang.org/x/mod/semver>, <https://go.dev/doc/toolchain#version>
enum GoVersion {
    static func encode(_ version: VersionBytes, tolerant: Bool, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        let isToolchain = rest.take(word: "go")
        if isToolchain || isDigit(rest.first) {
            if encode(toolchain: rest, isNamed: isToolchain, into: &key) { return }
            key.truncate(to: 0)
        }
        try SemanticVersion.encode(rest, .golang(tolerant: tolerant), into: &key)
    }

    /// Writes the key of `1.21rc2`, `1.20beta1`, and with its name `1.21`; answers `false` for other shapes.
    private static func encode(toolchain: VersionBytes, isNamed: Bool, into key: inout KeyBuffer) -> Bool {
        var rest = toolchain
        let major = rest.takeDigits()
        guard !major.isEmpty, !major.hasLeadingZero, rest.take(UInt8(ascii: ".")) else { return false }
        let minor = rest.takeDigits()
        guard !minor.isEmpty, !minor.hasLeadingZero else { return false }
        let patch = rest.take(UInt8(ascii: ".")) ? rest.takeDigits() : rest.none
        if patch.isEmpty, rest.isEmpty { return isNamed && encode(language: major, minor, into: &key) }
        guard !patch.hasLeadingZero else { return false }
        let word = rest.take(while: isLetter)
        guard rest.isNumber, !rest.isEmpty, word.isWord("rc") || word.isWord("beta") else { return false }
        append(major, minor, to: &key)
        key.append(number: patch)
        key.append(0x00)
        key.append(0x02)
        key.append(lowercased: word)
        key.append(0x00)
        key.append(0x01)
        key.append(number: rest)
        key.append(0x00)
        return true
    }

    /// Writes an empty pre-release, the oldest there can be, for `go1.21` and newer.
    private static func encode(language major: VersionBytes, _ minor: VersionBytes, into key: inout KeyBuffer) -> Bool {
        let isOld = minor.count < 2 || minor.count == 2 && (minor.first, minor.last) < (0x32, 0x31)
        guard major.count > 1 || major.first > 0x31 || !isOld else { return false }
        append(major, minor, to: &key)
        key.appendZero()
        key.append(0x00)
        key.append(0x00)
        return true
    }

    private static func append(_ major: VersionBytes, _ minor: VersionBytes, to key: inout KeyBuffer) {
        key.append(number: major)
        key.append(number: minor)
    }
}
