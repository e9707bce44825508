import Advisories
import JSONDocuments
import Scoring
import Testing

/// Records of our own making in the form of the CVE list.
enum CVESamples {
    static let record = #"""
        {"dataType": "CVE_RECORD", "dataVersion": "5.1",
         "cveMetadata": {"cveId": "CVE-2024-20001", "state": "PUBLISHED", "datePublished": "2024-05-01T10:00:00.000Z",
           "dateUpdated": "2024-06-01T00:00:00"},
         "containers": {
           "cna": {"title": "Flaw in lib", "descriptions": [{"lang": "en-US", "value": "A flaw."}],
             "source": {"advisory": "GHSA-aaaa-bbbb-cccc"}, "references": [{"url": "https://example.org/1"}],
             "metrics": [{"cvssV3_1": {"vectorString": "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
               {"other": {"type": "Textual description of severity", "content": {"text": "moderate"}}}],
             "affected": [
               {"collectionURL": "https://registry.npmjs.org", "packageName": "@types/node", "defaultStatus": "unaffected",
                "versions": [{"version": "1.0.0", "status": "affected", "lessThan": "1.2.0", "versionType": "semver"}]},
               {"vendor": "example", "product": "lib", "cpes": ["cpe:2.3:a:example:lib:*:*:*:*:*:*:*:*"],
                "versions": [{"version": "0", "status": "affected", "lessThanOrEqual": "3.1", "versionType": "custom"}]},
               {"vendor": "example", "product": "nameless", "versions": [{"version": "1", "status": "affected"}]}]},
           "adp": [{"title": "CISA ADP Vulnrichment", "providerMetadata": {"orgId": "134c704f-9b21-4f2e-91b3-4a467353bcc0"},
             "metrics": [{"cvssV3_1": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
               {"other": {"type": "ssvc", "content": {"options": [{"Exploitation": "active"}, {"Automatable": "no"},
                 {"Technical Impact": "total"}]}}}, {"other": {"type": "kev", "content": {}}}],
             "affected": [{"cpes": ["cpe:/a:example:lib:2.0"], "defaultStatus": "unknown", "versions": [{"version": "n/a", "status": "affected"}]}]}]}}
        """#

    static let rejected = #"""
        {"cveMetadata": {"cveId": "CVE-2024-20002", "state": "REJECTED", "dateRejected": "2024-05-02T00:00:00.000Z"},
         "containers": {"cna": {"rejectedReasons": [{"lang": "en", "value": "Not used."}]}}}
        """#

    static func affected(_ entry: String, id: String = "CVE-2024-20003") -> String {
        #"{"cveMetadata": {"cveId": "\#(id)", "state": "PUBLISHED"}, "containers": {"cna": {"affected": [\#(entry)]}}}"#
    }
}

@Suite struct CVEListFeedTests {
    private func advisory(_ record: String) throws -> Advisory {
        try CVEListFeed.parse(record: try JSONParser().parse(Array(record.utf8)))
    }

    @Test func `reads texts, ratings and products of all containers`() throws {
        let advisory = try advisory(CVESamples.record)
        #expect(advisory.id == "CVE-2024-20001")
        #expect(advisory.aliases == ["GHSA-aaaa-bbbb-cccc"])
        #expect(advisory.summary == "Flaw in lib")
        #expect(advisory.details == "A flaw.")
        #expect(advisory.published == 1_714_557_600)
        #expect(advisory.modified == 1_717_200_000)
        #expect(
            advisory.severities == [
                SeverityStatement(vector: "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", origin: .cna),
                SeverityStatement(word: .medium, origin: .cna),
                // CISA's word stands behind the authority's.
                SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", origin: .nvd),
            ])
        #expect(
            advisory.affected == [
                AffectedPackage(
                    scope: "npm", name: "@types/node",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("1.0.0"), .fixed("1.2.0")])]),
                AffectedPackage(
                    scope: "cpe:a", name: "example:lib",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .lastAffected("3.1")])],
                    versions: ["2.0"]),
            ])
    }

    @Test func `a rejected record is withdrawn`() throws {
        let advisory = try advisory(CVESamples.rejected)
        #expect(advisory.withdrawn == 1_714_608_000)
        #expect(advisory.details == "Not used.")
    }

    /// Versions as entries state them, and what they come to.
    @Test(
        arguments: [
            (
                #""versions": [{"version": "1.0", "status": "affected"}, {"version": "1.1", "status": "affected"}]"#,
                "1.0, 1.1"
            ),
            (#""versions": [{"version": "unspecified", "status": "affected", "lessThan": "2"}]"#, "[0, 2)"),
            (#""versions": [{"version": "1", "status": "affected", "lessThan": "*"}]"#, "[1"),
            (#""versions": [{"version": "8.1.*", "status": "affected", "lessThan": "8.1.29"}]"#, "[8.1, 8.1.29)"),
            (#""versions": [{"version": "2.0", "status": "affected", "lessThanOrEqual": "2.*"}]"#, "[2.0, 3)"),
            // As GitHub writes.
            (
                #""versions": [{"version": ">= 1.0, < 2.0", "status": "affected"}, {"version": "= 3.0", "status": "affected"}]"#,
                "[1.0, 2.0) [3.0, 3.0]"
            ),
            (#""versions": [{"version": "< 2.0", "status": "affected"}]"#, "[0, 2.0)"),
            (
                #""versions": [{"version": "<= 2.0", "status": "affected"}, {"version": "> 3", "status": "affected"}]"#,
                "[0, 2.0] (3"
            ),
            (#""versions": [{"version": "before 5.1", "status": "affected"}]"#, "[0, 5.1)"),
            // A change on the way ends the stretch; one behind its end names the repaired version.
            (
                #""versions": [{"version": "1", "status": "affected", "lessThan": "9", "changes": [{"at": "3", "status": "unaffected"}, {"at": "5", "status": "affected"}]}]"#,
                "[1, 3) [5, 9)"
            ),
            (
                #""versions": [{"version": "0", "status": "affected", "lessThanOrEqual": "23.9.7", "changes": [{"at": "23.9.8", "status": "unaffected"}]}]"#,
                "[0, 23.9.8)"
            ),
            (
                #""versions": [{"version": "1", "status": "affected", "lessThan": "2", "changes": [{"at": "2", "status": "unaffected"}]}]"#,
                "[1, 2)"
            ),
            // What is called unaffected is taken out.
            (
                #""versions": [{"version": ">= 8.0", "status": "affected"}, {"version": ">= 8.5.4", "status": "unaffected"}, {"version": "< 8", "status": "unaffected"}]"#,
                "[8.0, 8.5.4)"
            ),
            // As the kernel's authority writes.
            (
                #""defaultStatus": "affected", "versions": [{"version": "5.4", "status": "affected"}, {"version": "0", "lessThan": "5.4", "status": "unaffected", "versionType": "semver"}, {"version": "6.1.75", "lessThanOrEqual": "6.1.*", "status": "unaffected"}, {"version": "5.10.209", "lessThanOrEqual": "5.10.*", "status": "unaffected"}, {"version": "6.8", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "original_commit_for_fix"}]"#,
                "[5.4, 5.10.209) [5.11, 6.1.75) [6.2, 6.8) 5.4"
            ),
            (
                #""defaultStatus": "affected", "versions": [{"version": "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2", "lessThan": "x", "versionType": "git", "status": "affected"}]"#,
                ""
            ),
            // Beside affected stretches alone the default is a slip.
            (
                #""defaultStatus": "affected", "versions": [{"version": "1", "lessThan": "2", "status": "affected"}]"#,
                "[1, 2)"
            ),
            (#""defaultStatus": "affected", "versions": [{"version": "22.7", "status": "unaffected"}]"#, "[0, 22.7)"),
            (#""defaultStatus": "affected""#, "[0"),
            (#""defaultStatus": "unaffected", "versions": [{"version": "1", "status": "unaffected"}]"#, ""),
            (#""versions": [{"version": "n/a", "status": "affected"}]"#, ""),
            (#""versions": [{"version": "all versions", "status": "affected"}]"#, "[0"),
            (
                #""versions": [{"version": "Windows 10 and earlier", "status": "affected"}, {"version": "1", "status": "unknown"}]"#,
                ""
            ),
            (#""versions": [{"version": "3", "lessThan": "2", "status": "affected"}]"#, ""),
        ] as [(String, String)])
    func `reads versions as they are meant`(_ entry: String, _ expected: String) throws {
        let product = #"{"cpes": ["cpe:2.3:a:v:p:*:*:*:*:*:*:*:*"], \#(entry)}"#
        let packages = try advisory(CVESamples.affected(product)).affected
        let ranges = packages.flatMap(\.ranges).map { range in
            range.events.map { event in
                switch event {
                case .introduced(let version): "[\(version)"
                case .introducedAfter(let version): "(\(version)"
                case .fixed(let version): ", \(version))"
                case .lastAffected(let version): ", \(version)]"
                case .limit(let version): "limit \(version)"
                }
            }.joined()
        }
        let versions = packages.flatMap(\.versions).joined(separator: ", ")
        #expect((ranges + (versions.isEmpty ? [] : [versions])).joined(separator: " ") == expected)
    }

    @Test(
        arguments: [
            (#""packageURL": "pkg:npm/%40angular/core""#, "npm @angular/core"),
            (#""packageURL": "pkg:pypi/My_Pkg""#, "PyPI my-pkg"),
            (#""collectionURL": "https://pypi.org", "packageName": "Django""#, "PyPI django"),
            (
                #""collectionURL": "https://repo.maven.apache.org/maven2", "packageName": "org.apache:lib""#,
                "Maven org.apache:lib"
            ),
            (#""collectionURL": "https://pkg.go.dev", "packageName": "golang.org/x/net""#, "Go golang.org/x/net"),
            (#""collectionURL": "https://packagist.org/packages/x", "packageName": "a/b""#, "Packagist a/b"),
            (#""collectionURL": "https://www.crushftp.com/download.html", "packageName": "crushftp""#, ""),
            (#""collectionURL": "https://pypi.org""#, ""), (#""packageName": "django""#, ""),
            // Which release of the distribution, nobody says.
            (#""packageURL": "pkg:deb/debian/openssl""#, ""),
        ] as [(String, String)])
    func `knows packages by URL and by collection`(_ entry: String, _ expected: String) throws {
        let product = #"{"versions": [{"version": "1.0", "status": "affected"}], \#(entry)}"#
        #expect(
            try advisory(CVESamples.affected(product)).affected.map { "\($0.scope) \($0.name)" }.joined() == expected)
    }

    @Test func `a name's own version counts where no others are stated`() throws {
        let product =
            #"{"cpes": ["cpe:2.3:o:v:p:1.0:*:*:*:*:*:*:*", "cpe:2.3:o:v:p:*:*:*:*:*:*:*:*"], "versions": [{"version": "n/a", "status": "affected"}]}"#
        let packages = try advisory(CVESamples.affected(product)).affected
        #expect(packages == [AffectedPackage(scope: "cpe:o", name: "v:p", versions: ["1.0"])])
    }

    @Test func `an applicability statement is read as the NVD's`() throws {
        let record = #"""
            {"cveMetadata": {"cveId": "CVE-2024-20004"}, "containers": {"cna": {"cpeApplicability": [{"operator": "AND", "nodes": [
              {"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", "versionEndExcluding": "2"}]},
              {"operator": "OR", "cpeMatch": [{"vulnerable": false, "criteria": "cpe:2.3:o:v:q:*:*:*:*:*:*:*:*"}]}]}]}}}
            """#
        let package = try #require(try advisory(record).affected.first)
        #expect(package.ranges == [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("2")])])
        #expect(package.condition?.platforms == [[PlatformMatch(criteria: "cpe:2.3:o:v:q:*:*:*:*:*:*:*:*")]])
    }

    @Test(
        arguments: [
            ("7", "the record is not an object"), ("{}", "cveMetadata is missing or not an object"),
            (#"{"cveMetadata": {"cveId": "x"}}"#, "cveMetadata.cveId is missing or no CVE id"),
            (#"{"cveMetadata": {"cveId": "CVE-2024-20001"}}"#, "containers.cna is missing or not an object"),
            ("{", "malformed JSON"),
        ])
    func `a broken record is set aside`(_ text: String, _ reason: String) throws {
        var sink = CollectedAdvisories()
        let reading = try CVEListFeed.read(bytes: Array(text.utf8), into: &sink)
        #expect(reading.records == 0 && reading.setAside == 1)
        #expect(sink.issues.first?.reason.hasPrefix(reason) == true)
    }

    @Test(
        arguments: [
            (#"{"cpes": ["cpe:2.3:a:v"], "versions": 7}"#, "containers.cna.affected[0].versions is not an array"),
            (
                #"{"cpes": ["hello"], "versions": [{"version": "1", "status": "affected"}]}"#,
                "containers.cna.affected[0].cpes[0] is not a CPE name"
            ),
            (#"{"cpes": [7]}"#, "containers.cna.affected[0].cpes holds a non-string"),
            ("7", "containers.cna.affected[0]. is not an object"),
            (
                #"{"cpes": ["cpe:2.3:a:v:p"], "versions": [{"version": "1"}]}"#,
                "containers.cna.affected[0].versions[0].status is missing"
            ),
        ])
    func `a broken product is set aside, the record goes on`(_ entry: String, _ reason: String) throws {
        var sink = CollectedAdvisories()
        try CVEListFeed.read(bytes: Array(CVESamples.affected(entry).utf8), into: &sink)
        #expect(sink.advisories.map(\.id) == ["CVE-2024-20003"])
        #expect(sink.issues.map(\.record) == ["CVE-2024-20003"])
        #expect(sink.issues.first?.reason.hasPrefix(reason) == true, "\(sink.issues)")
    }

    @Test func `reads archives and folders, the newest of each record`() throws {
        func record(_ day: String, _ title: String) -> String {
            #"{"cveMetadata": {"cveId": "CVE-2024-20005", "dateUpdated": "2024-\#(day)T00:00:00Z"}, "containers": {"cna": {"title": "\#(title)"}}}"#
        }
        let archive = zip([
            (name: "cvelistV5-main/cves/2024/20xxx/CVE-2024-20005.json", text: record("01-01", "old")),
            (name: "cvelistV5-main/cves/2024/20xxx/CVE-2024-20001.json", text: CVESamples.record),
            (name: "cvelistV5-main/cves/delta.json", text: "{}"), (name: "cvelistV5-main/cves/other.json", text: "{}"),
            (name: "cvelistV5-main/README.md", text: "Read me."),
        ])
        let files = ["main.zip": archive, "deltas/CVE-2024-20005.json": Array(record("02-01", "new").utf8)]
        try withFiles(files) { folder in
            var sink = CollectedAdvisories()
            let reading = try CVEListFeed.read(folder, into: &sink)
            #expect(
                sink.advisories.map { "\($0.id) \($0.summary)" }.sorted() == [
                    "CVE-2024-20001 Flaw in lib", "CVE-2024-20005 new",
                ])
            #expect(sink.issues.map(\.record) == ["other.json"])
            #expect(reading.records == 2)
            #expect(
                try CVEListFeed.readIntelligence("\(folder)/main.zip").intelligence.ssvc == [
                    "CVE-2024-20001": SSVCDecisionPoints(
                        exploitation: .active, isAutomatable: false, technicalImpact: .total)
                ])
        }
    }
}
