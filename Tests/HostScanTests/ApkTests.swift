import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

@Suite struct ApkTests {
    private static let alpine = "ID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME=\"Alpine Linux v3.18\"\n"
    private static let path = "/lib/apk/db/installed"

    private static let record = """
        C:Q1sbUkBKbyXCCcSbjSiRTZ0Jo4LJg=
        P:libcrypto3
        V:3.1.4-r5
        A:x86_64
        S:1723018
        I:4321280
        T:Crypto library from openssl
        U:https://www.openssl.org/
        L:Apache-2.0
        o:openssl
        m:Somebody <somebody@example.org>
        t:1706570000
        c:b784a22cad0c452586b438cb7a597d846fc09ff4
        D:so:libc.musl-x86_64.so.1
        p:so:libcrypto.so.3=3
        F:usr
        F:usr/lib
        R:libcrypto.so.3
        a:0:0:755
        Z:Q1bQ3Ygf7iO3KNhWmg/3gVH8qrxBk=

        P:py3-sample
        V:2.0-r0
        A:noarch
        o:py3-sample
        F:usr/lib/python3.11/site-packages/sample-2.0-py3.11.egg-info
        R:PKG-INFO
        F:usr/lib/node_modules/npm
        R:package.json
        F:opt/own/sample-3.0.dist-info
        R:METADATA


        """

    private func root(_ text: String, release: String = Self.alpine) throws -> TemporaryRoot {
        try TemporaryRoot(["/etc/os-release": release, Self.path: text])
    }

    private static let packages = [
        "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.18.4&upstream=openssl",
        "pkg:apk/alpine/py3-sample@2.0-r0?arch=noarch&distro=alpine-3.18.4",
    ]

    @Test func namesPackageAndOrigin() throws {
        let root = try root(Self.record)
        let report = try root.scan()
        #expect(report.inventory.packages.map(\.description) == Self.packages)
        #expect(report.warnings == [] && report.host.architecture == "x86_64")
        #expect(report.occurrences.values.allSatisfy { $0 == [Self.path] })
        let coordinates = report.inventory.packages.map(\.advisoryCoordinates)
        #expect(coordinates.first == AdvisoryCoordinates(scope: "Alpine:v3.18", name: "openssl", version: "3.1.4-r5"))
    }

    @Test func ownedFilesAreNotReportedTwice() throws {
        let root = try root(Self.record)
        try root.write("/usr/lib/python3.11/site-packages/sample-2.0-py3.11.egg-info/PKG-INFO", "")
        try root.write("/usr/lib/node_modules/npm/package.json", #"{"name": "npm", "version": "1.0.0"}"#)
        try root.write("/opt/own/sample-3.0.dist-info/METADATA", "")
        try root.write("/usr/lib/python3.11/site-packages/other-2.0.dist-info/METADATA", "")
        #expect(try root.packages() == Self.packages + ["pkg:pypi/other@2.0", "pkg:pypi/sample@3.0"])
    }

    @Test func bothPlacesAreOneDatabase() throws {
        let root = try TemporaryRoot(["/etc/os-release": Self.alpine, "/usr/lib/apk/db/installed": Self.record])
        #expect(try root.packages() == Self.packages)
        try root.link("/lib", to: "usr/lib")
        #expect(try root.scan().occurrences.values.allSatisfy { $0 == [Self.path] })
    }

    @Test(arguments: [
        ("ID=wolfi\nVERSION_ID=\"20230201\"\n", "pkg:apk/wolfi/a@1-r0?distro=wolfi-20230201"),
        ("ID=debian\nVERSION_ID=12\n", "pkg:apk/a@1-r0"), ("", "pkg:apk/linux/a@1-r0?distro=linux"),
    ])
    func takesTheDistributionFromOSRelease(release: String, purl: String) throws {
        #expect(try root("P:a\nV:1-r0\n", release: release).packages() == [purl])
    }

    @Test func readsBrokenTextAsFarAsItGoes() throws {
        let root = try root("garbage\nP:a\nV:1\n\nP:b\n\nV:2\n\n:\nP:c\nV:3\nX\n\n\nP:a b/c\nV:4 5")
        #expect(
            try root.packages() == [
                "pkg:apk/alpine/a%20b%2Fc@4%205?distro=alpine-3.18.4", "pkg:apk/alpine/a@1?distro=alpine-3.18.4",
                "pkg:apk/alpine/c@3?distro=alpine-3.18.4",
            ])
        #expect(
            try root.warnings() == [
                "\(Self.path): line 12: not a field", "\(Self.path): line 1: not a field",
                "\(Self.path): line 5: record without package or version",
                "\(Self.path): line 7: record without package or version", "\(Self.path): line 9: not a field",
            ])
    }

    @Test func longLinesAreWarnings() throws {
        let root = try root(
            "P:a\nV:1\nD:" + String(repeating: "x", count: ApkInstalledReader.maximumLine) + "\nA:x86_64\n")
        #expect(try root.packages() == ["pkg:apk/alpine/a@1?arch=x86_64&distro=alpine-3.18.4"])
        #expect(try root.warnings() == ["\(Self.path): line 3: more than 1048576 bytes"])
    }

    @Test func neverTrapsOnMutatedText() {
        var random = SplitMix(seed: 31)
        for _ in 0..<2_000 {
            var reader = ApkInstalledReader()
            var records: [ApkRecord] = []
            for line in random.mutated(Array(Self.record.utf8)).split(separator: 10, omittingEmptySubsequences: false) {
                if let record = reader.take(Array(line)) { records.append(record) }
            }
            if let record = reader.end() { records.append(record) }
            #expect(reader.faults.count <= ApkInstalledReader.maximumFaults)
            #expect(reader.ownedFiles.paths.allSatisfy { $0.hasPrefix("/") })
            for record in records { _ = try? record.packageURL(nil) }
        }
    }
}
