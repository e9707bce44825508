/// One release of a Linux distribution: which advisories speak about its packages.
public struct Distribution: Sendable, Hashable {
    /// The distribution's `ID` of os-release(5) in lowercase, e.g. `debian`, `ubuntu`, `alpine`, `rocky`, `almalinux`.
    public let id: String
    /// The release as advisories number it: `12`, `22.04`, `3.18`, `9`, `edge`. `nil` for rolling or unreleased systems.
    public let release: String?

    /// Reads a distribution and its release out of one text, as the `distro` qualifier of a package URL.
    ///
    /// - Parameter qualifier: `debian-12`, `debian:12.5`, `debian-bookworm`, `bookworm`, `Ubuntu 22.04.3 LTS`, `jammy`,
    ///   `trusty/esm`, `alpine-3.18.2`, `rocky-9.3`, `rhel-9.2+eus`, `opensuse-leap-15.5`, `sles-15-sp5`, `amazon-2 (Karoo)`,
    ///   `sid`; letters in any case, and between name and release a dash, colon, space, slash or at sign.
    /// - Returns: `nil` when the text is neither a known codename nor begins with a letter.
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

    /// Makes a distribution of what os-release(5) says, or an SBOM of the system it describes.
    ///
    /// - Parameters:
    ///   - id: `ID`, or any of the names seen in package URLs and SBOMs (`rocky-linux`, `redhat`, `Oracle Linux Server`).
    ///   - versionID: `VERSION_ID` or a codename; point releases are cut to what advisories use (`12.5` → `12`).
    ///   - codename: `VERSION_CODENAME`, used when the number is missing, as on Debian testing.
    public init(id: String, versionID: String?, codename: String? = nil) {
        var id = Distribution.canonicalID(asciiLowercase(id))
        let versionID = versionID.map(asciiLowercase)
        if id == "rhel", let versionID, let stream = Distribution.extendedStream(in: versionID) {
            id = "rhel_\(stream)"
        }
        self.id = id
        let release = versionID.flatMap { Distribution.release(of: id, from: $0) }
        self.release = release ?? codename.flatMap { Distribution.release(of: id, from: asciiLowercase($0)) }
    }

    /// Finds the distribution among properties of an SBOM's component, or qualifiers of a package URL.
    ///
    /// Read are `distro`, `distro_name`, `distro_version`, `os_distro`, `os_name`, `os_version`, and syft's
    /// `syft:distro:id`, `syft:distro:versionID` and `syft:distro:versionCodename`; everything else is passed over.
    ///
    /// - Parameters:
    ///   - properties: Names and values.
    ///   - name: The system's name as it is known otherwise, from a package URL's namespace or a component's name; read last.
    /// - Returns: The first reading that advisories cover, else the first there is; `nil` when nothing names a system.
    public init?(properties: [(name: String, value: String)], name: String? = nil) {
        func value(_ name: String) -> String? { properties.first { $0.name == name && !$0.value.isEmpty }?.value }
        let version = value("distro_version") ?? value("os_version")
        var readings = [value("distro"), value("distro_name"), value("os_distro"), value("os_name")].compactMap { $0 }
            .flatMap { text in
                [
                    Distribution(qualifier: text), version.map { Distribution(id: text, versionID: $0) },
                    name.map { Distribution(id: $0, versionID: text) },
                ]
            }.compactMap { $0 }
        if let id = value("syft:distro:id") {
            readings.append(
                Distribution(
                    id: id, versionID: value("syft:distro:versionID"), codename: value("syft:distro:versionCodename")))
        }
        if let name { readings.append(Distribution(id: name, versionID: version)) }
        guard let best = readings.first(where: { $0.advisoryScope != nil }) ?? readings.first else { return nil }
        self = best
    }

    /// The scope under which advisories for this release are filed, e.g. `Debian:12`, `Ubuntu:22.04:LTS`, `Rocky Linux:9`.
    ///
    /// OSV's ecosystems where there is one; CentOS, and its Stream too, go by Red Hat's main stream, and Raspbian, which rebuilds
    /// Debian's sources for another processor, by Debian. `nil` when nothing covers the release: Debian's unnumbered ones,
    /// Fedora, Arch, Gentoo.
    public var advisoryScope: String? {
        switch id {
        case "wolfi": return "Wolfi"
        case "chainguard": return "Chainguard"
        case "minimos": return "MinimOS"
        case "echo": return "Echo"
        case "opensuse-tumbleweed": return "openSUSE:Tumbleweed"
        default: return release.flatMap(releaseScope)
        }
    }

