import PackageIdentity
import Testing

/// The `distro` qualifier, os-release, and the scope advisories use.
struct DistributionTests {
    struct Case: Sendable {
        var qualifier: String
        var id: String?
        var release: String?
        var scope: String?
        init(_ qualifier: String, _ id: String?, _ release: String?, _ scope: String?) {
            (self.qualifier, self.id, self.release, self.scope) = (qualifier, id, release, scope)
        }
    }

    @Test(arguments: [
        Case("debian-12", "debian", "12", "Debian:12"),
        Case("debian-12.5", "debian", "12", "Debian:12"),
        Case("debian-bookworm", "debian", "12", "Debian:12"),
        Case("Bookworm", "debian", "12", "Debian:12"),
        Case("buzz", "debian", "1.1", "Debian:1.1"),
        Case("debian-3.1", "debian", "3.1", "Debian:3.1"),
        Case("debian-6", "debian", "6.0", "Debian:6.0"),
        Case("wheezy", "debian", "7", "Debian:7"),
        Case("debian-7.11", "debian", "7", "Debian:7"),
        Case("forky", "debian", "14", "Debian:14"),
        Case("debian-trixie/sid", "debian", "13", "Debian:13"),
        Case("sid", "debian", nil, nil),
        Case("debian-unstable", "debian", nil, nil),
        Case("debian", "debian", nil, nil),
        Case("ubuntu-22.04", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("ubuntu-22.04.3", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("ubuntu-jammy", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("mantic", "ubuntu", "23.10", "Ubuntu:23.10"),
        Case("ubuntu-23.04", "ubuntu", "23.04", "Ubuntu:23.04"),
        Case("trusty/esm", "ubuntu", "14.04", "Ubuntu:14.04:LTS"),
        Case("ubuntu-10.10", "ubuntu", "10.10", "Ubuntu:10.10"),
        Case("alpine-3.18.2", "alpine", "3.18", "Alpine:v3.18"),
        Case("alpine-v3.18", "alpine", "3.18", "Alpine:v3.18"),
        Case("alpine-3.21.0_alpha20240923", "alpine", "3.21", "Alpine:v3.21"),
        Case("alpine-edge", "alpine", "edge", "Alpine:edge"),
        Case("rocky-9.3", "rocky", "9", "Rocky Linux:9"),
        Case("rocky-linux-8-4-legacy", "rocky", "8", "Rocky Linux:8"),
        Case("almalinux-9.2", "almalinux", "9", "AlmaLinux:9"),
        Case("opensuse-leap-15.5", "opensuse-leap", "15.5", "openSUSE:Leap 15.5"),
        Case("sles-15.4", "sles", "15.4", "SUSE:Linux Enterprise Server 15 SP4"),
        Case("wolfi-20230201", "wolfi", "20230201", "Wolfi"),
        Case("fedora-39", "fedora", "39", nil),
        Case("rhel-9.2", "rhel", "9", nil),
        Case("", nil, nil, nil),
        Case("12", nil, nil, nil),
        Case("-", nil, nil, nil),
    ])
    func qualifierIsRead(_ example: Case) {
        let distribution = Distribution(qualifier: example.qualifier)
        #expect(distribution?.id == example.id)
        #expect(distribution?.release == example.release)
        #expect(distribution?.advisoryScope == example.scope)
    }

    @Test func osReleaseIsRead() {
        let system = OperatingSystem(
            osRelease: """
                PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
                NAME='Debian GNU/Linux'
                VERSION_ID="12"
                VERSION_CODENAME=bookworm
                # ID=fedora
                ID=debian
                BROKEN LINE
                HOME_URL="https://www.debian.org/"
                """)
        #expect(system.id == "debian")
        #expect(system.versionID == "12")
        #expect(system.codename == "bookworm")
        #expect(system.prettyName == "Debian GNU/Linux 12 (bookworm)")
        #expect(system.idLike.isEmpty)
        #expect(system.distribution?.advisoryScope == "Debian:12")
    }

    @Test func codenameStandsInForTheNumber() {
        let system = OperatingSystem(osRelease: "ID=debian\nVERSION_CODENAME=trixie\nID_LIKE=\"\"\n")
        #expect(system.versionID == nil)
        #expect(system.distribution?.advisoryScope == "Debian:13")
    }

    @Test func quotesAndEscapesAreRemoved() {
        let system = OperatingSystem(
            osRelease: #"PRETTY_NAME="A \"quoted\" \$name""#
                + "\r\nID='rocky' # Comment\nID_LIKE=\"rhel Centos fedora\"\nVERSION_ID=9.3")
        #expect(system.prettyName == "A \"quoted\" $name")
        #expect(system.id == "rocky")
        #expect(system.idLike == ["rhel", "centos", "fedora"])
        #expect(system.distribution?.advisoryScope == "Rocky Linux:9")
    }

    @Test(arguments: ["", "=", "ID", "ID=", "\u{0}=\u{0}", "ID=\"", "ID=\\"])
    func osReleaseNeverFails(_ text: String) {
        let system = OperatingSystem(osRelease: text)
        #expect(system.prettyName == "Linux")
        #expect(system.id == "linux")
        #expect(system.distribution == nil)
    }

    @Test(arguments: [
        ("Debian:12", Ecosystem.deb), ("Ubuntu:22.04:LTS", .deb), ("Ubuntu:Pro:14.04:LTS", .deb),
        ("Alpine:v3.18", .apk),
        ("Rocky Linux:9", .rpm), ("AlmaLinux:8", .rpm), ("PyPI", .pypi), ("npm", .npm), ("Go", .golang),
        ("crates.io", .cargo), ("RubyGems", .gem), ("Packagist", .composer), ("SwiftURL", .swift), ("Maven", .maven),
        ("Maven:https://repo1.example/", .maven), ("GitHub Actions", .github),
    ])
    func scopesHaveEcosystems(_ scope: String, _ ecosystem: Ecosystem) {
        #expect(Ecosystem(advisoryScope: scope) == ecosystem)
    }

    @Test func unknownNamesHaveNoEcosystem() {
        #expect(Ecosystem(advisoryScope: "debian:12") == nil)
        #expect(Ecosystem(advisoryScope: "") == nil)
        #expect(Ecosystem(purlType: "docker") == .generic)
        #expect(Ecosystem(purlType: "golang") == .golang)
    }
}
