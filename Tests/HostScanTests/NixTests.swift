import Testing

@testable import HostScan

@Suite struct NixTests {
    private static let digest = "0c5b8vw40dy178xlpddw65q9gf1h2186"

    @Test(arguments: [
        ("openssl-3.0.12", "openssl", "3.0.12"), ("openssl-3.0.12-bin", "openssl", "3.0.12"),
        ("python3.11-requests-2.31.0", "python3.11-requests", "2.31.0"), ("glibc-2.38-27", "glibc", "2.38-27"),
        ("bash-interactive-5.2-p15-dev", "bash-interactive", "5.2-p15"),
        ("foo-unstable-2023-01-02", "foo-unstable", "2023-01-02"),
    ])
    func readsNames(text: String, name: String, version: String) throws {
        let parsed = try #require(NixStoreName("\(Self.digest)-\(text)"))
        #expect(parsed.name == name && parsed.version == version)
    }

    @Test(arguments: ["etc", "unit-sshd.service", "openssl-3.0.12.drv", "source", "", "-1"])
    func whatHasNoVersionIsNoPackage(text: String) {
        #expect(NixStoreName("\(Self.digest)-\(text)") == nil)
        #expect(NixStoreName(text) == nil)
    }

    @Test func readsTheStore() throws {
        let store = "/nix/store/\(Self.digest)"
        let root = try TemporaryRoot([
            "\(store)-openssl-3.0.12/x": "", "\(store)-openssl-3.0.12-bin/x": "", "\(store)-curl-8.4.0.tar.gz": "",
            "\(store)-etc/x": "", "/nix/store/.links/x": "",
        ])
        try root.link("/nix/store/\(Self.digest)-zlib-1.3", to: "/etc")
        let report = try root.scan()
        #expect(report.inventory.packages.map(\.description) == ["pkg:generic/openssl@3.0.12"])
        #expect(report.occurrences.values.map(\.self) == [["\(store)-openssl-3.0.12", "\(store)-openssl-3.0.12-bin"]])
        #expect(report.warnings == [])
    }
}
