import Foundation
import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

@Suite struct PacmanTests {
    private static let arch = "NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\nVERSION_ID=20240101.0.204074\n"
    private static let folder = "/var/lib/pacman/local"

    private static func description(_ name: String, _ version: String, base: String, architecture: String) -> String {
        "%NAME%\n\(name)\n\n%VERSION%\n\(version)\n\n%BASE%\n\(base)\n\n%DESC%\nSomething\n\n%ARCH%\n\(architecture)\n\n"
            + "%BUILDDATE%\n1700000000\n\n%INSTALLDATE%\n1700000001\n\n%SIZE%\n1\n\n%VALIDATION%\nnone\n\n"
    }

    private static let files: [String: String] = [
        "/etc/os-release": arch,
        "\(folder)/ALPM_DB_VERSION": "9\n",
        "\(folder)/gcc-libs-13.2.1-3/desc": description("gcc-libs", "13.2.1-3", base: "gcc", architecture: "x86_64"),
        "\(folder)/gcc-libs-13.2.1-3/files": "%FILES%\nusr/\nusr/lib/\nusr/lib/libgcc_s.so\n\n",
        "\(folder)/python-sample-1:2.0-1/desc":
            description("python-sample", "1:2.0-1", base: "python-sample", architecture: "any"),
        "\(folder)/python-sample-1:2.0-1/files":
            "%FILES%\nusr/\nusr/lib/python3.11/site-packages/sample-2.0.dist-info/METADATA\n"
            + "usr/lib/node_modules/semver/package.json\nopt/x/sample-3.0.dist-info/METADATA\n\n"
            + "%BACKUP%\nusr/lib/python3.11/site-packages/other-2.0.dist-info/METADATA\t0123\n\n",
    ]

    private static let packages = [
        "pkg:alpm/arch/gcc-libs@13.2.1-3?arch=x86_64&distro=arch&upstream=gcc",
        "pkg:alpm/arch/python-sample@1:2.0-1?arch=any&distro=arch",
    ]

    @Test func namesPackageAndBase() throws {
        let report = try TemporaryRoot(Self.files).scan()
        #expect(report.inventory.packages.map(\.description) == Self.packages)
        #expect(report.warnings == [] && report.host.architecture == "x86_64")
        #expect(
            report.occurrences.values.flatMap(\.self).sorted() == [
                "\(Self.folder)/gcc-libs-13.2.1-3/desc", "\(Self.folder)/python-sample-1:2.0-1/desc",
            ])
    }

    /// The same folder, as pacman lists it.
    @Test(.enabled(if: Tool.exists("/usr/bin/pacman"), "pacman is missing"))
    func agreesWithPacman() throws {
        let root = try TemporaryRoot(Self.files)
        let output = try Tool.run(
            "/usr/bin/pacman", ["-Q", "--dbpath", root.url("/var/lib/pacman").path, "--root", root.path])
        let found = try root.scan().inventory.packages.map { "\($0.name) \($0.version ?? "")" }
        #expect(found == output.split(separator: "\n").map(String.init))
    }

    @Test func ownedFilesAreNotReportedTwice() throws {
        let root = try TemporaryRoot(Self.files)
        for package in ["/usr/lib/python3.11/site-packages/sample-2.0", "/opt/x/sample-3.0"] {
            try root.write("\(package).dist-info/METADATA", "")
        }
        try root.write("/usr/lib/python3.11/site-packages/other-2.0.dist-info/METADATA", "")
        try root.write("/usr/lib/node_modules/semver/package.json", #"{"name": "semver", "version": "1.0.0"}"#)
        #expect(try root.packages() == Self.packages + ["pkg:pypi/other@2.0", "pkg:pypi/sample@3.0"])
    }

    @Test func brokenFoldersAreWarnings() throws {
        let root = try TemporaryRoot([
            "/etc/os-release": Self.arch, "\(Self.folder)/a-1-1/desc": "%NAME%\na\n\n%VERSION%\n\n",
            "\(Self.folder)/b-1-1/files": "",
            "\(Self.folder)/c-1-1/desc": "%NAME%\nc\nd\n\n%VERSION%\n1-1\n%NAME%\ne\n",
        ])
        #expect(try root.packages() == ["pkg:alpm/arch/c@1-1?distro=arch"])
        #expect(
            try root.warnings() == [
                "\(Self.folder)/a-1-1/desc: without name or version",
                "\(Self.folder)/b-1-1/desc: No such file or directory",
            ])
    }

    @Test func neverTrapsOnMutatedText() {
        var random = SplitMix(seed: 41)
        let texts = Self.files.filter { $0.key.hasPrefix(Self.folder) }.sorted { $0.key < $1.key }.map {
            Array($0.value.utf8)
        }
        for round in 0..<3_000 {
            let text = random.mutated(texts[round % texts.count])
            _ = try? PacmanRecord(text).packageURL(nil)
            var list = PacmanFileList()
            var owned = OwnedFiles()
            for line in text.split(separator: 10) { list.take(Array(line), into: &owned) }
            #expect(owned.paths.allSatisfy { $0.hasPrefix("/") })
        }
    }
}
