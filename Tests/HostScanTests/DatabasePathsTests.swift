import Testing

@testable import HostScan

@Suite struct DatabasePathsTests {
    @Test func listsWhatExists() throws {
        let root = try TemporaryRoot([
            "/var/lib/dpkg/status": "", "/usr/lib/python3/dist-packages/x": "",
            "/usr/local/lib/python3.11/site-packages/x": "",
            "/home/me/.nvm/versions/node/v20/lib/node_modules/x": "", "/usr/lib/node_modules/x": "",
            "/usr/lib/perl/x": "",
        ])
        let paths = [
            "/etc/os-release", "/home/me/.nvm/versions/node/v20/lib/node_modules", "/usr/lib/node_modules",
            "/usr/lib/python3/dist-packages", "/usr/local/lib/python3.11/site-packages", "/var/lib/dpkg/status",
        ]
        #expect(HostScanner.databasePaths(root: root.path) == paths.map { root.path + $0 })
        #expect(HostScanner.databasePaths(root: root.path + "/") == paths.map { root.path + $0 })
    }

    @Test func missingRootHasNone() {
        #expect(HostScanner.databasePaths(root: "/nonexistent/root") == [])
    }
}
