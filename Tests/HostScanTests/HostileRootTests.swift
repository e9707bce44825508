import BoundedInput
import Foundation
import Inventory
import Testing

@testable import HostScan

@Suite struct HostileRootTests {
    static let metadata = "Name: foo\nVersion: 1.0\n"

    /// A file outside every root, which no scan may read.
    private func secret() throws -> TemporaryRoot {
        try TemporaryRoot(["/secret/status": "Package: secret\nStatus: install ok installed\nVersion: 1\n"])
    }

    @Test func linksNeverLeadOutside() throws {
        let outside = try secret()
        let target = "\(outside.path)/secret/status"
        let climb = String(repeating: "../", count: 40) + target.dropFirst()
        for link in [target, climb] {
            let root = try TemporaryRoot()
            try root.link("/var/lib/dpkg/status", to: link)
            #expect(FileManager.default.contents(atPath: root.url("/var/lib/dpkg/status").path) != nil)
            #expect(throws: FileReadError(path: "/var/lib/dpkg/status", reason: .system(code: ENOENT))) {
                try root.withFolder { try $0.read("/var/lib/dpkg/status", limit: 1000) }
            }
            try root.link("/x/foo-1.0.dist-info/METADATA", to: link)
            #expect(try root.packages() == [])
            #expect(try root.warnings() == ["/x/foo-1.0.dist-info/METADATA: No such file or directory"])
        }
        withExtendedLifetime(outside) {}
    }

    @Test func linkedFoldersNeverLeadOutside() throws {
        let outside = try secret()
        let root = try TemporaryRoot()
        try root.link("/var/lib/dpkg", to: "\(outside.path)/secret")
        try root.link("/srv/node_modules", to: "/")
        #expect(FileManager.default.contents(atPath: root.url("/var/lib/dpkg/status").path) != nil)
        #expect(try root.packages() == [])
        withExtendedLifetime(outside) {}
    }

    @Test func absoluteLinksStartAgainAtTheRoot() throws {
        let root = try TemporaryRoot(["/data/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\n"])
        try root.link("/var/lib/dpkg", to: "/data/../../data/./dpkg/")
        #expect(try root.packages() == ["pkg:deb/debian/a@1?distro=debian-12"])
    }

    @Test func aLinkedFileInsideTheRootIsRead() throws {
        let root = try TemporaryRoot(["/store/meta": Self.metadata])
        try root.link("/x/foo-1.0.dist-info/METADATA", to: "/store/meta")
        #expect(try root.packages() == ["pkg:pypi/foo@1.0"])
    }

    @Test func loopsEnd() throws {
        let root = try TemporaryRoot()
        try root.link("/var/lib/dpkg/status", to: "status")
        try root.link("/x/foo-1.0.dist-info/METADATA", to: "../foo-1.0.dist-info/METADATA")
        try root.link("/y/self", to: ".")
        try root.link("/y/up", to: "..")
        #expect(
            try root.warnings() == [
                "/var/lib/dpkg/status: Too many levels of symbolic links",
                "/x/foo-1.0.dist-info/METADATA: Too many levels of symbolic links",
            ])
        #expect(throws: FileReadError(path: "/var/lib/dpkg/status", reason: .system(code: ELOOP))) {
            try root.withFolder { try $0.read("/var/lib/dpkg/status", limit: 10) }
        }
    }

    @Test func longChainsOfComponentsEnd() throws {
        let root = try TemporaryRoot()
        let path = String(repeating: "/etc/..", count: 1000) + "/etc/os-release"
        #expect(throws: FileReadError(path: path, reason: .system(code: ENAMETOOLONG))) {
            try root.withFolder { try $0.read(path, limit: 1000) }
        }
    }

    @Test func specialFilesAreNeverOpened() throws {
        let root = try TemporaryRoot()
        try root.makeFIFO("/var/lib/dpkg/status")
        try root.makeFIFO("/x/foo-1.0.dist-info/METADATA")
        try root.makeFIFO("/y/pipe")
        try root.link("/z/node_modules/a/package.json", to: "/y/pipe")
        #expect(
            try root.warnings() == [
                "/var/lib/dpkg/status: not a regular file", "/x/foo-1.0.dist-info/METADATA: not a regular file",
                "/z/node_modules/a/package.json: not a regular file",
            ])
    }

    @Test func foldersInPlaceOfFilesAreHarmless() throws {
        let root = try TemporaryRoot([
            "/var/lib/dpkg/status/x": "", "/x/foo-1.0.dist-info/METADATA/y": "", "/etc/hostname/z": "",
        ])
        #expect(try root.packages() == [])
        #expect(try root.warnings() == ["/var/lib/dpkg/status: not a regular file"])
    }

    @Test func oversizedFilesAreWarnings() throws {
        let root = try TemporaryRoot()
        let path = "/srv/node_modules/a/package.json"
        try root.write(path, "{}")
        // Sparse: takes no room on disk.
        #expect(truncate(root.url(path).path, 1 << 40) == 0)
        #expect(try root.warnings() == ["\(path): larger than 4194304 bytes"])
    }

    @Test(arguments: [
        ("/var/lib/rpm/rpmdb.sqlite", 2 << 30), ("/var/lib/rpm/Packages.db", 2 << 30),
        ("/usr/lib/sysimage/rpm/Packages", 2 << 30), ("/lib/apk/db/installed", 256 << 20),
        ("/var/lib/pacman/local/a-1-1/files", 64 << 20), ("/var/lib/pacman/local/a-1-1/desc", 1 << 20),
        ("/snap/a/current/meta/snap.yaml", 1 << 20), ("/var/lib/rpmmanifest/container-manifest-2", 16 << 20),
    ])
    func oversizedDatabasesAreWarnings(path: String, limit: Int) throws {
        let root = try TemporaryRoot(["/var/lib/pacman/local/a-1-1/desc": "%NAME%\na\n\n%VERSION%\n1-1\n"])
        try root.write(path, "P:a\nV:1\n\n")
        #expect(truncate(root.url(path).path, off_t(limit) + 1) == 0)
        #expect(try root.warnings() == ["\(path): larger than \(limit) bytes"])
    }

    @Test func depthIsBounded() throws {
        let root = try TemporaryRoot()
        let deep = String(repeating: "/d", count: 120)
        try root.write("\(deep)/foo-1.0.dist-info/METADATA", Self.metadata)
        #expect(try root.packages() == [])
        #expect(try root.warnings() == [String(repeating: "/d", count: 97) + ": deeper than 96 folders, left out"])
    }

    @Test func folderCountIsBounded() throws {
        let root = try TemporaryRoot()
        for index in 0..<50 { try root.write("/srv/\(index)/x", "") }
        let visitor = FileCollectorVisitor(findings: Findings())
        try root.withFolder { folder in
            var walk = FolderWalk(
                root: folder, skipped: SkippedFolders(foreign: []), visitor: visitor,
                limits: FolderWalkLimits(depth: 10, folders: 20))
            _ = try walk.run()
        }
        let warnings = visitor.findings.report().warnings
        #expect(warnings.count == 1 && warnings[0].reason == "more than 20 folders, rest left out")
    }

    @Test func warningsAreBounded() throws {
        var findings = Findings()
        for index in 0..<(Findings.maximumWarnings + 7) { findings.warn("/\(index)", "x") }
        let warnings = findings.report().warnings
        #expect(warnings.count == Findings.maximumWarnings + 1)
        #expect(warnings.last == ScanWarning(path: "/", reason: "7 more warnings left out"))
    }

    @Test func aMissingRootIsAWarning() throws {
        let report = try HostScanner(root: "/nonexistent/root").scan()
        #expect(report.inventory.packages == [])
        #expect(report.warnings.map(\.description) == ["/: /nonexistent/root: No such file or directory"])
    }

    @Test func namesThatAreNotTextAreWalked() throws {
        let root = try TemporaryRoot()
        func path(_ rest: String) -> [CChar] {
            root.path.utf8CString.dropLast() + [0x2F, -1, -2] + Array(rest.utf8CString)
        }
        #expect(mkdir(path(""), 0o755) == 0 && mkdir(path("/foo-1.0.dist-info"), 0o755) == 0)
        let file = try #require(fopen(path("/foo-1.0.dist-info/METADATA"), "w"))
        fputs(Self.metadata, file)
        fclose(file)
        #expect(try root.packages() == ["pkg:pypi/foo@1.0"])
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func unreadableFoldersAreWarnings() throws {
        let root = try TemporaryRoot(["/srv/closed/x": "", "/srv/open/foo-1.0.dist-info/METADATA": Self.metadata])
        #expect(chmod(root.url("/srv/closed").path, 0o000) == 0)
        let report = try root.scan()
        #expect(report.inventory.packages.count == 1)
        #expect(report.warnings.map(\.description) == ["/srv/closed: Permission denied"])
        #expect(chmod(root.url("/srv/closed").path, 0o755) == 0)
    }

    @Test func cancellationEndsTheScan() async throws {
        let root = try TemporaryRoot(["/srv/foo-1.0.dist-info/METADATA": Self.metadata])
        let path = root.path
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try HostScanner(root: path).scan()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        withExtendedLifetime(root) {}
    }

    @Test func equalTreesGiveEqualReports() throws {
        let root = try TemporaryRoot([
            "/b/site-packages/x-1.dist-info/METADATA": "", "/a/site-packages/x-1.dist-info/METADATA": "",
            "/c/node_modules/y/package.json": "{",
        ])
        let reports = try (0..<3).map { _ in try root.scan() }
        #expect(Set(reports.map(\.inventory.digest)).count == 1)
        #expect(Set(reports.map(\.warnings)).count == 1)
        #expect(Set(reports.map(\.occurrences)).count == 1)
    }
}
