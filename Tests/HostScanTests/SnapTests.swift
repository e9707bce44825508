import SeededRandom
import Testing

@testable import HostScan

@Suite struct SnapTests {
    private static let firefox = """
        name: firefox
        version: "120.0.1-1"
        summary: Mozilla Firefox web browser
        description: |
          name: not this
        version: 2
        apps:
          firefox:
            command: firefox.launcher
        """

    @Test func readsTheCurrentRevision() throws {
        let root = try TemporaryRoot([
            "/snap/firefox/3600/meta/snap.yaml": Self.firefox,
            "/snap/firefox/3500/meta/snap.yaml": "name: firefox\nversion: '119.0'\n",
            "/snap/README": "x", "/snap/bin/firefox": "", "/snap/empty/x": "",
            "/var/lib/snapd/snaps/firefox_3600.snap": "", "/var/lib/snapd/snaps/firefox_3500.snap": "",
            "/var/lib/snapd/snaps/partial/x": "",
        ])
        try root.link("/snap/firefox/current", to: "3600")
        let report = try root.scan()
        #expect(report.inventory.packages.map(\.description) == ["pkg:snap/firefox@120.0.1-1"])
        #expect(report.occurrences.values.map(\.self) == [["/snap/firefox/current/meta/snap.yaml"]])
        #expect(report.warnings == [])
    }

    @Test func bothMountFoldersAreOne() throws {
        let root = try TemporaryRoot([
            "/var/lib/snapd/snap/vlc/current/meta/snap.yaml": "version: v3 # three\nname: vlc\n"
        ])
        try root.link("/snap", to: "/var/lib/snapd/snap")
        #expect(try root.packages() == ["pkg:snap/vlc@v3"])
        #expect(try root.scan().occurrences.values.map(\.self) == [["/snap/vlc/current/meta/snap.yaml"]])
    }

    @Test func whatCannotBeReadIsAWarning() throws {
        let root = try TemporaryRoot([
            "/snap/a/current/meta/snap.yaml": "name: a\nversion:\n", "/var/lib/snapd/snaps/b_1.snap": "",
            "/var/lib/snapd/snaps/b_2.snap": "",
        ])
        try root.link("/snap/c/current", to: "current")
        #expect(try root.packages() == [])
        #expect(
            try root.warnings() == [
                "/snap/a/current/meta/snap.yaml: without name or version",
                "/snap/c/current/meta/snap.yaml: Too many levels of symbolic links",
                "/var/lib/snapd/snaps: the snap b is not mounted, its version is not known",
            ])
    }

    @Test func neverTrapsOnMutatedText() {
        var random = SplitMix(seed: 51)
        for _ in 0..<2_000 {
            let snap = SnapDescription(random.mutated(Array(Self.firefox.utf8)))
            #expect(snap.name.utf8.count + snap.version.utf8.count < 2_000)
        }
    }
}
