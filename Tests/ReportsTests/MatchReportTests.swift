import Advisories
import Foundation
import Matching
import PackageIdentity
import Scoring
import Testing

@testable import Reports

@Suite struct MatchReportTests {
    private let report: MatchReport

    init() throws { report = try MatchReport(packages: try samplePackages(), index: try makeIndex(sampleAdvisories)) }

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
        let reversed = try MatchReport(
            packages: try samplePackages().reversed(), index: try makeIndex(sampleAdvisories))
        #expect(reversed.table(color: false) == report.table(color: false))
        #expect(written(reversed.writeJSON) == written(report.writeJSON))
    }

    @Test func whatNoAdvisoriesCoverIsNamed() {
        #expect(report.uncovered.map(\.package.type) == ["cargo", "generic"])
    }

    /// Two installed kernels, of which one runs: the other is told apart in the report, in JSON, and in the explanation.
    @Test func anotherKernelThanTheRunningOneIsToRemove() throws {
        let names = ["6.1.0-18-amd64", "6.1.0-20-amd64"]
        var resolver = CoordinateResolver()
        let packages = try names.map {
            ReportedPackage(
                try PackageURL("pkg:deb/debian/linux-image-\($0)@6.1.76-1?arch=amd64&distro=debian-12&upstream=linux"),
                resolver: &resolver)
        }
        let index = try makeIndex([
            advisory("CVE-2024-0007", "Debian:12", "linux", fixed: "6.1.99-1", state: .fixed, vector: critical)
        ])
        let policy = MatchPolicy(runningKernel: "6.1.0-20-amd64")
        let actions = [
            "linux-image-6.1.0-18-amd64": "Remove linux-image-6.1.0-18-amd64: another kernel is running",
            "linux-image-6.1.0-20-amd64": "Upgrade linux to 6.1.99-1",
        ]
        for depth in [MatchReport.Depth.numbers, .brief, .whole] {
            let report = try MatchReport(packages: packages, index: index, policy: policy, depth: depth)
            for row in report.rows { #expect(row.action == actions[row.package.name]) }
            #expect(report.rows.count == 2)
            #expect(report.lines().count == 2)
            let json = written(report.writeJSON)
            for action in actions.values {
                #expect(json.contains(#""action":"\#(action)""#) || json.contains(#""action": "\#(action)""#))
            }
        }
        let explained = packages.flatMap {
            ExplainedPackage.explain($0, vulnerability: "CVE-2024-0007", index: index, policy: policy)
        }
        #expect(explained.map(\.explanation.reason) == ["kernel_not_running", "in_range"])
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
        let none = try MatchReport(packages: [try PackageURL("pkg:pypi/six@1")], index: try makeIndex(sampleAdvisories))
        #expect(none.table(color: true) == "1 packages, 0 vulnerabilities\n")
        let empty = try MatchReport(packages: [], index: try makeIndex(sampleAdvisories))
        #expect(empty.table(color: false) == "0 packages, 0 vulnerabilities\n")
    }

    /// Package names and versions come from files that anybody may have written: none may reach the terminal as a command.
    @Test func nothingFromOutsideCommandsTheTerminal() throws {
        let evil = "9.0\u{1B}[2J\u{9B}1m\r\n\u{202E}"
        let package = try PackageURL("pkg:npm/tool@1.0.0")
        let index = try makeIndex([advisory("CVE-2024-0009", "npm", "tool", fixed: evil)])
        let table = try MatchReport(packages: [package], index: index).table(color: false)
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
        {"index":"DIGEST","packages":2,"uncovered":[],
        "matches":[
        {"purl":"pkg:pypi/jinja2@3.1.2","name":"jinja2","version":"3.1.2","id":"CVE-2024-0002","aliases":[],"advisories":["CVE-2024-0002"],"status":"affected","reason":"in_range","confidence":"exact","fixed":"3.1.3","severity":"medium","severity_source":"nvd","cvss":5.3,"cvss_vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N","epss":null,"kev":{"date_added":"2024-02-01","due_date":null,"ransomware":false},"exploits":null,"ssvc":{"decision":"attend","exploitation":"active","automatable":true,"technical_impact":"partial","mission":"medium","assumed":["automatable","technical_impact","mission"]},"risk":{"value":81.8,"severity_part":23.8,"likelihood_part":0,"exploit_part":0,"exploited_part":58},"summary":"About jinja2","action":"Upgrade jinja2 to 3.1.3"},
        {"purl":"pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12","name":"openssl","namespace":"debian","version":"3.0.11-1","id":"CVE-2024-0001","aliases":[],"advisories":["CVE-2024-0001"],"status":"affected","reason":"in_range","confidence":"exact","fixed":"3.0.13-1","severity":"critical","severity_source":"nvd","cvss":9.8,"cvss_vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","epss":{"probability":0.04,"percentile":0.9},"kev":null,"exploits":null,"ssvc":null,"risk":{"value":49.1,"severity_part":44.1,"likelihood_part":5,"exploit_part":0,"exploited_part":0},"summary":"About openssl","action":"Upgrade openssl to 3.0.13-1"}
        ],
        "suppressed":[]}

        """#

    @Test func theJSONIsAsItWas() throws {
        let report = try MatchReport(
            packages: samplePackages().filter { ["openssl", "jinja2"].contains($0.name) },
            index: makeIndex(Array(sampleAdvisories.prefix(2))))
        let text = written(report.writeJSON).replacing(/"index":"[0-9a-f]{64}"/, with: #""index":"DIGEST""#)
        #expect(text == Self.json)
    }

    /// However much is put into words at once, the words are the same.
    @Test(arguments: [MatchReport.Depth.brief, .numbers])
    func theDepthDoesNotShowInTheJSON(_ depth: MatchReport.Depth) throws {
        let index = try makeIndex(sampleAdvisories)
        let rules = try IgnoreRule.read(Array("CVE-2024-0004 # later".utf8), today: "2026-01-01").rules
        for policy in [MatchPolicy(), MatchPolicy(ignore: rules), MatchPolicy(onlyFixed: true)] {
            let packages = try samplePackages().map { ReportedPackage($0) }
            let whole = try MatchReport(packages: packages, index: index, policy: policy)
            let other = try MatchReport(packages: packages, index: index, policy: policy, depth: depth)
            #expect(written(other.writeJSON) == written(whole.writeJSON))
            #expect(other.rows.map(\.verdict) == whole.rows.map(\.verdict))
        }
    }

    @Test func onlyWhatIsAffectedAndRatedReachesALevel() {
        #expect(report.reaches(.critical))
        #expect(report.reaches(.low))
    }

    @Test func onlyFixedLeavesTheOthersOutAndCountsThem() throws {
        let fixed = try MatchReport(
            packages: samplePackages().map { ReportedPackage($0) }, index: makeIndex(sampleAdvisories),
            policy: MatchPolicy(onlyFixed: true))
        #expect(fixed.rows.map(\.record.id) == ["CVE-2024-0002"] + Array(repeating: "CVE-2024-0001", count: 3))
        #expect(fixed.withoutFix == 6)
        #expect(fixed.table(color: false).hasSuffix("\n6 without a known fix are not shown\n"))
    }

    @Test func thePackageURLIsShownAsTheBillWritesIt() throws {
        let package = try PackageURL("pkg:pypi/jinja2@3.1.2")
        let report = try MatchReport(
            packages: [ReportedPackage(package, purl: "pkg:PyPI/Jinja2@3.1.2")], index: makeIndex(sampleAdvisories))
        #expect(written(report.writeJSON).contains(#"{"purl":"pkg:PyPI/Jinja2@3.1.2","name":"jinja2""#))
    }
}
