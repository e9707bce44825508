import Foundation
import SeededRandom
import Testing

@testable import HostScan

@Suite struct FlatpakTests {
    /// What flatpak 1.14 wrote when it installed an application of one file.
    private static let firefox = Array(
        Data(
            base64Encoded: """
                bG9jYWwAMTc2NDFiYzk0ZTc5OTlhYmI4NmE2NDZkYTBmYTQxYTg3ZDE1ZmFiZmFlNWUzY2MwZDliOTNmMGRkZGUxMGI0MgAAAAAAAAAABABhcH
                BkYXRhLXN1bW1hcnkAV2ViIGJyb3dzZXIAAHMQAGFwcGRhdGEtbmFtZQAAAABGaXJlZm94AABzDQAAAAAAYXBwZGF0YS12ZXJzaW9uADEyMC4w
                LjEAAHMQAAAAAABydW50aW1lAG9yZy5mcmVlZGVza3RvcC5QbGF0Zm9ybS94ODZfNjQvMjMuMDgAAHMIAAAAAAAAAGFwcGRhdGEtY29udGVudC
                1yYXRpbmcAAG9hcnMtMS4wAAkAKHNhe3NzfSkXAAAAAHRpbWVzdGFtcAAAAAAAAADDgQRrAAAAAAB0CgAAAAAAZGVwbG95LXZlcnNpb24AAAQA
                AAAAaQ8AYXBwZGF0YS1saWNlbnNlAE1QTC0yLjAAAHMQHwA7AFsAkQDEAOMA/wAbAUcARwAGAA==
                """, options: .ignoreUnknownCharacters) ?? Data())

    /// An application's or runtime's deployment below a folder, as flatpak links it.
    private func install(_ id: String, branch: String, _ bytes: [UInt8], in folder: String, _ root: TemporaryRoot)
        throws
    {
        let branchFolder = "\(folder)/\(id)/x86_64/\(branch)"
        try root.write("\(branchFolder)/0123abcd/deploy", bytes: bytes)
        try root.link("\(branchFolder)/active", to: "0123abcd")
        try root.link("\(folder)/\(id)/current", to: "x86_64/\(branch)")
    }

    /// The same without its version: the name of the fact is another one.
    private static var withoutVersion: [UInt8] {
        let parts = firefox.split(separator: Array("appdata-version".utf8))
        return Array(parts.joined(separator: Array("appdata-vorsion".utf8)))
    }

    @Test func readsWhatFlatpakWrote() throws {
        #expect(Self.firefox.count == 385)
        #expect(try FlatpakDeployment(Self.firefox[...]).version == "120.0.1")
        #expect(try FlatpakDeployment(Self.withoutVersion[...]).version == "")
    }

    @Test func readsApplicationsAndRuntimesOfSystemAndUsers() throws {
        let root = try TemporaryRoot(["/home/file": ""])
        try install("org.mozilla.firefox", branch: "stable", Self.firefox, in: "/var/lib/flatpak/app", root)
        try install("org.example.Platform", branch: "23.08", Self.withoutVersion, in: "/var/lib/flatpak/runtime", root)
        try install("org.example.Own", branch: "beta", Self.firefox, in: "/home/me/.local/share/flatpak/app", root)
        try root.write("/home/me/.local/share/flatpak/app/org.example.Own/x/a-1.dist-info/METADATA", "")
        try root.write("/var/lib/flatpak/app/org.example.Gone/x86_64/stable/x", "")
        #expect(
            try root.packages() == [
                "pkg:flatpak/org.example.Own@120.0.1?arch=x86_64", "pkg:flatpak/org.example.Platform@23.08?arch=x86_64",
                "pkg:flatpak/org.mozilla.firefox@120.0.1?arch=x86_64",
            ])
        #expect(try root.warnings() == [])
    }

    @Test func whatCannotBeReadIsAWarning() throws {
        let root = try TemporaryRoot()
        try install("a", branch: "stable", Self.withoutVersion, in: "/var/lib/flatpak/app", root)
        try install("b", branch: "stable", Array(Self.firefox.dropLast(100)), in: "/var/lib/flatpak/app", root)
        #expect(try root.packages() == [])
        #expect(
            try root.warnings() == [
                "/var/lib/flatpak/app/a/x86_64/stable/active/deploy: a does not state its version, left out",
                "/var/lib/flatpak/app/b/x86_64/stable/active/deploy: a record ends before what it refers to",
            ])
    }

    @Test func neverTrapsOnMutatedBytes() {
        var random = SplitMix(seed: 61)
        for _ in 0..<5_000 {
            let version = (try? FlatpakDeployment(random.mutated(Self.firefox)[...]))?.version ?? ""
            #expect(version.utf8.count < 2_000)
        }
    }
}
