/// The operating system a machine says it runs, as read from its os-release(5).
///
/// - Source: <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>
public struct OperatingSystem: Sendable, Hashable, Codable {
    /// `ID` in lowercase, e.g. `debian`; `linux` when the file does not say.
    public var id: String
    /// `VERSION_ID`, e.g. `12`, `22.04`, `3.18.4`; `nil` on rolling systems and Debian testing.
    public var versionID: String?
    /// `VERSION_CODENAME`, e.g. `bookworm`; `nil` when the file does not say. On derivatives that name the release they are made
    /// from (`UBUNTU_CODENAME`, `DEBIAN_CODENAME`), that one.
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
        codename = value("UBUNTU_CODENAME") ?? value("DEBIAN_CODENAME") ?? value("VERSION_CODENAME")
        prettyName = value("PRETTY_NAME") ?? value("NAME") ?? "Linux"
        idLike = value("ID_LIKE")?.split(separator: " ").map { asciiLowercase(String($0)) } ?? []
    }

    /// The distribution whose advisories apply; `nil` when the file names none.
    ///
    /// Derivatives are taken for what they derive from when they say of which release they are made: Linux Mint, Pop!_OS and others
    /// install most of their packages from Ubuntu's or Debian's own archive and state its codename. Others stay themselves.
    public var distribution: Distribution? {
        guard id != "linux" else { return nil }
        let own = Distribution(id: id, versionID: versionID, codename: codename)
        guard own.advisoryScope == nil, let codename = codename.map(asciiLowercase) else { return own }
        let base = ["ubuntu", "debian"].first {
            idLike.contains($0) && Distribution.release(of: $0, from: codename) != nil
        }
        return base.map { Distribution(id: $0, versionID: codename) } ?? own
    }

    private static let keys: Set<Substring> = [
        "ID", "VERSION_ID", "VERSION_CODENAME", "UBUNTU_CODENAME", "DEBIAN_CODENAME", "PRETTY_NAME", "NAME", "ID_LIKE",
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
