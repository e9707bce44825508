import Advisories
import Matching
import PackageIdentity
import Testing

@testable import Reports

/// What a user decides: VEX statements and ignore rules.
@Suite struct PolicyTests {
    private func report(
        vex: [(String, VEXDocument)] = [], ignore: String = "", today: String = "2026-06-01"
    ) throws -> MatchReport {
        let rules = try IgnoreRule.read(Array(ignore.utf8), today: today).rules
        return try MatchReport(
            packages: samplePackages().map { ReportedPackage($0) }, index: makeIndex(sampleAdvisories),
            policy: MatchPolicy(vex: VEXOverlay(vex.map { (file: $0.0, document: $0.1) }), ignore: rules))
    }

    private func statement(
        _ id: String, _ product: String, _ status: VEXStatement.Status, at time: Int64? = nil,
        justification: String? = nil, versions: [String] = []
    ) -> VEXStatement {
        VEXStatement(
            vulnerabilities: [id], products: [.init(identifier: product, versions: versions)], status: status,
            justification: justification, timestamp: time)
    }

    private func document(_ statements: VEXStatement...) -> VEXDocument {
        VEXDocument(id: "vex-1", author: "Ann", statements: statements)
    }

    @Test(arguments: [
        ("pkg:pypi/jinja2", [String](), true),
        ("pkg:pypi/jinja2@3.1.2", [], true),
        ("pkg:pypi/Jinja2", [], true),
        ("pkg:pypi/jinja2@3.1.1", [], false),
        ("pkg:pypi/jinja2", ["3.1.2"], true),
        ("pkg:pypi/jinja2", ["3.1.1"], false),
        ("pkg:pypi/jinja2?arch=amd64", [], false),
        ("pkg:npm/jinja2", [], false),
        ("jinja2", [], false),
    ])
    func aStatementSpeaksOfItsProductAlone(product: String, versions: [String], speaks: Bool) throws {
        let report = try report(
            vex: [("a.json", document(statement("CVE-2024-0002", product, .notAffected, versions: versions)))])
        #expect(report.suppressed.map(\.record.id) == (speaks ? ["CVE-2024-0002"] : []))
        #expect(report.rows.contains { $0.record.id == "CVE-2024-0002" } == !speaks)
    }

    @Test func qualifiersOfTheStatementMustBeThePackages() throws {
        let product = "pkg:deb/debian/openssl?distro=debian-12"
        let report = try report(vex: [("a.json", document(statement("CVE-2024-0001", product, .fixed)))])
        #expect(report.suppressed.map(\.package.name) == ["openssl"])
        #expect(report.suppressed.first?.verdict.reason == "vex_fixed")
    }

    @Test func aStatementMayNameTheProductByCPE() throws {
        let package = try PackageURL("pkg:pypi/jinja2@3.1.2")
        let subject = ReportedPackage(package, cpes: ["cpe:2.3:a:pallets:jinja:3.1.2:*:*:*:*:*:*:*"])
        let overlay = VEXOverlay([
            (file: "a", document: document(statement("CVE-2024-0002", "cpe:/a:pallets:jinja", .notAffected)))
        ])
        let report = try MatchReport(
            packages: [subject], index: makeIndex(sampleAdvisories), policy: MatchPolicy(vex: overlay))
        #expect(report.rows.isEmpty)
        #expect(report.suppressed.count == 1)
    }

    @Test func theLatestStatementCounts() throws {
        let old = statement("CVE-2024-0002", "pkg:pypi/jinja2", .notAffected, at: 1)
        let new = statement("CVE-2024-0002", "pkg:pypi/jinja2", .affected, at: 2)
        let timeless = statement("CVE-2024-0002", "pkg:pypi/jinja2", .notAffected)
        #expect(try report(vex: [("a", document(new, old, timeless))]).suppressed.isEmpty)
        #expect(try report(vex: [("a", document(old, timeless))]).suppressed.count == 1)
        // Of equally old ones the one that is read last.
        let again = statement("CVE-2024-0002", "pkg:pypi/jinja2", .affected, at: 1)
        #expect(try report(vex: [("a", document(old)), ("b", document(again))]).suppressed.isEmpty)
        #expect(try report(vex: [("b", document(again)), ("a", document(old))]).suppressed.count == 1)
    }

    @Test func whatTheFeedsDoNotReportTheUserMay() throws {
        let report = try report(
            vex: [
                (
                    "a.json",
                    document(
                        statement("CVE-2024-0002", "pkg:cargo/serde", .affected),
                        statement("CVE-2030-9999", "pkg:generic/thing@1", .affected))
                )
            ])
        let added = report.rows.filter { $0.verdict.reason == "vex_affected" }.map {
            "\($0.record.id) \($0.package.name)"
        }
        #expect(added == ["CVE-2024-0002 serde", "CVE-2030-9999 thing"])
    }

