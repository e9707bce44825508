import Testing

@testable import HostScan

@Suite struct DatabasePathsTests {
    @Test func listsWhatExists() throws {
        let root = try TemporaryRoot([
            "/var/lib/dpkg/status": "", "/usr/lib/python3/dist-packages/x": "",
            "/usr/local/lib/python3.11/site-packages/x": "",
            "/home/me/.nvm/versions/node/v20/lib/node_modules/x": "", "/usr/lib/node_modules/x": "",
            "/var/lib/gems/3.1.0/specifications/x": "", "/usr/local/bin/x": "", "/opt/conda/conda-meta/x": "",
            "/usr/lib/perl/x": "", "/var/lib/rpm/rpmdb.sqlite": "", "/var/lib/rpm/rpmdb.sqlite-shm": "",
            "/usr/lib/sysimage/rpm/Packages.db": "", "/lib/apk/db/installed": "",
            "/var/lib/flatpak/.changed": "", "/var/lib/snapd/snaps/a_1.snap": "",
            "/var/lib/pacman/local/a-1-1/desc": "",
        ])
        let paths = [
            "/etc/os-release", "/home/me/.nvm/versions/node/v20/lib/node_modules", "/lib/apk/db/installed",
            "/opt/conda/conda-meta", "/usr/lib/node_modules", "/usr/lib/python3/dist-packages",
            "/usr/lib/sysimage/rpm/Packages.db", "/usr/local/bin", "/usr/local/lib/python3.11/site-packages",
            "/var/lib/dpkg/status", "/var/lib/flatpak/.changed", "/var/lib/gems/3.1.0/specifications",
            "/var/lib/pacman/local", "/var/lib/rpm/rpmdb.sqlite", "/var/lib/snapd/snaps",
        ]
        #expect(HostScanner.databasePaths(root: root.path) == paths.map { root.path + $0 })
        #expect(HostScanner.databasePaths(root: root.path + "/") == paths.map { root.path + $0 })
    }

    @Test func missingRootHasNone() {
        #expect(HostScanner.databasePaths(root: "/nonexistent/root") == [])
    }
}
