import Foundation
import Inventory
import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

/// What is made of headers, in a database of the simplest format.
@Suite struct RPMTests {
    private static let path = "/var/lib/rpm/Packages.db"

    private func root(_ headers: [[UInt8]], release: String = RPMSamples.redHat) throws -> TemporaryRoot {
        let root = try TemporaryRoot(["/etc/os-release": release])
        try root.write(Self.path, bytes: RPMSamples.ndb(headers))
        return root
    }

    @Test func namesAllThatAHeaderSays() throws {
        let root = try root([
            RPMSamples.package(
                "openssl-libs", "3.0.7", "24.el9",
                [
                    .epoch: .numbers([1]), .architecture: .text("x86_64"),
                    .sourceRPM: .text("openssl-3.0.7-24.el9.src.rpm"), .modularityLabel: .text("a:1:2:3"),
                ])
        ])
        #expect(
            try root.packages() == [
                "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rhel-9.3&epoch=1&rpmmod=a:1:2:3"
                    + "&upstream=openssl-3.0.7-24.el9.src.rpm"
            ])
        let report = try root.scan()
        #expect(report.warnings == [] && report.host.architecture == "x86_64")
        #expect(report.occurrences.values.map(\.self) == [[Self.path]])
    }

    @Test(arguments: [
        ("ID=fedora\nVERSION_ID=40\n", "pkg:rpm/fedora/a@1-2?distro=fedora-40", nil as String?),
        (
            "ID=\"rocky\"\nVERSION_ID=\"9.3\"\nID_LIKE=\"rhel centos fedora\"\n",
            "pkg:rpm/rocky/a@1-2?distro=rocky-9.3", "Rocky Linux:9"
        ),
        ("ID=\"almalinux\"\nVERSION_ID=\"8.9\"\n", "pkg:rpm/almalinux/a@1-2?distro=almalinux-8.9", "AlmaLinux:8"),
        ("ID=\"centos\"\nVERSION_ID=\"7\"\n", "pkg:rpm/centos/a@1-2?distro=centos-7", "Red Hat:enterprise_linux:7"),
        ("ID=\"rhel\"\nVERSION_ID=\"8.9\"\n", "pkg:rpm/redhat/a@1-2?distro=rhel-8.9", "Red Hat:enterprise_linux:8"),
        ("ID=\"ol\"\nVERSION_ID=\"9.3\"\n", "pkg:rpm/ol/a@1-2?distro=ol-9.3", "Oracle Linux:9"),
        ("ID=\"amzn\"\nVERSION_ID=\"2023\"\n", "pkg:rpm/amzn/a@1-2?distro=amzn-2023", "Amazon Linux:2023"),
        (
            "ID=\"sles\"\nVERSION_ID=\"15.5\"\n", "pkg:rpm/suse/a@1-2?distro=sles-15.5",
            "SUSE:Linux Enterprise Server 15 SP5"
        ),
        (
            "ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"\n", "pkg:rpm/opensuse/a@1-2?distro=opensuse-leap-15.5",
            "openSUSE:Leap 15.5"
        ),
        (
            "ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20240101\"\n",
            "pkg:rpm/opensuse/a@1-2?distro=opensuse-tumbleweed-20240101", "openSUSE:Tumbleweed"
        ),
        ("ID=mariner\nVERSION_ID=\"2.0\"\n", "pkg:rpm/mariner/a@1-2?distro=mariner-2.0", "Azure Linux:2"),
        // rpm on a system of another format: nobody knows whose packages those are.
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=21.2\n", "pkg:rpm/a@1-2", nil),
    ])
    func advisoriesAreFound(release: String, purl: String, scope: String?) throws {
        let packages = try root([RPMSamples.package("a", "1", "2")], release: release).scan().inventory.packages
        #expect(packages.map(\.description) == [purl])
        #expect(packages.first?.advisoryCoordinates?.scope == scope)
    }

    @Test func leavesOutKeysAndWarnsOfWhatIsNoPackage() throws {
        let root = try root([
            RPMSamples.package("gpg-pubkey", "8483c65d", "5ccc5b19"), RPMSamples.package("a", "1", "2"),
            RPMSamples.header([.name: .text("b"), .version: .text("1")]),
            RPMSamples.header([.version: .text("1"), .release: .text("1")]),
            RPMSamples.package("c", "1", "2", [.epoch: .text("x")]),
            RPMSamples.header([.name: .numbers([5]), .version: .text("1"), .release: .text("1")]),
            RPMSamples.package(String(repeating: "d", count: 5_000), "1", "1"), [], [UInt8](repeating: 255, count: 64),
        ])
        #expect(try root.packages() == ["pkg:rpm/redhat/a@1-2?distro=rhel-9.3"])
        #expect(
            try root.warnings() == [
                "\(Self.path): a header has 4294967295 entries", "\(Self.path): a header has no name",
                "\(Self.path): a header has no release", "\(Self.path): a record ends before what it refers to",
                "\(Self.path): epoch is not a number", "\(Self.path): name has no end within 255 bytes",
                "\(Self.path): name is not a text",
            ])
    }

    @Test func packagesOfSeveralVersionsStand() throws {
        let root = try root([
            RPMSamples.package("kernel", "5.14.0", "1.el9"), RPMSamples.package("kernel", "5.14.0", "2.el9"),
            RPMSamples.package("kernel", "5.14.0", "2.el9"),
        ])
        #expect(
            try root.packages() == [
                "pkg:rpm/redhat/kernel@5.14.0-1.el9?distro=rhel-9.3",
                "pkg:rpm/redhat/kernel@5.14.0-2.el9?distro=rhel-9.3",
            ])
    }

    private func files(_ paths: [String]) -> [RPMTag: RPMSamples.Field] {
        let parts = paths.map { path in
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            return (folder: String(path[...slash]), name: String(path[path.index(after: slash)...]))
        }
        let folders = Array(Set(parts.map(\.folder))).sorted()
        return [
            .baseNames: .texts(parts.map(\.name)), .folderNames: .texts(folders),
            .folderIndexes: .numbers(parts.map { folders.firstIndex(of: $0.folder) ?? 0 }),
        ]
    }

    private static let bundled = [
        "/usr/lib/python3.9/site-packages/foo-1.0.dist-info/METADATA", "/usr/lib/node_modules/bar/package.json",
        "/usr/lib64/az/lib/python3.11/site-packages/azure-1.0.dist-info/METADATA", "/opt/x/foo-2.0.dist-info/METADATA",
    ]

    @Test(arguments: [
        // Of the distribution: what lies where distributions install is reported once.
        ("1.el9", ["pkg:pypi/azure@1.0", "pkg:pypi/foo@2.0"]),
        // NodeSource's: none of it is in the distribution's advisories.
        ("1nodesource", ["pkg:npm/bar@1.0", "pkg:pypi/azure@1.0", "pkg:pypi/foo@1.0", "pkg:pypi/foo@2.0"]),
    ])
    func ownedFilesAreNotReportedTwice(release: String, others: [String]) throws {
        let root = try root([RPMSamples.package("a", "1", release, files(Self.bundled))])
        for path in Self.bundled {
            let isPython = path.hasSuffix("METADATA")
            try root.write(path, isPython ? "" : #"{"name": "bar", "version": "1.0"}"#)
        }
        #expect(try root.packages().filter { !$0.hasPrefix("pkg:rpm") } == others)
        #expect(try root.warnings() == [])
    }

    @Test(arguments: [
        [RPMTag.folderIndexes: RPMSamples.Field.numbers([7])], [.folderIndexes: .numbers([0, 0])],
        [.folderNames: .texts(["/a/", "/b/"])], [.baseNames: .text("x")],
    ])
    func fileListsThatContradictThemselvesAreWarnings(fields: [RPMTag: RPMSamples.Field]) throws {
        let root = try root([RPMSamples.package("a", "1", "2", files(["/a/METADATA"]).merging(fields) { $1 })])
        #expect(try root.packages() == ["pkg:rpm/redhat/a@1-2?distro=rhel-9.3"])
        #expect(try root.warnings().count == 1)
    }

    @Test func aDatabaseUnderSeveralPathsIsOne() throws {
        let root = try TemporaryRoot(["/etc/os-release": RPMSamples.redHat])
        let database = RPMSamples.ndb([RPMSamples.package("a", "1", "2")])
        try root.write("/usr/lib/sysimage/rpm/Packages.db", bytes: database)
        try root.link("/var/lib/rpm", to: "../../usr/lib/sysimage/rpm")
        let report = try root.scan()
        #expect(report.occurrences.values.map(\.self) == [["/var/lib/rpm/Packages.db"]])
        // A copy is another place.
        try root.write("/usr/share/rpm/Packages.db", bytes: database)
        #expect(
            try root.scan().occurrences.values.map(\.self) == [
                ["/usr/share/rpm/Packages.db", "/var/lib/rpm/Packages.db"]
            ])
    }

    @Test func onlyTheFirstDatabaseThatHoldsPackagesCounts() throws {
        let root = try root([RPMSamples.package("a", "1", "2")])
        try root.write("/var/lib/rpm/rpmdb.sqlite", "")
        try root.write("/var/lib/rpm/Packages", "")
        #expect(try root.packages() == ["pkg:rpm/redhat/a@1-2?distro=rhel-9.3"])
        #expect(try root.warnings() == [])
    }

    @Test(
        arguments: RPMDatabase.allCases,
        ["x", String(repeating: "\0", count: 5_000), "SQLite format 3\0", "RpmP\0\0\0\0"])
    func otherFilesAreWarnings(database: RPMDatabase, text: String) throws {
        let root = try TemporaryRoot(["/usr/share/rpm/\(database.fileName)": text])
        #expect(try root.packages() == [])
        #expect(try root.warnings().count == 1)
    }

    @Test func readsTheListOfImagesWithoutRPM() throws {
        let path = "/var/lib/rpmmanifest/container-manifest-2"
        let root = try TemporaryRoot([
            "/etc/os-release": "ID=mariner\nVERSION_ID=\"2.0\"\n",
            path:
                "mariner-release\t2.0-12.cm2\t1653816591\t1653628955\tMicrosoft\t(none)\t580\tnoarch\t0\tmariner-release-2.0-12.cm2.src.rpm\n"
                + "openssl-libs\t1.1.1k-15.cm2\t1\t1\tMicrosoft\t1\t580\tx86_64\t1\t(none)\n\nshort\t1-1\n\ta-1\t1\t1\t\t\t\t\t\t\n",
        ])
        #expect(
            try root.packages() == [
                "pkg:rpm/mariner/mariner-release@2.0-12.cm2?arch=noarch&distro=mariner-2.0&upstream=mariner-release-2.0-12.cm2.src.rpm",
                "pkg:rpm/mariner/openssl-libs@1.1.1k-15.cm2?arch=x86_64&distro=mariner-2.0&epoch=1",
            ])
        #expect(try root.warnings() == ["\(path): line 4: no package", "\(path): line 5: no package"])
        #expect(try root.scan().host.architecture == "x86_64")
    }

    @Test func overlappingHeadersEnd() throws {
        // 254 slots that all lead to the same blocks.
        let header = RPMSamples.package("a", "1", "2", [.baseNames: .texts([String(repeating: "x", count: 1000)])])
        var bytes = RPMSamples.ndb([header])
        for slot in 3..<256 { bytes.replaceSubrange(slot * 16..<slot * 16 + 16, with: bytes[32..<48]) }
        let root = try TemporaryRoot(["/etc/os-release": RPMSamples.redHat])
        try root.write(Self.path, bytes: bytes)
        #expect(try root.packages().count == 1)
        #expect(try root.warnings() == ["\(Self.path): its headers overlap"])
    }

    @Test func neverTrapsOnMutatedDatabases() throws {
        var random = SplitMix(seed: 11)
        let bytes = RPMSamples.ndb([
            RPMSamples.package("a", "1", "2", files(Self.bundled)),
            RPMSamples.package("b", "1", "2", [.epoch: .numbers([1])]),
        ])
        let root = try TemporaryRoot()
        try root.withFolder { folder in
            for _ in 0..<500 {
                // Blanks between the slots are no place where anything happens.
                var mutated = bytes
                let tail = random.mutated(Array(bytes[4096...]))
                mutated.replaceSubrange(4096..., with: tail)
                let place = Int.random(in: 0..<80, using: &random)
                if Bool.random(using: &random) { mutated[place] = UInt8.random(in: 0...255, using: &random) }
                try root.write(Self.path, bytes: mutated)
                var findings = Findings()
                RPMCollector().collect(from: folder, into: &findings)
                #expect(findings.places.count <= 2 && findings.ownedFiles.paths.count <= 4)
            }
        }
    }

    @Test func neverTrapsOnMutatedHeaders() {
        var random = SplitMix(seed: 12)
        let header = RPMSamples.package("a", "1", "2", files(Self.bundled).merging([.epoch: .numbers([1])]) { $1 })
        for _ in 0..<5_000 {
            var reading = RPMReading()
            reading.take(.success(random.mutated(header)[...]))
            #expect(reading.records.count + reading.faults.count > 0)
            for record in reading.records { _ = try? record.packageURL(nil) }
        }
    }
}
