import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

@Suite struct DpkgTests {
    private func record(_ lines: String) -> String {
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.11-1~deb12u2\n\(lines)\n"
    }

    private func root(_ status: String) throws -> TemporaryRoot {
        try TemporaryRoot(["/var/lib/dpkg/status": status])
    }

    @Test(arguments: [
        ("", "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"),
        ("Source: openssl\n", "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"),
        (
            "Source: openssl (3.0.11-1)\n",
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl%403.0.11-1"
        ),
        // A rebuild has the same source name and a lower source version.
        (
            "Source: libssl3 (3.0.11-1)\n",
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=libssl3%403.0.11-1"
        ),
        ("Source: libssl3 (3.0.11-1~deb12u2)\n", "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"),
        ("Source: libssl3\n", "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"),
        (
            "Description: short\n Package: other\n .\n Version: 9\n",
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"
        ),
        ("SOURCE:openssl  \n", "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"),
    ])
    func namesPackageAndSource(lines: String, purl: String) throws {
        #expect(try root(record(lines)).packages() == [purl])
    }

    @Test(arguments: [
        ("install ok installed", true), ("hold ok installed", true), ("deinstall ok installed", true),
        ("install ok unpacked", true), ("install ok half-configured", true),
        ("install reinstreq half-configured", true),
        ("install ok triggers-awaited", true), ("install ok triggers-pending", true),
        ("deinstall ok config-files", false), ("purge ok not-installed", false), ("unknown ok not-installed", false),
    ])
    func reportsWhatIsUnpacked(status: String, isReported: Bool) throws {
        let text = "Package: a\nStatus: \(status)\nArchitecture: all\nVersion: 1:2.0-1\n"
        let root = try root(text)
        #expect(try root.packages() == (isReported ? ["pkg:deb/debian/a@1:2.0-1?arch=all&distro=debian-12"] : []))
        #expect(try root.warnings() == [])
    }

    @Test(arguments: ["install reinstreq half-installed", "install ok melted", "installed-not"])
    func warnsOfOtherStates(status: String) throws {
        let root = try root("Package: a\nStatus: \(status)\nVersion: 1\n")
        #expect(try root.packages() == [])
        #expect(try root.warnings() == ["/var/lib/dpkg/status: line 1: a is in state \"\(status)\", left out"])
    }

    @Test func keepsArchitecturesApart() throws {
        let status = ["amd64", "i386"].map {
            "Package: libc6\nStatus: install ok installed\nMulti-Arch: same\nArchitecture: \($0)\nVersion: 2.36-9\n"
        }
        let root = try root(status.joined(separator: "\n"))
        #expect(
            try root.packages() == [
                "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12",
                "pkg:deb/debian/libc6@2.36-9?arch=i386&distro=debian-12",
            ])
    }

    @Test(arguments: [
        ("ID=ubuntu\nVERSION_ID=\"22.04\"\nVERSION_CODENAME=jammy\n", "pkg:deb/ubuntu/a@1?distro=ubuntu-22.04"),
        // Debian testing has no number yet.
        ("ID=debian\nVERSION_CODENAME=forky\n", "pkg:deb/debian/a@1?distro=debian-forky"),
        ("ID=kali\n", "pkg:deb/kali/a@1?distro=kali"),
        // A derivative's packages are those of the archive it installs from.
        (
            "ID=linuxmint\nVERSION_ID=\"21.2\"\nVERSION_CODENAME=victoria\nUBUNTU_CODENAME=jammy\nID_LIKE=\"ubuntu debian\"\n",
            "pkg:deb/ubuntu/a@1?distro=ubuntu-22.04"
        ),
    ])
    func takesTheDistributionFromOSRelease(release: String, purl: String) throws {
        let root = try root("Package: a\nStatus: install ok installed\nVersion: 1\n")
        try root.write("/etc/os-release", release)
        #expect(try root.packages() == [purl])
    }

    @Test func namesNoDistributionWithoutOSRelease() throws {
        let records = DpkgRecord(package: "a", version: "1")
        #expect(try records.packageURL(nil).description == "pkg:deb/a@1")
    }

    @Test func readsImagesWithoutDpkg() throws {
        let root = try TemporaryRoot([
            "/var/lib/dpkg/status.d/base-files": "Package: base-files\nVersion: 12.4\nArchitecture: amd64\n",
            "/var/lib/dpkg/status.d/libpython3.11-minimal":
                "Package: libpython3.11-minimal\nVersion: 3.11.2-6\nSource: python3.11\n",
            "/var/lib/dpkg/status.d/libpython3.11-minimal.md5sums":
                "d41d8cd98f00b204e9800998ecf8427e  usr/lib/python3/dist-packages/foo-1.0.egg-info\n",
            "/usr/lib/python3/dist-packages/foo-1.0.egg-info": "Name: foo\nVersion: 1.0\n",
        ])
        #expect(
            try root.packages() == [
                "pkg:deb/debian/base-files@12.4?arch=amd64&distro=debian-12",
                "pkg:deb/debian/libpython3.11-minimal@3.11.2-6?distro=debian-12&upstream=python3.11",
            ])
        #expect(try root.scan().host.architecture == "amd64")
    }

    @Test func readsBrokenTextAsFarAsItGoes() throws {
        let root = try root(
            """
            garbage without colon
            Package: a
            Status: install ok installed
            Version: 1

            : no name
            Status: install ok installed
            Version: 2


            Package: b
            Status: install ok installed


            Package: c
            Status: install ok installed
            Version: 3
            """)
        #expect(try root.packages() == ["pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/debian/c@3?distro=debian-12"])
        #expect(
            try root.warnings() == [
                "/var/lib/dpkg/status: line 11: record without package or version",
                "/var/lib/dpkg/status: line 1: not a field", "/var/lib/dpkg/status: line 6: not a field",
                "/var/lib/dpkg/status: line 7: record without package or version",
            ])
    }

    @Test func readsCarriageReturnsAndBlankLinesWithBlanks() throws {
        let root = try root(
            "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n \t\r\nPackage: b\r\nVersion: 2\r\n")
        #expect(try root.packages() == ["pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/debian/b@2?distro=debian-12"])
    }

    @Test func readsLongFiles() throws {
        let records = (0..<25_000).map { "Package: p\($0)\nStatus: install ok installed\nVersion: \($0)-1\n" }
        let report = try root(records.joined(separator: "\n")).scan()
        #expect(report.inventory.packages.count == 25_000)
        #expect(report.warnings == [])
    }

    @Test func notesWhereItRead() throws {
        let report = try root(record("")).scan()
        #expect(report.occurrences.values.map(\.self) == [["/var/lib/dpkg/status"]])
    }

    @Test func neverTrapsOnMutatedStatus() {
        var random = SplitMix(seed: 5)
        let text = Array((record("Source: openssl (3.0.11-1)\nDescription: x\n more\n") + "\n" + record("")).utf8)
        for _ in 0..<5_000 {
            var records: [DpkgRecord] = []
            let faults = DpkgStatusReader.read(random.mutated(text)) { records.append($0) }
            #expect(faults.count <= DpkgStatusReader.maximumFaults)
            for record in records { _ = (record.presence, record.upstream, try? record.packageURL(nil)) }
        }
    }
}
