/// Brings the package names of advisories to the form in which look-ups ask for them.
///
/// The rules are those of package URLs, which `PackageIdentity` follows on the other side of a match: PyPI folds case and
/// separators (PEP 503), others fold case. The rest tell names apart by case or have no rule there, so theirs stay.
enum PackageNames {
    static func normalised(_ name: String, scope: String) -> String {
        switch scope.prefix(while: { $0 != ":" }) {
        case "PyPI": folded(name)
        case "Packagist", "Hex", "Bitnami", "Pub", "GitHub Actions", "Debian", "Ubuntu", "Alpine", "Wolfi",
            "Chainguard":
            lowercased(name)
        default: name
        }
    }

    /// ASCII lowercase with each run of `-`, `_` and `.` as one `-`.
    private static func folded(_ name: String) -> String {
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

    private static func lowercased(_ name: String) -> String {
        // Almost every name is in lowercase already.
        guard name.utf8.contains(where: { lowercase($0) != $0 }) else { return name }
        return String(decoding: name.utf8.map(lowercase), as: UTF8.self)
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
