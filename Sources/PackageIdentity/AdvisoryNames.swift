/// The spelling under which advisories are filed: one per package, where an ecosystem has several for the same one.
public enum AdvisoryNames {
    /// Folds what the ecosystem does not tell apart; both sides of a match go through here.
    ///
    /// - Parameters:
    ///   - name: As an advisory or a package has it.
    ///   - scope: An OSV ecosystem, with or without a release.
    /// - Returns: For PyPI lowercase with each run of `-`, `_` and `.` as one `-` (PEP 503); lowercase where case does not count;
    ///   else `name` itself. Go's module paths do tell case apart, but the specification of package URLs has them in small letters, so many
    ///   inventories do not, and no two modules differ in nothing else.
    public static func canonical(_ name: String, scope: String) -> String {
        switch Substring(scope.utf8.prefix { $0 != UInt8(ascii: ":") }) {
        case "PyPI": foldedSeparators(name)
        case "Packagist", "Hex", "Bitnami", "Pub", "GitHub Actions", "NuGet", "SwiftURL", "VSCode", "Debian", "Ubuntu",
            "Alpine", "Wolfi", "Chainguard", "MinimOS", "Go":
            asciiLowercase(name)
        default: name
        }
    }

    private static func foldedSeparators(_ name: String) -> String {
        if isFolded(name.utf8) { return name }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count)
        for byte in name.utf8 {
            let isSeparator = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            if !isSeparator {
                bytes.append(lowercase(byte))
            } else if bytes.last != UInt8(ascii: "-") {
                bytes.append(UInt8(ascii: "-"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a name is as ``foldedSeparators(_:)`` would write it, as most are.
    private static func isFolded(_ name: String.UTF8View) -> Bool {
        var isBehindDash = false
        for byte in name {
            let isDash = byte == UInt8(ascii: "-")
            if byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || (isDash && isBehindDash) { return false }
            if lowercase(byte) != byte { return false }
            isBehindDash = isDash
        }
        return true
    }
}
