import Advisories
import JSONDocuments
import Scoring
import Testing

/// Records of our own making in the NVD's form.
enum NVDSamples {
    static let record = #"""
        {"cve": {"id": "CVE-2024-10001", "sourceIdentifier": "cna@example.org", "published": "2024-05-01T10:00:00.123",
          "lastModified": "2024-06-01T00:00:00.000", "vulnStatus": "Analyzed", "cisaExploitAdd": "2024-05-02",
          "descriptions": [{"lang": "es", "value": "Un fallo."}, {"lang": "en", "value": "A flaw."}],
          "metrics": {
            "cvssMetricV31": [
              {"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
              {"source": "cna@example.org", "type": "Secondary", "cvssData": {"vectorString": "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
              {"source": "134c704f-9b21-4f2e-91b3-4a467353bcc0", "type": "Secondary",
               "cvssData": {"vectorString": "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
            "cvssMetricV2": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}}],
            "ssvcV203": [{"ssvcData": {"options": [{"exploitation": "poc"}, {"automatable": "yes"}, {"technicalImpact": "total"}]}}]},
          "references": [{"url": "https://example.org/1"}, {"url": "https://example.org/1"}, {"url": "javascript:alert(1)"}],
          "configurations": [
            {"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
              {"vulnerable": true, "criteria": "cpe:2.3:a:example:lib:*:*:*:*:*:*:*:*", "versionStartIncluding": "1.0",
               "versionEndExcluding": "1.5"},
              {"vulnerable": true, "criteria": "cpe:2.3:a:example:lib:2.0:*:*:*:*:*:*:*"},
              {"vulnerable": true, "criteria": "cpe:2.3:a:example:lib:2.0:*:*:*:*:*:*:*"},
              {"vulnerable": true, "criteria": "cpe:2.3:a:example:lib:3.0:rc1:*:*:*:*:*:*"},
              {"vulnerable": true, "criteria": "cpe:2.3:a:example:plug\\:in:*:*:*:*:*:wordpress:*:*", "versionStartExcluding": "1",
               "versionEndIncluding": "2"},
              {"vulnerable": true, "criteria": "cpe:2.3:h:example:box:-:*:*:*:*:*:*:*"},
              {"vulnerable": false, "criteria": "cpe:2.3:o:example:os:*:*:*:*:*:*:*:*"}]}]},
            {"operator": "AND", "nodes": [
              {"operator": "OR", "negate": false, "cpeMatch": [
                {"vulnerable": true, "criteria": "cpe:2.3:o:example:router_firmware:*:*:*:*:*:*:*:*", "versionEndExcluding": "7"}]},
              {"operator": "OR", "negate": false, "cpeMatch": [
                {"vulnerable": false, "criteria": "cpe:2.3:h:example:router_a:-:*:*:*:*:*:*:*"},
                {"vulnerable": false, "criteria": "cpe:2.3:h:example:router_b:*:*:*:*:*:*:*:*", "versionEndExcluding": "2"}]}]}]}}
        """#

    static let rejected = #"""
        {"cve": {"id": "CVE-2024-10002", "published": "2024-05-01T10:00:00.000", "lastModified": "2024-05-02T00:00:00.000",
          "vulnStatus": "Rejected", "descriptions": [{"lang": "en", "value": "Rejected reason: unused."}], "metrics": {}, "references": []}}
        """#

    static func page(_ records: [String], start: Int = 0, total: Int? = nil, time: String = "2024-06-02T00:00:00.000")
        -> String
    {
        """
        {"resultsPerPage": \(records.count), "startIndex": \(start), "totalResults": \(total ?? records.count), "format": "NVD_CVE",
         "version": "2.0", "timestamp": "\(time)", "vulnerabilities": [\(records.joined(separator: ","))]}
        """
    }

    static func configured(_ configurations: String, id: String = "CVE-2024-10003") -> String {
        #"{"cve": {"id": "\#(id)", "configurations": [\#(configurations)]}}"#
    }
}

@Suite struct NVDFeedTests {
    private func advisory(_ record: String) throws -> Advisory {
        try NVDFeed.parse(record: try JSONParser().parse(Array(record.utf8)))
    }

    private func read(_ text: String) throws -> (sink: CollectedAdvisories, reading: FeedReading) {
        var sink = CollectedAdvisories()
        let reading = try NVDFeed.read(bytes: Array(text.utf8), named: "page.json", into: &sink)
        return (sink, reading)
    }

    @Test func `reads texts, dates and ratings`() throws {
        let advisory = try advisory(NVDSamples.record)
        #expect(advisory.id == "CVE-2024-10001")
        #expect(advisory.feed == .nvd)
        #expect(advisory.details == "A flaw.")
        #expect(advisory.published == 1_714_557_600)
        #expect(advisory.modified == 1_717_200_000)
        #expect(advisory.withdrawn == nil)
        #expect(advisory.references == ["https://example.org/1"])
        #expect(advisory.severities.map(\.origin) == [.nvd, .cna, .nvd, .nvd])
        #expect(advisory.severities.first?.vector == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        #expect(advisory.severities.last?.vector == "AV:N/AC:L/Au:N/C:P/I:P/A:P")
    }

    @Test func `files products under their CPE name, repetitions once`() throws {
        let affected = try advisory(NVDSamples.record).affected
        #expect(
            affected == [
                AffectedPackage(
                    scope: "cpe:a", name: "example:lib",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("1.0"), .fixed("1.5")])],
                    versions: ["2.0"]),
                AffectedPackage(
                    scope: "cpe:a", name: "example:lib", versions: ["3.0"],
                    condition: Condition(criteria: "cpe:2.3:a:example:lib:*:rc1:*:*:*:*:*:*")),
                AffectedPackage(
                    scope: "cpe:a", name: #"example:plug\:in"#,
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introducedAfter("1"), .lastAffected("2")])],
                    condition: Condition(criteria: #"cpe:2.3:a:example:plug\:in:*:*:*:*:*:wordpress:*:*"#)),
                AffectedPackage(scope: "cpe:h", name: "example:box", versions: ["-"]),
                AffectedPackage(
                    scope: "cpe:o", name: "example:router_firmware",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("7")])],
                    condition: Condition(platforms: [
                        [
                            PlatformMatch(criteria: "cpe:2.3:h:example:router_a:-:*:*:*:*:*:*:*"),
                            PlatformMatch(
                                criteria: "cpe:2.3:h:example:router_b:*:*:*:*:*:*:*:*",
                                range: AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("2")])),
                        ]
                    ])),
            ])
    }

    @Test(
        arguments: [
            // Every product of an AND node needs the others.
            (
                #"{"nodes": [{"operator": "AND", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:1:*:*:*:*:*:*:*"}, {"vulnerable": true, "criteria": "cpe:2.3:a:v:b:*:*:*:*:*:*:*:*"}]}]}"#,
                ["v:a if v:b", "v:b if v:a"]
            ),
            // Three operands: two of them vulnerable.
            (
                #"{"operator": "AND", "nodes": [{"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}, {"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:b:*:*:*:*:*:*:*:*"}]}, {"operator": "OR", "cpeMatch": [{"vulnerable": false, "criteria": "cpe:2.3:o:v:c:*:*:*:*:*:*:*:*"}]}]}"#,
                ["v:a if v:b and v:c", "v:b if v:a and v:c"]
            ),
            // Nodes without an operator between them are alternatives; what is not vulnerable in one says nothing.
            (
                #"{"nodes": [{"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}, {"operator": "OR", "cpeMatch": [{"vulnerable": false, "criteria": "cpe:2.3:a:v:b:*:*:*:*:*:*:*:*"}]}]}"#,
                ["v:a"]
            ),
            // A node in the place of a configuration, as old records have it.
            (
                #"{"operator": "OR", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}"#,
                ["v:a"]
            ),
            // A pattern is compared, not looked up.
            (
                #"{"nodes": [{"cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:1.*:*:*:*:*:*:*:*"}]}]}"#,
                ["v:a as cpe:2.3:a:v:a:1.*:*:*:*:*:*:*:*"]
            ),
            (#"{"nodes": []}"#, []),
        ] as [(String, [String])])
    func `follows AND and OR`(_ configuration: String, _ expected: [String]) throws {
        let affected = try advisory(NVDSamples.configured(configuration)).affected
        let told = affected.map { package in
            let platforms = package.condition?.platforms ?? []
            let names = platforms.map {
                $0.map { $0.criteria.split(separator: ":")[3...4].joined(separator: ":") }.joined(separator: " or ")
            }
            return package.name + (names.isEmpty ? "" : " if " + names.joined(separator: " and "))
                + (package.condition?.criteria.map { " as \($0)" } ?? "")
        }
        #expect(told == expected)
    }

    @Test func `a rejected record is withdrawn`() throws {
        let advisory = try advisory(NVDSamples.rejected)
        #expect(advisory.withdrawn == 1_714_608_000)
        #expect(advisory.affected == [])
    }

    @Test func `a page says what it holds`() throws {
        let text = NVDSamples.page([NVDSamples.record, NVDSamples.rejected], start: 2000, total: 4002)
        let head = try NVDFeed.head(ofPage: Array(text.utf8))
        #expect(head.startIndex == 2000 && head.resultsPerPage == 2 && head.totalResults == 4002 && head.records == 2)
        #expect(head.timestamp == 1_717_286_400)
        #expect(head.isComplete)
        #expect(head.nextStartIndex == 2002)
        let last = try NVDFeed.head(
            ofPage: Array(NVDSamples.page([NVDSamples.rejected], start: 4001, total: 4002).utf8))
        #expect(last.nextStartIndex == nil)
        let result = try read(text)
        #expect(result.reading.records == 2)
        #expect(result.reading.date == 1_717_286_400)
    }

    @Test(
        arguments: [
            (#"7"#, "page.json record 2: the record is not an object"),
            (#"{"cve": {}}"#, "page.json record 2: id is missing or no CVE id"),
            (#"{"cve": {"id": "CVE-1-1"}}"#, "page.json record 2: id is missing or no CVE id"),
            (#"{"cve" {}}"#, "page.json record 2: malformed JSON at byte 7: expected ':'"),
            (#"{"cve": {"id": "CVE-2024-1", "configurations": []}}"#, "page.json record 2: id is missing or no CVE id"),
            (
                #"{"cve": {"id": "CVE-2024-9999", "configurations": 7}}"#,
                "CVE-2024-9999: configurations is not an array"
            ),
        ])
    func `a broken record is set aside, the rest goes on`(_ broken: String, _ issue: String) throws {
        let result = try read(NVDSamples.page([NVDSamples.record, broken, NVDSamples.rejected]))
        #expect(result.sink.advisories.map(\.id) == ["CVE-2024-10001", "CVE-2024-10002"])
        #expect(result.sink.issues.map { "\($0.record): \($0.reason)" }.first?.prefix(50) == issue.prefix(50))
        #expect(result.reading.setAside == 1)
    }

    @Test(
        arguments: [
            (
                #"{"vulnerable": true, "criteria": "cpe:/x:y"}"#,
                "configurations[0].nodes[0].cpeMatch[1].criteria is not a CPE name"
            ),
            (
                #"{"vulnerable": true, "criteria": 7}"#,
                "configurations[0].nodes[0].cpeMatch[1].criteria is not a string"
            ),
            (
                #"{"criteria": "cpe:2.3:a:v:b:*:*:*:*:*:*:*:*"}"#,
                "configurations[0].nodes[0].cpeMatch[1].vulnerable is missing"
            ),
            (
                #"{"vulnerable": true, "criteria": "cpe:2.3:*:v:b:*:*:*:*:*:*:*:*"}"#,
                "cpe:2.3:*:v:b:*:*:*:*:*:*:*:* names no single product"
            ),
            (
                #"{"vulnerable": true, "criteria": "cpe:2.3:a:v:b:*:*:*:*:*:*:*:*", "versionEndExcluding": 2}"#,
                "configurations[0].nodes[0].cpeMatch[1].versionEndExcluding is not a string"
            ),
        ])
    func `a broken match is set aside, the record goes on without it`(_ broken: String, _ issue: String) throws {
        let good = #"{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}"#
        let record = NVDSamples.configured(#"{"nodes": [{"operator": "OR", "cpeMatch": [\#(good), \#(broken)]}]}"#)
        let result = try read(NVDSamples.page([record]))
        #expect(result.sink.advisories.first?.affected.map(\.name) == ["v:a"])
        #expect(result.sink.issues.first?.record == "CVE-2024-10003")
        #expect(result.sink.issues.first?.reason.hasPrefix(issue) == true, "\(result.sink.issues)")
    }

    @Test(arguments: [
        #"{"negate": true, "nodes": [{"cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}]}"#,
        #"{"nodes": [{"negate": true, "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}]}"#,
        #"{"operator": "AND", "nodes": [{"cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}]}, {"cpeMatch": [{"vulnerable": false, "criteria": "x"}]}]}"#,
        #"{"nodes": [{"operator": "AND", "cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:v:a:*:*:*:*:*:*:*:*"}, 7]}]}"#,
    ])
    func `what would say too much without its unread part says nothing`(_ configuration: String) throws {
        let result = try read(NVDSamples.page([NVDSamples.configured(configuration)]))
        #expect(result.sink.advisories.first?.affected == [])
        #expect(result.reading.setAside == 1)
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"vulnerabilities\": 7}", String(NVDSamples.page([NVDSamples.record]).dropLast(3)),
    ])
    func `what is no whole page is refused`(_ text: String) {
        #expect(throws: FeedError.self) { try read(text) }
        #expect(throws: FeedError.self) { try NVDFeed.head(ofPage: Array(text.utf8)) }
    }

    @Test func `in a folder the record changed last counts`() throws {
        func record(_ id: Int, _ day: String, _ text: String) -> String {
            #"{"cve": {"id": "CVE-2024-1000\#(id)", "lastModified": "2024-\#(day)T00:00:00", "descriptions": [{"lang": "en", "value": "\#(text)"}]}}"#
        }
        let files = [
            "a.json": NVDSamples.page([
                record(1, "06-01", "new"), record(2, "01-01", "old"), record(3, "01-01", "first"),
            ]),
            "b.json": NVDSamples.page([
                record(1, "02-01", "old"), record(2, "02-01", "new"), record(3, "01-01", "second"),
            ]),
        ]
        try withFiles(files.mapValues { Array($0.utf8) }) { folder in
            var sink = CollectedAdvisories()
            let reading = try NVDFeed.read(folder, into: &sink)
            #expect(
                sink.advisories.map { "\($0.id) \($0.details)" } == [
                    "CVE-2024-10001 new", "CVE-2024-10002 new", "CVE-2024-10003 second",
                ])
            #expect(reading.records == 3)
            #expect(sink.issues == [])
        }
    }

    @Test func `CISA's points are found`() throws {
        try withFile(Array(NVDSamples.page([NVDSamples.record, NVDSamples.rejected]).utf8), named: "page.json") {
            path in
            let result = try NVDFeed.readIntelligence(path)
            #expect(
                result.intelligence.ssvc == [
                    "CVE-2024-10001": SSVCDecisionPoints(
                        exploitation: .poc, isAutomatable: true, technicalImpact: .total)
                ])
        }
    }
}
