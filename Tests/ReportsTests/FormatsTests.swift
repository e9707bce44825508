import Advisories
import JSONDocuments
import Matching
import PackageIdentity
import Scoring
import Testing

@testable import Reports

/// The formats for other programs. Their schemas are checked end to end; here is what no schema tells.
@Suite struct FormatsTests {
    private let report: MatchReport
    private let context = ReportContext(toolVersion: "1.2.3", timestamp: 1_700_000_000)

    init() throws {
        let vex = VEXDocument(
            id: "v", author: "Ann",
            statements: [
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0003"], products: [.init(identifier: "pkg:deb/debian/libssl3")],
                    status: .notAffected, justification: "vulnerable_code_not_present")
            ])
        let rules = try IgnoreRule.read(Array("CVE-2024-0004 # later".utf8), today: "2026-01-01").rules
        report = try MatchReport(
            packages: samplePackages().map { ReportedPackage($0) }, documents: ["boms/a b.json"],
            index: makeIndex(sampleAdvisories),
            policy: MatchPolicy(vex: VEXOverlay([(file: "my.json", document: vex)]), ignore: rules))
    }

    private func parse(_ body: (ByteOutput) -> Void) throws -> JSONValue {
        try JSONParser().parse(Array(written(body).utf8))
    }

    // MARK: - SARIF

    @Test func sarifHasARulePerVulnerabilityAndAResultPerPackage() throws {
        let run = try #require(
            parse { report.writeSARIF(to: $0, context: context) }["runs"]?.array?.first { _ in true })
        let rules = try #require(run["tool"]?["driver"]?["rules"]?.array).compactMap { $0["id"]?.string }
        #expect(Set(rules).count == rules.count)
        #expect(Set(rules) == Set((report.rows + report.suppressed).map(\.record.id)))
        let results = try #require(run["results"]?.array).map { $0 }
        #expect(results.count == report.rows.count + report.suppressed.count)
        for result in results {
            let index = try #require(result["ruleIndex"]?.int)
            #expect(result["ruleId"]?.string == rules[index])
        }
        #expect(results.filter { $0["suppressions"] != nil }.count == report.suppressed.count)
    }

    @Test func sarifPointsAtTheDocument() throws {
        let text = written { report.writeSARIF(to: $0, context: context) }
        #expect(text.contains(#""artifactLocation":{"uri":"boms/a%20b.json"}"#))
        #expect(text.contains(#""security-severity":"9.8""#))
    }

    /// A later version of the package is the same alert, another package is not.
    @Test func sarifFingerprintsOutliveVersions() throws {
        func fingerprints(_ texts: [String]) throws -> [String] {
            let report = try MatchReport(packages: texts.map { try PackageURL($0) }, index: makeIndex(sampleAdvisories))
            let run = try parse { report.writeSARIF(to: $0, context: context) }["runs"]?.array?.first { _ in true }
            return try #require(run?["results"]?.array).compactMap {
                $0["partialFingerprints"]?["primaryLocationLineHash"]?.string
            }
        }
        let old = try fingerprints(["pkg:pypi/jinja2@3.1.1"])
        #expect(old.count == 1)
        #expect(try fingerprints(["pkg:pypi/jinja2@3.1.2"]) == old)
        let binaries = try fingerprints([
            "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
            "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12",
        ])
        #expect(Set(binaries).count == 4)
    }

    // MARK: - CycloneDX and OpenVEX

    @Test func cycloneDXGathersPackagesUnderTheirVulnerability() throws {
        let root = try parse { report.writeCycloneDX(to: $0, context: context) }
        let components = try #require(root["components"]?.array).compactMap { $0["bom-ref"]?.string }
        #expect(components == components.sorted())
        let vulnerabilities = try #require(root["vulnerabilities"]?.array).map { $0 }
        let first = try #require(vulnerabilities.first { $0["id"]?.string == "CVE-2024-0001" })
        #expect(first["affects"]?.array?.count == 3)
        #expect(first["analysis"] == nil)
        var refs: [String] = []
        for vulnerability in vulnerabilities {
            refs += vulnerability["affects"]?.array?.compactMap { $0["ref"]?.string } ?? []
        }
        #expect(Set(refs) == Set(components))
        let decided = try #require(
            vulnerabilities.first {
                $0["id"]?.string == "CVE-2024-0003" && $0["analysis"]?["state"]?.string == "not_affected"
            })
        #expect(decided["analysis"]?["justification"]?.string == "code_not_present")
        #expect(decided["affects"]?.array?.count == 1)
    }

    @Test func openVEXReadsBackAsTheReportsStatements() throws {
        var bytes: [UInt8] = []
        let output = ByteOutput { bytes += Array($0) }
        report.writeOpenVEX(to: output, context: context)
        try output.flush()
        let document = try VEXDocument.read(bytes)
        #expect(document.statements.count == report.rows.count + report.suppressed.count)
        #expect(document.statements.allSatisfy { $0.timestamp == 1_700_000_000 })
        let decided = document.statements.filter { $0.status == .notAffected }
        #expect(decided.map(\.justification) == ["vulnerable_code_not_present"])
        // Ignoring is no statement about the product.
        let ignored = document.statements.filter { $0.vulnerabilities == ["CVE-2024-0004"] }
        #expect(ignored.map(\.status) == [.affected])
        // Given back, it says what the report says.
        let again = try MatchReport(
            packages: samplePackages().map { ReportedPackage($0) }, index: makeIndex(sampleAdvisories),
            policy: MatchPolicy(vex: VEXOverlay([(file: "out", document: document)])))
        #expect(again.suppressed.map(\.record.id) == ["CVE-2024-0003"])
    }

    // MARK: - CSV and HTML

    private func evil(_ fixed: String, summary: String = "About tool") throws -> MatchReport {
        let package = AffectedPackage(
            scope: "npm", name: "tool",
            ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(fixed)])], versions: [],
            state: .unspecified, urgency: nil)
        let advisory = Advisory(
            id: "CVE-2024-0009", feed: .osv("npm"), summary: summary, severities: [], affected: [package])
        return try MatchReport(packages: [PackageURL("pkg:npm/tool@1.0.0")], index: makeIndex([advisory]))
    }

    @Test func csvIsNoFormula() throws {
        let lines = try written(evil("2.0.0", summary: "=HYPERLINK(\"x\"),\n@b").writeCSV).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("severity,status,risk,id,aliases,namespace,name,version,fixed,"))
        #expect(lines[1].contains(",\"'=HYPERLINK(\"\"x\"\"),"))
    }

    @Test func htmlShowsMarksAsText() throws {
        let page = try written {
            try evil("2.0.0", summary: "<img src=x onerror='a()'>&").writeHTML(to: $0, context: context)
        }
        #expect(page.contains("&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("http-equiv=\"refresh\"") && !page.contains("src=\""))
    }

    // MARK: - Times and fingerprints

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"), (-5, "1970-01-01T00:00:00Z"),
        (Int64.max, "9999-12-31T23:59:59Z"),
    ])
    func timesAsText(seconds: Int64, text: String) {
        #expect(ReportContext.text(ofTime: seconds) == text)
    }

    @Test func fingerprintsTellPartsApart() {
        func print(_ parts: String...) -> String {
            var print = Fingerprint()
            for part in parts { print.combine(part) }
            return print.text
        }
        #expect(print("ab", "c") != print("a", "bc"))
        #expect(print("a").utf8.count == 16)
    }
}
