import Versioning

/// Words that stand where a version should, in ecosystems whose order has a place for any text.
///
/// `latest`, `${project.version}`, `^1.2` and `dev-main` are read, as PyPI's legacy versions are and what Maven takes, and mostly sort before every
/// version: each range from the beginning would hold them. But nobody knows which version is installed, and an unknown one is undetermined, never
/// "affected by all". What an advisory names itself, as PyPI's `trunk`, is no placeholder there.
enum PlaceholderVersion {
    /// Whether a text is none of the versions that its ecosystem's ranges can speak of.
    static func isOne(_ version: UnsafeRawBufferPointer, in ordering: VersionOrdering) -> Bool {
        switch ordering {
        case .pypi:
            // Legacy versions that were ever published begin with a number, but for a handful that advisories list.
            return !beginsWithNumber(version) || version.contains(where: isMark)
        // Composer has no order among branches and versions, only requirements that name a branch.
        case .packagist: return version.starts(with: "dev-".utf8)
        case .maven, .conan, .generic, .deb, .rpm, .alpm:
            return !version.contains(where: isDigit) || version.contains(where: isMark)
        case .npm, .semver, .crates, .hex, .pub, .swift, .golang: return hasWildcard(version)
        case .apk, .rubygems, .nuget, .cran, .hackage: return false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// What requirements and unresolved properties have and no version has: `$ ( ) * , ; < = > [ ] { | }`.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x24, 0x28, 0x29, 0x2A, 0x2C, 0x3B...0x3E, 0x5B, 0x5D, 0x7B...0x7D: true
        default: false
        }
    }

    private static func beginsWithNumber(_ version: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start < version.count, version[start] == 0x20 || version[start] == 0x09 { start += 1 }
        if start < version.count, version[start] | 0x20 == UInt8(ascii: "v") { start += 1 }
        return start < version.count && isDigit(version[start])
    }

    /// Whether a part of the version's numbers is `x`, as in `1.x` and `1.X.3`. Asked of each version, so it makes nothing on the way.
    private static func hasWildcard(_ version: UnsafeRawBufferPointer) -> Bool {
        var before = UInt8(ascii: ".")
        for index in version.indices {
            let byte = version[index]
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") { return false }
            if byte | 0x20 == UInt8(ascii: "x"), before == UInt8(ascii: "."), endsPart(version, at: index + 1) {
                return true
            }
            before = byte
        }
        return false
    }

    private static func endsPart(_ version: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard index < version.count else { return true }
        return [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(version[index])
    }
}
