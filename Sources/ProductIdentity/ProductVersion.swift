import PackageIdentity

/// How a product's version is brought to the form in which product statements write it.
enum VersionStyle: Sendable, Hashable {
    /// As it is.
    case plain
    /// Only so many numbers of it.
    case parts(Int)
    /// Java's: `1.8.0_392`, `8u392` and `8.0.3920.8` mean version 1.8.0, update `update392`.
    case java
    /// `9.3p1` means version 9.3, update `p1`.
    case patch

    init?(_ text: String) {
        switch text {
        case "plain": self = .plain
        case "java": self = .java
        case "patch": self = .patch
        default:
            guard text.hasPrefix("parts:"), let count = Int(text.dropFirst(6)), (1...9).contains(count) else {
                return nil
            }
            self = .parts(count)
        }
    }
}

/// A version taken apart as CPE names have it.
struct ProductVersion: Hashable {
    var version: String
    var update: String?

    /// - Parameters:
    ///   - text: As the application or the package states it.
    ///   - packageType: Whose packages number their own builds behind the product's version; `nil` for none.
    init(_ text: String, style: VersionStyle, packageType: String? = nil) {
        var text = Substring(text.split(whereSeparator: { $0 == " " || $0 == "\t" }).first ?? "")
        if text.first == "v" || text.first == "V", text.dropFirst().first?.isNumber == true { text = text.dropFirst() }
        switch packageType {
        // Tags and builds of Debian's, Homebrew's and conda's kind: "1.25.3-alpine", "1.25.3_1"; epochs before them: "1:1.25.3-2".
        case "docker", "oci", "conda", "snap": text = text.prefix { $0 != "-" && $0 != "+" }
        case "deb", "rpm", "apk", "alpm":
            if let colon = text.firstIndex(of: ":") { text = text[text.index(after: colon)...] }
            text = text.prefix { $0 != "-" && $0 != "+" }
        case "brew": text = text.prefix { $0 != "_" }
        default: break
        }
        version = String(text)
        apply(style)
    }

    private mutating func apply(_ style: VersionStyle) {
        switch style {
        case .plain: break
        case .parts(let count):
            version = version.split(separator: ".", omittingEmptySubsequences: false).prefix(count).joined(
                separator: ".")
        case .patch:
            guard let mark = version.firstIndex(of: "p"), let digit = version[mark...].dropFirst().first, digit.isNumber
            else {
                return
            }
            update = String(version[mark...])
            version = String(version[..<mark])
        case .java: applyJava()
        }
    }

    /// From version 9 on Java's versions are ordinary ones.
    private mutating func applyJava() {
        let base = version.prefix { $0 != "-" && $0 != "+" }
        if let mark = base.firstIndex(where: { $0 == "_" || $0 == "u" }), base.hasPrefix("1.") || !base.hasPrefix("u") {
            let number = base[..<mark]
            let major = number.hasPrefix("1.") ? String(number) : "1.\(number).0"
            (version, update) = (major, "update\(base[base.index(after: mark)...])")
            return
        }
        let numbers = base.split(separator: ".")
        if numbers.first == "8", numbers.count >= 3, numbers[1] == "0", numbers[2].count >= 2 {
            (version, update) = ("1.8.0", "update\(numbers[2].dropLast())")
        } else {
            version = String(base)
        }
    }
}
