/// The operating system a machine says it runs, as read from its os-release(5).
///
/// - Source: <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
public struct OperatingSystem: Sendable, Hashable, Codable {
    /// `ID` in lowercase, e.g. `debian`; `linux` when the file does not say.
    public var id: String
    /// `VERSION_ID`, e.g. `12`, `22.04`, `3.18.4`; `nil` on rolling systems and Debian testing.
    public var versionID: String?
    /// `VERSION_CODENAME`, e.g. `bookworm`; `nil` when the file does not say.
    public var codename: String?
    /// `PRETTY_NAME` for people, e.g. `Debian GNU/Linux 12 (bookworm)`; `Linux` when the file does not say.
    public var prettyName: String
    /// `ID_LIKE`, closest relative first; may be empty.
    public var idLike: [String]

    /// Puts one together from values that were read elsewhere.
    public init(id: String, versionID: String?, codename: String?, prettyName: String, idLike: [String]) {
        self.id = id
        self.versionID = versionID
        self.codename = codename
        self.prettyName = prettyName
        self.idLike = idLike
    }

    /// Reads the text of an os-release file; lines it does not understand are left out.
    ///
    /// - Parameter text: Shell-like assignments. Later lines win over earlier ones, as in a shell.
    public init(osRelease text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard let equals = line.firstIndex(of: "="), !line.hasPrefix("#") else { continue }
            let key = line[..<equals]
            guard OperatingSystem.keys.contains(key) else { continue }
            values[key] = OperatingSystem.unquote(line[line.index(after: equals)...])
        }
        func value(_ key: Substring) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }
        id = asciiLowercase(value("ID") ?? "linux")
        versionID = value("VERSION_ID")
        codename = value("VERSION_CODENAME") ?? value("UBUNTU_CODENAME")
        prettyName = value("PRETTY_NAME") ?? value("NAME") ?? "Linux"
        idLike = value("ID_LIKE")?.split(separator: " ").map { asciiLowercase(String($0)) } ?? []
    }

    /// The distribution whose advisories apply; `nil` when the file names none.
    ///
    /// Derivatives with releases of their own (Linux Mint, Raspbian) are not taken for what they derive from.
    public var distribution: Distribution? {
        id == "linux" ? nil : Distribution(id: id, versionID: versionID, codename: codename)
    }

    private static let keys: Set<Substring> = [
        "ID", "VERSION_ID", "VERSION_CODENAME", "UBUNTU_CODENAME", "PRETTY_NAME", "NAME", "ID_LIKE",
    ]

    /// Removes the quotes and backslashes that a shell would remove.
    private static func unquote(_ text: Substring) -> String {
        var result = ""
        var quote: Character?
        var escaped = false
        for character in text {
            if escaped {
                result.append(character)
                escaped = false
            } else if character == "\\", quote != "'" {
                escaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { result.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == " " || character == "\t" {
                break
            } else {
                result.append(character)
            }
        }
        return result
    }
}
