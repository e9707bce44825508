import Foundation
import Scoring
import Testing

@testable import Advisories

@Suite struct CompiledIntelligenceTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("intel-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private let known = ThreatIntelligence(
        epss: [
            "CVE-2024-1": EPSSScore(probability: 0.25, percentile: 1),
            "CVE-2024-2": EPSSScore(probability: 0, percentile: 0),
        ],
        kev: [
            "CVE-2024-1": KnownExploitation(dateAdded: "2024-01-02", dueDate: nil, ransomware: true),
            "CVE-2024-3": KnownExploitation(dateAdded: "2024-01-02", dueDate: "2024-02-03", ransomware: false),
        ],
        exploits: ["CVE-2024-1": PublicExploits(exploitDatabase: [7, 1], isVerified: true, metasploit: ["a/b", "ü"])],
        ssvc: [
            "CVE-2024-1": SSVCDecisionPoints(exploitation: .active, isAutomatable: true, technicalImpact: .partial)
        ],
        lifecycles: [
            "debian": Lifecycle(
                product: "debian", identifiers: ["pkg:x/y"],
                releases: [
                    Lifecycle.Release(cycle: "12", codename: "bookworm", securitySupportEnd: "2026-06-10"),
                    Lifecycle.Release(cycle: "1", isEnded: true, latest: "1.3"),
                ])
        ],
        supportNotes: [
            SupportNote(scope: "Debian:12", name: "webkit", isEnded: false, endDate: "2026-01-01", text: "…")
        ])

    @Test("what is written is read back")
    func roundTrip() throws {
        for value in [known, ThreatIntelligence()] {
            try value.writeCompiled(to: path("part"))
            let read = try ThreatIntelligence(compiled: path("part"))
            #expect(read.epss == value.epss && read.kev == value.kev && read.exploits == value.exploits)
            #expect(read.ssvc == value.ssvc && read.lifecycles == value.lifecycles)
            #expect(read.supportNotes == value.supportNotes)
        }
    }

    @Test("a file that is missing, cut off or changed is refused")
    func damaged() throws {
        try known.writeCompiled(to: path("part"))
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path("part"))))
        #expect(throws: IndexBuildError.damagedCache(path: path("none"))) {
            try ThreatIntelligence(compiled: path("none"))
        }
        for length in 0..<bytes.count {
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path("bad")))
            #expect(throws: IndexBuildError.self, "cut to \(length)") { try ThreatIntelligence(compiled: path("bad")) }
        }
        for offset in bytes.indices where !(12..<16).contains(offset) {
            var changed = bytes
            changed[offset] ^= 0x41
            try Data(changed).write(to: URL(fileURLWithPath: path("bad")))
            #expect(throws: IndexBuildError.self, "byte \(offset)") { try ThreatIntelligence(compiled: path("bad")) }
        }
    }
}
