import Advisories
import Foundation
import Matching
import PackageIdentity
import Scoring
import Testing

@testable import Reports

/// A file of its own, gone with the last reference.
private func makeIndex(_ advisories: [Advisory]) throws -> AdvisoryIndex {
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

private func advisory(
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

private let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
private let medium = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"

private let advisories = [
    advisory("CVE-2024-0001", "Debian:12", "openssl", fixed: "3.0.13-1", state: .fixed, vector: critical),
    advisory("CVE-2024-0002", "PyPI", "jinja2", fixed: "3.1.3", vector: medium),
    advisory("CVE-2024-0003", "Debian:12", "openssl", state: .unfixed, vector: medium),
    advisory("CVE-2024-0004", "Debian:12", "bash", state: .ignored, word: .low),
    advisory("CVE-2024-0005", "Debian:12", "bash", state: .undetermined, vector: critical),
    // The distribution sees no impact, whatever the score.
    advisory("CVE-2024-0006", "Debian:12", "bash", state: .unfixed, urgency: "unimportant", vector: critical),
]

private func packages() throws -> [PackageURL] {
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

@Suite struct MatchReportTests {
    private let report: MatchReport

    init() throws { report = MatchReport(packages: try packages(), index: try makeIndex(advisories)) }

    @Test func worstFirst() {
        let order = report.rows.map { "\($0.record.id) \($0.package.name)" }
        #expect(
            order == [
                "CVE-2024-0002 jinja2", "CVE-2024-0001 libssl-dev", "CVE-2024-0001 libssl3", "CVE-2024-0001 openssl",
                "CVE-2024-0003 libssl-dev", "CVE-2024-0003 libssl3", "CVE-2024-0003 openssl", "CVE-2024-0004 bash",
                "CVE-2024-0006 bash", "CVE-2024-0005 bash",
            ])
    }

    @Test func theOrderOfThePackagesDoesNotMatter() throws {
        let reversed = MatchReport(packages: try packages().reversed(), index: try makeIndex(advisories))
        #expect(reversed.table(color: false) == report.table(color: false))
        #expect(try reversed.json() == report.json())
    }

    @Test func whatNoAdvisoriesCoverIsNamed() {
        #expect(report.uncovered.map(\.type) == ["cargo", "generic"])
    }

    private static let table = """
        SEVERITY      PACKAGE                  INSTALLED  FIXED IN  ID             CVSS  EPSS  KEV  WHAT TO DO
        medium        jinja2                   3.1.2      3.1.3     CVE-2024-0002  5.3   -     yes  Upgrade jinja2 to 3.1.3
        critical      openssl (libssl-dev +1)  3.0.11-1   3.0.13-1  CVE-2024-0001  9.8   4%    -    Upgrade openssl to 3.0.13-1
        medium        openssl (libssl-dev +1)  3.0.11-1   -         CVE-2024-0003  5.3   -     -    No fix in Debian 12 yet
        low           bash                     5.2-2      -         CVE-2024-0004  -     -     -    No fix planned in Debian 12; remove bash or limit who reaches it
        low           bash                     5.2-2      -         CVE-2024-0006  -     -     -    No fix in Debian 12 yet
        undetermined  bash                     5.2-2      -         CVE-2024-0005  9.8   -     -    Check by hand: publisher undetermined

        7 packages, 5 vulnerabilities: 1 critical, 2 medium, 2 low; 1 known to be exploited; 1 could not be decided; no advisories cover 2 of the packages

        """

    @Test func theTableIsAsItWas() {
        #expect(report.table(color: false) == Self.table)
    }

    @Test func linesBeyondTheLimitAreCounted() {
        let lines = report.table(color: false, limit: 2).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(lines[3] == "… and 4 more: 3 of bash 5.2-2, 1 of openssl 3.0.11-1")
        #expect(report.table(color: false, limit: 99) == report.table(color: false))
    }

    @Test func onePackageDoesNotFillTheScreen() {
        let lines = report.table(color: false, perPackage: 1).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1...3].map { $0.split(separator: " ")[1] } == ["jinja2", "openssl", "bash"])
        #expect(lines[4] == "… and 3 more: 2 of bash 5.2-2, 1 of openssl 3.0.11-1")
        #expect(report.table(color: false, perPackage: 3) == report.table(color: false))
    }

    @Test func coloursOnlyWhenAskedAndWithoutUpsettingTheColumns() {
        #expect(!report.table(color: false).contains("\u{1B}"))
        let colored = report.table(color: true)
        #expect(colored.contains("\u{1B}[1;31mcritical\u{1B}[0m"))
        #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == report.table(color: false))
    }

    @Test func nothingFoundIsOneLine() throws {
        let none = MatchReport(packages: [try PackageURL("pkg:pypi/six@1")], index: try makeIndex(advisories))
        #expect(none.table(color: true) == "1 packages, 0 vulnerabilities\n")
        let empty = MatchReport(packages: [], index: try makeIndex(advisories))
        #expect(empty.table(color: false) == "0 packages, 0 vulnerabilities\n")
    }

    /// Package names and versions come from files that anybody may have written: none may reach the terminal as a command.
    @Test func nothingFromOutsideCommandsTheTerminal() throws {
        let evil = "9.0\u{1B}[2J\u{9B}1m\r\n\u{202E}"
        let package = try PackageURL("pkg:npm/tool@1.0.0")
        let index = try makeIndex([advisory("CVE-2024-0009", "npm", "tool", fixed: evil)])
        let table = MatchReport(packages: [package], index: index).table(color: false)
        let explanation = index.explain(package, vulnerability: "CVE-2024-0009").text()
        for text in [table, explanation] {
            #expect(text.contains("CVE-2024-0009"))
            let controls = text.unicodeScalars.filter {
                $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
            }
            #expect(controls.isEmpty)
        }
        #expect(table.split(separator: "\n").count == 3)
    }

    private static let json = #"""
        {
          "index" : "DIGEST",
          "matches" : [
            {
              "action" : "Upgrade jinja2 to 3.1.3",
              "advisories" : [
                "CVE-2024-0002"
              ],
              "aliases" : [

              ],
              "cvss" : 5.3,
              "cvss_vector" : "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
              "fixed" : "3.1.3",
              "id" : "CVE-2024-0002",
              "kev" : true,
              "name" : "jinja2",
              "purl" : "pkg:pypi/jinja2@3.1.2",
              "reason" : "in_range",
              "risk" : 81.8,
              "severity" : "medium",
              "status" : "affected",
              "summary" : "About jinja2",
              "version" : "3.1.2"
            },
            {
              "action" : "Upgrade openssl to 3.0.13-1",
              "advisories" : [
                "CVE-2024-0001"
              ],
              "aliases" : [

              ],
              "cvss" : 9.8,
              "cvss_vector" : "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
              "epss" : 0.04,
              "fixed" : "3.0.13-1",
              "id" : "CVE-2024-0001",
              "kev" : false,
              "name" : "openssl",
              "purl" : "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12",
              "reason" : "in_range",
              "risk" : 49.1,
              "severity" : "critical",
              "status" : "affected",
              "summary" : "About openssl",
              "version" : "3.0.11-1"
            }
          ],
          "packages" : 2
        }

        """#

    @Test func theJSONIsAsItWas() throws {
        let json = try MatchReport(
            packages: packages().filter { ["openssl", "jinja2"].contains($0.name) },
            index: makeIndex(Array(advisories.prefix(2)))
        ).json()
        let text = String(decoding: json, as: UTF8.self)
            .replacing(/"index" : "[0-9a-f]{64}"/, with: #""index" : "DIGEST""#)
        #expect(text == Self.json)
    }
}
