import Testing

@testable import HostScan

@Suite struct OperatingSystemTests {
    @Test func readsOSRelease() throws {
        let root = try TemporaryRoot()
        let os = try #require(try root.scan().host.os)
        #expect(os.id == "debian" && os.versionID == "12" && os.codename == "bookworm")
    }

    @Test func followsTheLinkInsideTheRoot() throws {
        let root = try TemporaryRoot()
        try root.link("/etc/os-release2", to: "/usr/lib/os-release")
        try root.write("/usr/lib/os-release", "ID=ubuntu\nVERSION_ID=24.04\n")
        let bytes = try root.withFolder { try $0.read("/etc/os-release2", limit: 100) }
        #expect(bytes == Array("ID=ubuntu\nVERSION_ID=24.04\n".utf8))
    }

    @Test func aRootThatDoesNotRunHasNoKernel() throws {
        let root = try TemporaryRoot(["/etc/hostname": "# comment\nweb-1\n"])
        let host = try root.scan().host
        #expect(host.hostname == "web-1")
        #expect(host.kernelRelease == nil && host.bootTime == nil && host.architecture == "")
    }

    @Test func theRunningRootHasAKernel() throws {
        let running = try #require(RunningSystem(root: try RootFolder(path: "/")))
        #expect(!running.kernelRelease.isEmpty && !running.architecture.isEmpty)
        #expect((running.bootTime ?? 0) > 1_000_000_000)
    }

    @Test(arguments: [
        ("cpu 1 2\nbtime 1700000000\nprocesses 5\n", Int64(1_700_000_000)), ("btime x\n", nil), ("", nil),
        ("xbtime 5\n", nil),
    ])
    func readsTheBootTime(statistics: String, time: Int64?) {
        #expect(RunningSystem.bootTime(statistics: statistics) == time)
    }

    @Test func warnsWithoutOSRelease() throws {
        let root = try TemporaryRoot()
        try root.write("/etc/os-release", bytes: [UInt8](repeating: 65, count: 100_000))
        #expect(
            try root.warnings() == [
                "/etc/os-release: larger than 65536 bytes",
                "/etc/os-release: no os-release: the distribution is unknown",
            ])
    }
}
