import Advisories
import Foundation
import Matching
import PackageIdentity
import Scoring

@testable import Reports

/// A file of its own, gone with the last reference.
func makeIndex(_ advisories: [Advisory]) throws -> AdvisoryIndex {
    let path = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var builder = IndexBuilder()
    for advisory in advisories { try builder.add(advisory) }
    var intelligence = ThreatIntelligence()
    intelligence.kev["CVE-2024-0002"] = KnownExploitation(dateAdded: "2024-02-01", dueDate: nil, ransomware: false)
    intelligence.epss["CVE-2024-0001"] = EPSSScore(probability: 0.04, percentile: 0.9)
    builder.setIntelligence(intelligence)
    _ = try builder.write(to: path)
    return try AdvisoryIndex(path: path)
}

func advisory(
    _ id: String, _ scope: String, _ name: String, fixed: String? = nil, state: FixState = .unspecified,
    urgency: String? = nil, vector: String? = nil, word: Severity? = nil
) -> Advisory {
    let events: [AffectedRange.Event] = [.introduced("0")] + (fixed.map { [.fixed($0)] } ?? [])
    let severities =
        vector.map { [SeverityStatement(vector: $0, origin: .nvd)] }
        ?? word.map { [SeverityStatement(word: $0, origin: .vendor)] } ?? []
    return Advisory(
        id: id, feed: scope.hasPrefix("Debian") ? .debianTracker : .osv(scope), summary: "About \(name)",
        severities: severities,
        affected: [
            AffectedPackage(
                scope: scope, name: name, ranges: [AffectedRange(kind: .ecosystem, events: events)], versions: [],
                state: state, urgency: urgency)
        ])
}

let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
let medium = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"

let sampleAdvisories = [
    advisory("CVE-2024-0001", "Debian:12", "openssl", fixed: "3.0.13-1", state: .fixed, vector: critical),
    advisory("CVE-2024-0002", "PyPI", "jinja2", fixed: "3.1.3", vector: medium),
    advisory("CVE-2024-0003", "Debian:12", "openssl", state: .unfixed, vector: medium),
    advisory("CVE-2024-0004", "Debian:12", "bash", state: .ignored, word: .low),
    advisory("CVE-2024-0005", "Debian:12", "bash", state: .undetermined, vector: critical),
    // The distribution sees no impact, whatever the score.
    advisory("CVE-2024-0006", "Debian:12", "bash", state: .unfixed, urgency: "unimportant", vector: critical),
]

func samplePackages() throws -> [PackageURL] {
    try [
        "pkg:deb/debian/bash@5.2-2?arch=amd64&distro=debian-12",
        "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl",
        "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12",
        "pkg:deb/debian/libssl-dev@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl",
        "pkg:pypi/jinja2@3.1.2",
        "pkg:cargo/serde@1.0.0",
        "pkg:generic/thing@1",
    ].map { try PackageURL($0) }
}

/// What a writer writes.
func written(_ body: (ByteOutput) throws -> Void) rethrows -> String {
    var bytes: [UInt8] = []
    // Small, so that every report crosses its pieces.
    let output = ByteOutput(capacity: 64) { bytes += Array($0) }
    try body(output)
    do { try output.flush() } catch { return "\(error)" }
    return String(decoding: bytes, as: UTF8.self)
}
