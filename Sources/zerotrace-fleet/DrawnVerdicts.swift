import Foundation
import Matching
import PackageIdentity
import Scoring
import SeededRandom

/// What a feed could say: nine of a hundred package versions have vulnerabilities, a few each.
enum DrawnVerdicts {
    private static let vulnerabilities = 45_000
    private static let words = [
        "buffer", "heap", "overflow", "remote", "attacker", "crafted", "request", "parser", "memory", "denial",
        "service", "kernel",
        "race", "condition", "local", "header", "certificate", "path", "injection", "validation", "integer", "free",
        "leak", "token",
    ]

    /// Numbers of the vulnerabilities of a package; the same for the same package.
    static func vulnerabilities(of package: PackageURL) -> Set<Int> {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in package.description.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        var generator = SplitMix(seed: hash)
        guard Int.random(in: 0..<100, using: &generator) < 9 else { return [] }
        let amount = min(60, 1 + Int(-log(Double.random(in: 0.0001..<1, using: &generator)) / 0.55))
        return Set((0..<amount).map { _ in Int.random(in: 0..<vulnerabilities, using: &generator) })
    }

    static func verdict(_ number: Int) -> Verdict {
        Verdict(
            vulnerability: name(number), advisories: ["DSA-\(number)"], status: .affected,
            fixedVersion: number % 5 < 3 ? "9.9-1" : nil, reason: "in range")
    }

    static func record(_ number: Int) -> VulnerabilityRecord {
        var generator = SplitMix(seed: UInt64(number))
        func text(_ count: Int) -> String {
            (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(separator: " ")
        }
        let severity: Severity = [.unknown, .low, .medium, .medium, .high, .high, .critical][number % 7]
        let score = Double(number % 100) / 10
        return VulnerabilityRecord(
            id: name(number), aliases: ["GHSA-\(number)"], summary: text(8), details: text(100), severity: severity,
            cvssScore: score, cvssVector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", severitySource: "nvd",
            epss: nil,
            kev: nil, exploits: nil, ssvc: nil,
            risk: Risk(cvss: score, severity: severity, epss: nil, exploitation: nil), published: 1_700_000_000,
            modified: 1_700_000_000, references: ["https://security.example.com/\(name(number))"],
            advisories: ["DSA-\(number)"])
    }

    private static func name(_ number: Int) -> String { "CVE-\(2010 + number % 16)-\(10_000 + number)" }
}
