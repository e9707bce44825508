import Advisories
import Foundation
import Testing

@testable import Enrichment

@Suite struct AptTests {
    @Test(
        arguments: [
            (
                "Inst libssl3 [3.0.11-1] (3.0.13-1 Debian-Security:12/stable-security [amd64]) []",
                [AptArchive.Upgrade(package: "libssl3", candidate: "3.0.13-1")]
            ),
            (
                "Inst libc6:i386 [2.36-9] (2.36-9+deb12u4 Debian:12.5/stable [i386])",
                [AptArchive.Upgrade(package: "libc6:i386", candidate: "2.36-9+deb12u4")]
            ),
            (
                "Inst a [1:1.0-1] (2:1.0~rc1-1 A:1/s, B:1/s [all]) [b:amd64 on c:amd64]",
                [AptArchive.Upgrade(package: "a", candidate: "2:1.0~rc1-1")]
            ),
            // New packages, removals and configuration are no upgrades.
            ("Inst new (1.0 Debian:12 [amd64])", []),
            ("Remv old [1.0]", []),
            ("Conf libssl3 (3.0.13-1 Debian:12 [amd64])", []),
            ("NOTE: This is only a simulation!\nReading package lists...\n\n0 upgraded", []),
            ("", []),
            ("Inst [1] (2 ) \nInst  [1] (2 x)\nInst a [] (2 x)\nInst a [1] (", []),
        ] as [(String, [AptArchive.Upgrade])])
    func readsUpgradesOutOfASimulation(text: String, upgrades: [AptArchive.Upgrade]) {
        #expect(AptArchive.parse(text) == upgrades)
    }

    @Test func groupsByTheSourceOfWhatIsInstalled() {
        let openssl = AptArchive.InstalledSource(source: "openssl", version: "3.0.11-1")
        let installed = [
            "libssl3": openssl, "openssl": openssl,
            "bash": AptArchive.InstalledSource(source: "bash", version: "5.2-2"),
        ]
        let upgrades = ["openssl", "bash", "libssl3", "stranger"].map {
            AptArchive.Upgrade(package: $0, candidate: "9")
        }
        #expect(
            AptArchive.group(upgrades, installed: installed) == [
                AptArchive.Pending(source: "bash", installed: "5.2-2", upgrades: [upgrades[1]]),
                AptArchive.Pending(source: "openssl", installed: "3.0.11-1", upgrades: [upgrades[0], upgrades[2]]),
            ])
        #expect(AptArchive.group([], installed: installed) == [])
    }

    /// A host may have half of a source package's packages upgraded: what the older half lacks is what counts.
    @Test(arguments: [["3.0.9-1", "3.0.11-1"], ["3.0.11-1", "3.0.9-1"]])
    func ofSeveralInstalledVersionsTheOldestCounts(versions: [String]) {
        let upgrades = ["a", "b"].map { AptArchive.Upgrade(package: $0, candidate: "9") }
        let installed = [
            "a": AptArchive.InstalledSource(source: "openssl", version: versions[0]),
            "b": AptArchive.InstalledSource(source: "openssl", version: versions[1]),
        ]
        #expect(AptArchive.group(upgrades, installed: installed).map(\.installed) == ["3.0.9-1"])
    }

    private static let changelog = """
        openssl (3.0.13-1) bookworm-security; urgency=medium

          * Fix CVE-2024-0001.

         -- A Person <person@example.org>  Tue, 30 Jan 2024 18:12:36 +0000

        openssl (3.0.11-1) bookworm; urgency=medium

          * Fix CVE-2023-0001.

         -- A Person <person@example.org>  Tue, 30 May 2023 18:12:36 +0000
        """

    @Test func readsWhatPendingUpdatesRepair() throws {
        let updates = ["3.0.11-1", "3.0.13-1", "not a version"].map {
            AptSnapshot.Update(source: "openssl", installed: $0, scope: "Debian:12", changelog: Self.changelog)
        }
        var sink = CollectedAdvisories()
        let counts = try AptSnapshot(updates: updates).read(into: &sink)
        #expect(sink.advisories.map(\.id) == ["CVE-2024-0001"])
        #expect(sink.advisories.map(\.affected.first?.name) == ["openssl"])
        #expect(counts == (records: 1, setAside: 1))
        #expect(sink.issues.map(\.record) == ["openssl"])
    }

    @Test func aSnapshotSurvivesTheDisk() throws {
        let folder = try TemporaryFolder()
        #expect(try AptSnapshot.load(feedFolder: folder.path) == nil)
        let update = AptSnapshot.Update(source: "a", installed: "1", scope: "Debian:12", changelog: Self.changelog)
        let snapshot = AptSnapshot(updates: [update])
        try snapshot.save(feedFolder: folder.path)
        #expect(try AptSnapshot.load(feedFolder: folder.path) == snapshot)
        #expect(try snapshot.digest == FileDigest.sha256(path: folder.file("apt/updates.json")))
        try folder.write("apt/updates.json", "{".utf8)
        #expect(throws: (any Error).self) { try AptSnapshot.load(feedFolder: folder.path) }
    }
}