    @Test func underInvestigationIsUndetermined() throws {
        let report = try report(
            vex: [("a", document(statement("CVE-2024-0002", "pkg:pypi/jinja2", .underInvestigation)))])
        let row = try #require(report.rows.first { $0.record.id == "CVE-2024-0002" })
        #expect(row.verdict.status == .undetermined)
        #expect(row.verdict.reason == "vex_under_investigation")
    }

    @Test func theTableAndTheExplanationNameTheStatement() throws {
        let vex = document(
            statement("CVE-2024-0002", "pkg:pypi/jinja2", .notAffected, justification: "component_not_present"))
        let report = try report(vex: [("my.json", vex)])
        #expect(report.table(color: false).hasSuffix("\n1 not affected by VEX my.json\n"))
        let subject = ReportedPackage(try PackageURL("pkg:pypi/jinja2@3.1.2"))
        let explained = ExplainedPackage.explain(
            subject, vulnerability: "CVE-2024-0002", index: try makeIndex(sampleAdvisories),
            policy: MatchPolicy(vex: VEXOverlay([(file: "my.json", document: vex)])))
        #expect(explained.count == 1)
        #expect(
            explained[0].text().hasPrefix(
                "not affected: your VEX by Ann in my.json: component not present; without it the feeds say:\n\n"))
        let json = written { ExplainedPackage.writeJSON(explained, to: $0) }
        #expect(json.contains(#""vex":{"status":"not_affected","file":"my.json","document":"vex-1","author":"Ann""#))
    }

    @Test func whatHasNoEcosystemIsJudgedByItsProducts() throws {
        let advisory = Advisory(
            id: "CVE-2024-0010", feed: .nvd,
            affected: [
                AffectedPackage(
                    scope: "cpe:a", name: "acme:tool",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("5.0")])], versions: [],
                    state: .unspecified, urgency: nil)
            ])
        let cpe = "cpe:2.3:a:acme:tool:4.0:*:*:*:*:*:*:*"
        let packages = [
            ReportedPackage(application: "Tool", version: "4.0", cpes: [cpe]),
            ReportedPackage(application: "Other", version: "1", cpes: []),
            ReportedPackage(try PackageURL("pkg:generic/tool@4.0"), cpes: [cpe]),
        ].compactMap { $0 }
        let report = try MatchReport(packages: packages, index: makeIndex([advisory]))
        #expect(report.rows.map(\.record.id) == ["CVE-2024-0010", "CVE-2024-0010"])
        #expect(Set(report.rows.map(\.action)) == ["Upgrade Tool to 5.0", "Upgrade tool to 5.0"])
        #expect(report.uncovered.map(\.label) == ["pkg:generic/Other@1"])
        let json = written(report.writeJSON)
        #expect(json.contains(#"{"purl":null,"name":"Tool","version":"4.0""#))
        #expect(json.contains(#""confidence":"likely""#) && json.contains(#""cpe":"\#(cpe)""#))
    }

    @Test(arguments: [
        ("CVE-2024-0002", ["CVE-2024-0002"]),
        ("CVE-2024-0001 pkg:deb/debian/openssl", ["CVE-2024-0001"]),
        ("CVE-2024-0001 pkg:deb/debian/libssl*", ["CVE-2024-0001", "CVE-2024-0001"]),
        ("CVE-2024-0001 pkg:deb/debian/openssl@1", []),
        ("* pkg:pypi/jinja2", ["CVE-2024-0002"]),
        ("CVE-2024-0002 until=2026-06-01 # its last day", ["CVE-2024-0002"]),
        ("CVE-2024-0002 until=2026-05-31", []),
        ("# CVE-2024-0002\n\n  \r\n", []),
        ("CVE-2024-9999", []),
    ])
    func rulesLeaveOut(text: String, ids: [String]) throws {
        #expect(try report(ignore: text).suppressed.map(\.record.id) == ids)
    }

    @Test func expiredRulesAreNamed() throws {
        let read = try IgnoreRule.read(Array("A until=2026-01-01 # old\nB".utf8), today: "2026-01-02")
        #expect(read.rules.map(\.text) == ["B"])
        #expect(read.expired.map(\.text) == ["A until=2026-01-01"])
        #expect(read.expired.first?.reason == "old")
    }

    @Test(arguments: [
        ("A\nB until=soon", 2), ("A until=2026-1-1", 1), ("A until=2026-13-01", 1),
        ("A until=2027-02-29", 1), ("A pkg:", 1), ("A B", 1), ("A pkg:npm/a pkg:npm/b", 1),
    ])
    func aRuleThatIsNotUnderstoodIsAnError(text: String, line: Int) {
        let error = #expect(throws: IgnoreRule.Malformed.self) {
            try IgnoreRule.read(Array(text.utf8), today: "2026-01-01")
        }
        #expect(error?.line == line)
    }

    @Test(arguments: [
        ("*", "", true), ("a*c", "abbc", true), ("a*c", "ac", true), ("a*c", "acd", false), ("*b*", "abc", true),
        ("a", "ab", false), ("", "", true), ("", "a", false), ("**a", "ba", true),
    ])
    func globs(pattern: String, text: String, matches: Bool) {
        #expect(Glob.matches(pattern, text) == matches)
    }
}
