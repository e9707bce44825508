/// One release of a Linux distribution: which advisories speak about its packages.
public struct Distribution: Sendable, Hashable {
    /// The distribution's `ID` of os-release(5) in lowercase, e.g. `debian`, `ubuntu`, `alpine`, `rocky`, `almalinux`.
    public let id: String
    /// The release as advisories number it: `12`, `22.04`, `3.18`, `9`, `edge`. `nil` for rolling or unreleased systems.
    public let release: String?

    /// Reads the `distro` qualifier of a package URL.
    ///
    /// - Parameter qualifier: `debian-12`, `debian-12.5`, `debian-bookworm`, `bookworm`, `ubuntu-22.04`, `jammy`,
    ///   `trusty/esm`, `alpine-3.18.2`, `rocky-9.3`, `opensuse-leap-15.5`, `sid`; letters in any case.
    /// - Returns: `nil` when the text is neither a known codename nor begins with a distribution's name.
    public init?(qualifier: String) {
        let text = asciiLowercase(qualifier)
        if let known = Distribution(codename: text) {
            self = known
            return
        }
        guard let first = text.utf8.first, (0x61...0x7a).contains(first) else { return nil }
        let (name, release) = Distribution.split(text)
        self.init(id: name, versionID: release)
    }

    /// Makes a distribution of what os-release(5) says.
    ///
    /// - Parameters:
    ///   - id: `ID`, in any of the spellings seen in package URLs (`rocky-linux`, `redhat`).
    ///   - versionID: `VERSION_ID` or a codename; point releases are cut to what advisories use (`12.5` → `12`).
    ///   - codename: `VERSION_CODENAME`, used when the number is missing, as on Debian testing.
    public init(id: String, versionID: String?, codename: String? = nil) {
        let id = Distribution.canonicalID(asciiLowercase(id))
        self.id = id
        let release = versionID.flatMap { Distribution.release(of: id, from: asciiLowercase($0)) }
        self.release = release ?? codename.flatMap { Distribution.release(of: id, from: asciiLowercase($0)) }
    }

    /// The OSV ecosystem of this release, e.g. `Debian:12`, `Ubuntu:22.04:LTS`, `Alpine:v3.18`, `Rocky Linux:9`.
    ///
    /// `nil` when no OSV ecosystem covers it: Debian testing and sid without a number, Fedora, Amazon Linux, and Red Hat,
    /// whose OSV ecosystems name products (`Red Hat:enterprise_linux:9::baseos`) that a release does not determine.
    public var advisoryScope: String? {
        switch id {
        case "wolfi": return "Wolfi"
        case "chainguard": return "Chainguard"
        case "minimos": return "MinimOS"
        case "opensuse-tumbleweed": return "openSUSE:Tumbleweed"
        default: break
        }
        guard let release else { return nil }
        switch id {
        case "debian": return "Debian:\(release)"
        case "ubuntu": return "Ubuntu:\(release)" + (Distribution.isLongTermSupport(ubuntu: release) ? ":LTS" : "")
        case "alpine": return release == "edge" ? "Alpine:edge" : "Alpine:v\(release)"
        case "rocky": return "Rocky Linux:\(release)"
        case "almalinux": return "AlmaLinux:\(release)"
        case "opensuse-leap": return "openSUSE:Leap \(release)"
        case "sles": return "SUSE:Linux Enterprise Server \(Distribution.servicePack(release))"
        case "mageia": return "Mageia:\(release)"
        case "azurelinux": return "Azure Linux:\(release)"
        case "photon": return "Photon OS:\(release)"
        default: return nil
        }
    }

    private init?(codename text: String) {
        // Ubuntu's ESM pockets are written "trusty/esm", Debian's unreleased state "trixie/sid".
        let name = text.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(text[..<$0]) } ?? text
        if let release = Distribution.debianReleases[name] {
            (id, self.release) = ("debian", release)
        } else if let release = Distribution.ubuntuReleases[name] {
            (id, self.release) = ("ubuntu", release)
        } else if name == "sid" || name == "unstable" {
            (id, self.release) = ("debian", nil)
        } else {
            return nil
        }
    }

    /// Splits `name-release` before the first dash that a digit or a codename follows.
    private static func split(_ text: String) -> (name: String, release: String?) {
        for name in ["debian-", "ubuntu-", "alpine-"] where text.hasPrefix(name) {
            return (String(name.dropLast()), String(text.dropFirst(name.utf8.count)))
        }
        let bytes = text.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            if bytes[index] == UInt8(ascii: "-"), next < bytes.endIndex, (0x30...0x39).contains(bytes[next]) {
                return (String(text[..<index]), String(text[next...]))
            }
            index = next
        }
        return (text, nil)
    }

    /// Advisories name Ubuntu's long-term releases `:LTS`: April of even years since 2008, and 6.06.
    private static func isLongTermSupport(ubuntu release: String) -> Bool {
        let parts = release.utf8.split(separator: UInt8(ascii: "."))
        guard parts.count == 2, let year = Int(Substring(parts[0])) else { return false }
        return release == "6.06" || (year >= 8 && year % 2 == 0 && Substring(parts[1]) == "04")
    }

    /// `15.5` → `15 SP5`, `15` → `15`.
    private static func servicePack(_ release: String) -> String {
        let parts = release.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]) SP\(parts[1])" : release
    }
}