    /// Whether the distribution publishes advisories for its releases, also when none are known for this one.
    ///
    /// What is patched under an unchanged upstream version is then known to those advisories alone.
    public var publishesAdvisories: Bool { advisoryScope != nil || releaseScope("0") != nil }

    private func releaseScope(_ release: String) -> String? {
        switch id {
        case "debian", "raspbian": "Debian:\(release)"
        case "ubuntu": "Ubuntu:\(release)" + (Distribution.isLongTermSupport(ubuntu: release) ? ":LTS" : "")
        case "alpine": release == "edge" ? "Alpine:edge" : "Alpine:v\(release)"
        case "rhel", "centos": "Red Hat:enterprise_linux:\(release)"
        case "rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "rhel_els": "Red Hat:\(id):\(release)"
        case "rocky": "Rocky Linux:\(release)"
        case "almalinux": "AlmaLinux:\(release)"
        case "ol": "Oracle Linux:\(release)"
        case "amzn": "Amazon Linux:\(release)"
        case "opensuse-leap": "openSUSE:Leap \(release)"
        case "opensuse-leap-micro": "openSUSE:Leap Micro \(release)"
        case "sles": "SUSE:Linux Enterprise Server \(Distribution.servicePackName(release))"
        case "sle-micro": "SUSE:Linux Enterprise Micro \(release)"
        case "sl-micro": "SUSE:Linux Micro \(release)"
        case "mageia": "Mageia:\(release)"
        case "azurelinux": "Azure Linux:\(release)"
        case "photon": "Photon OS:\(release)"
        case "openeuler": "openEuler:\(release)"
        case "alpaquita": "Alpaquita:\(release)"
        case "bellsoft-hardened-containers": "BellSoft Hardened Containers:\(release)"
        default: nil
        }
    }

    /// Whether advisories of the distribution name source packages; the others name each binary package.
    var advisoriesNameSources: Bool {
        switch id {
        case "almalinux", "rhel", "rhel_eus", "rhel_aus", "rhel_tus", "rhel_e4s", "rhel_els", "centos", "ol", "amzn",
            "opensuse-leap", "opensuse-leap-micro", "opensuse-tumbleweed", "sles", "sle-micro", "sl-micro":
            false
        default: true
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

    /// Splits a name from the release behind it: at the first separator that a number follows, or a word which is a release.
    private static func split(_ text: String) -> (name: String, release: String?) {
        let bytes = text.utf8
        for index in bytes.indices where [0x2d, 0x3a, 0x20, 0x2f, 0x40].contains(bytes[index]) {
            let rest = bytes[bytes.index(after: index)...].drop { $0 == 0x20 }
            guard let first = rest.first else { continue }
            let name = String(Substring(bytes[..<index]))
            let isNumber =
                (0x30...0x39).contains(first)
                || (first == 0x76 && rest.dropFirst().first.map { (0x30...0x39).contains($0) } == true)
            let id = canonicalID(name)
            let word = String(Substring(rest))
            if isNumber || release(of: id, from: word) != nil || (id == "debian" && unnumbered.contains(word)) {
                return (name, String(Substring(rest)))
            }
        }
        return (text, nil)
    }

    /// What Debian calls its archives before a release has a number.
    private static let unnumbered: Set<String> = ["sid", "unstable", "testing"]

    /// Advisories name Ubuntu's long-term releases `:LTS`: April of even years since 2008, and 6.06.
    private static func isLongTermSupport(ubuntu release: String) -> Bool {
        let parts = release.utf8.split(separator: UInt8(ascii: "."))
        guard parts.count == 2, let year = Int(Substring(parts[0])) else { return false }
        return release == "6.06" || (year >= 8 && year % 2 == 0 && Substring(parts[1]) == "04")
    }

    /// `15.5` → `15 SP5`, `15` → `15`; from 16 on the releases are numbered `16.0`.
    private static func servicePackName(_ release: String) -> String {
        let parts = release.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let major = Int(parts[0]), major < 16 else { return release }
        return "\(parts[0]) SP\(parts[1])"
    }
}
