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
        Case("rhel-9.3", "rhel", "9", "Red Hat:enterprise_linux:9"),
        Case("redhat-8.10", "rhel", "8", "Red Hat:enterprise_linux:8"),
        Case("Red Hat Enterprise Linux 9.3 (Plow)", "rhel", "9", "Red Hat:enterprise_linux:9"),
        Case("rhel-9.2+eus", "rhel_eus", "9.2", "Red Hat:rhel_eus:9.2"),
        Case("rhel_eus-9.2", "rhel_eus", "9.2", "Red Hat:rhel_eus:9.2"),
        Case("rhel-8.6-e4s", "rhel_e4s", "8.6", "Red Hat:rhel_e4s:8.6"),
        Case("centos-7.9.2009", "centos", "7", "Red Hat:enterprise_linux:7"),
        Case("centos-stream-9", "centos", "9", "Red Hat:enterprise_linux:9"),
        Case("CentOS Linux 7 (Core)", "centos", "7", "Red Hat:enterprise_linux:7"),
        Case("ol-9.3", "ol", "9", "Oracle Linux:9"),
        Case("oracle-8", "ol", "8", "Oracle Linux:8"),
        Case("Oracle Linux Server 8.9", "ol", "8", "Oracle Linux:8"),
        Case("amzn-2", "amzn", "2", "Amazon Linux:2"),
        Case("amazonlinux-2", "amzn", "2", "Amazon Linux:2"),
        Case("amazon-2 (Karoo)", "amzn", "2", "Amazon Linux:2"),
        Case("amzn-2023.3.20240304", "amzn", "2023", "Amazon Linux:2023"),
        Case("amzn-2018.03", "amzn", "1", "Amazon Linux:1"),
        Case("amazon-AMI release 2018.03", "amzn", "1", "Amazon Linux:1"),
        Case("amzn-2022", "amzn", "2022", "Amazon Linux:2022"),
        Case("alma-9.3", "almalinux", "9", "AlmaLinux:9"),
        Case("AlmaLinux 9.3 (Shamrock Pampas Cat)", "almalinux", "9", "AlmaLinux:9"),
        Case("Rocky Linux 9.3 (Blue Onyx)", "rocky", "9", "Rocky Linux:9"),
        Case("sles-12", "sles", "12", "SUSE:Linux Enterprise Server 12"),
        Case("sles-15-sp5", "sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        Case("sles-15.0", "sles", "15", "SUSE:Linux Enterprise Server 15"),
        Case("sles-16.0", "sles", "16.0", "SUSE:Linux Enterprise Server 16.0"),
        Case("SUSE Linux Enterprise Server 15 SP5", "sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        Case("suse linux enterprise server-12.5", "sles", "12.5", "SUSE:Linux Enterprise Server 12 SP5"),
        Case("sled-15.4", "sles", "15.4", "SUSE:Linux Enterprise Server 15 SP4"),
        Case("sles_sap-15.5", "sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        Case("sle-micro-5.5", "sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5"),
        Case("sl-micro-6.1", "sl-micro", "6.1", "SUSE:Linux Micro 6.1"),
        Case("opensuse.leap-15.5", "opensuse-leap", "15.5", "openSUSE:Leap 15.5"),
        Case("openSUSE Leap 15.6", "opensuse-leap", "15.6", "openSUSE:Leap 15.6"),
        Case("opensuse-tumbleweed-20240101", "opensuse-tumbleweed", "20240101", "openSUSE:Tumbleweed"),
        Case("opensuse.tumbleweed", "opensuse-tumbleweed", nil, "openSUSE:Tumbleweed"),
        Case("debian:12", "debian", "12", "Debian:12"),
        Case("ubuntu:22.04", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("Ubuntu 22.04.3 LTS", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("ubuntu/jammy", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        Case("ubuntu@24.04", "ubuntu", "24.04", "Ubuntu:24.04:LTS"),
        Case("Debian GNU/Linux 12 (bookworm)", "debian", "12", "Debian:12"),
        Case("debian bookworm", "debian", "12", "Debian:12"),
        Case("alpine:v3.18", "alpine", "3.18", "Alpine:v3.18"),
        Case("Alpine Linux v3.18", "alpine", "3.18", "Alpine:v3.18"),
        Case("alpine-3.18_alpha", "alpine", "3.18", "Alpine:v3.18"),
        Case("raspbian-12", "raspbian", "12", "Debian:12"),
        Case("linuxmint-21.2", "linuxmint", "21.2", nil),
        Case("kali-2024.1", "kali", "2024.1", nil),
        Case("mageia-9", "mageia", "9", "Mageia:9"),
        Case("photon-4.0", "photon", "4.0", "Photon OS:4.0"),
        Case("mariner-2.0.20240101", "azurelinux", "2", "Azure Linux:2"),
        Case("cbl-mariner-2.0", "azurelinux", "2", "Azure Linux:2"),
        Case("azurelinux-3.0", "azurelinux", "3", "Azure Linux:3"),
        Case("openeuler-22.03-lts-sp3", "openeuler", "22.03-LTS-SP3", "openEuler:22.03-LTS-SP3"),
        Case("chainguard", "chainguard", nil, "Chainguard"),
        Case("minimos-20240101", "minimos", "20240101", "MinimOS"),
        Case("arch", "arch", nil, nil),
        Case("gentoo-2.15", "gentoo", "2.15", nil),
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

    @Test(
        arguments: [
            (
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=21.2\nVERSION_CODENAME=victoria\nUBUNTU_CODENAME=jammy",
                "Ubuntu:22.04:LTS"
            ),
            (
                "ID=linuxmint\nID_LIKE=debian\nVERSION_ID=6\nVERSION_CODENAME=faye\nDEBIAN_CODENAME=bookworm",
                "Debian:12"
            ),
            (
                "ID=pop\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=22.04\nVERSION_CODENAME=jammy\nUBUNTU_CODENAME=jammy",
                "Ubuntu:22.04:LTS"
            ),
            ("ID=raspbian\nID_LIKE=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm", "Debian:12"),
            ("ID=kali\nID_LIKE=debian\nVERSION_ID=2024.1\nVERSION_CODENAME=kali-rolling", nil),
            ("ID=devuan\nID_LIKE=debian\nVERSION_ID=5\nVERSION_CODENAME=daedalus", nil),
            // A codename of a system it does not claim to be like.
            ("ID=other\nVERSION_CODENAME=jammy", nil),
            ("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=22.04\nUBUNTU_CODENAME=jammy", "Ubuntu:22.04:LTS"),
            ("ID=sles\nVERSION_ID=15.5\nID_LIKE=suse", "SUSE:Linux Enterprise Server 15 SP5"),
            ("ID=\"rhel\"\nVERSION_ID=\"9.3\"", "Red Hat:enterprise_linux:9"),
        ] as [(String, String?)])
    func derivativesGoByWhatTheyAreMadeFrom(_ text: String, _ scope: String?) {
        #expect(OperatingSystem(osRelease: text).distribution?.advisoryScope == scope)
    }

    @Test(
        arguments: [
            ([("distro", "debian-12")], "debian", "Debian:12"),
            ([("distro", "12")], "debian", "Debian:12"),
            ([("distro", "debian"), ("distro_version", "12")], nil, "Debian:12"),
            ([("distro_name", "ubuntu-jammy")], "ubuntu", "Ubuntu:22.04:LTS"),
            ([("distro_name", "jammy")], "ubuntu", "Ubuntu:22.04:LTS"),
            ([("os_distro", "bookworm")], "debian", "Debian:12"),
            ([("os_name", "alpine"), ("os_version", "3.18.4")], nil, "Alpine:v3.18"),
            ([("os_version", "9.3")], "redhat", "Red Hat:enterprise_linux:9"),
            ([("distro", "unknown-1"), ("distro_name", "bookworm")], "debian", "Debian:12"),
            ([("syft:distro:id", "debian"), ("syft:distro:versionID", "12")], nil, "Debian:12"),
            ([("syft:distro:id", "debian"), ("syft:distro:versionCodename", "trixie")], nil, "Debian:13"),
            ([], "wolfi", "Wolfi"), ([("arch", "amd64")], "debian", nil), ([("distro", "")], nil, nil),
        ] as [([(String, String)], String?, String?)])
    func propertiesAreRead(_ properties: [(String, String)], _ name: String?, _ scope: String?) {
        let named = properties.map { (name: $0.0, value: $0.1) }
        #expect(Distribution(properties: named, name: name)?.advisoryScope == scope)
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
