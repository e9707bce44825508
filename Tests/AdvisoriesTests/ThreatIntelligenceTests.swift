import Advisories
import JSONDocuments
import Scoring
import Testing

@Suite struct EPSSTests {
    private func read(_ text: String) throws -> IntelligenceReading {
        try withFile(Array(text.utf8)) { try ThreatIntelligence.readEPSS($0) }
    }

    @Test func readsScoresAndTheirDate() throws {
        let result = try read(Samples.epss)
        #expect(
            result.intelligence.epss == [
                "CVE-2021-44228": EPSSScore(probability: 0.97565, percentile: 0.99996),
                "CVE-2014-0160": EPSSScore(probability: 0.97311, percentile: 0.99901),
            ])
        #expect(result.reading.date == 1_709_251_200)
        #expect(result.reading.records == 2)
        #expect(result.issues == [])
    }

    @Test func lineEndsOfWindowsAndAMissingLastOneAreFine() throws {
        let text = Samples.epss.split(separator: "\n").joined(separator: "\r\n")
        #expect(try read(text).intelligence.epss.count == 2)
    }

    @Test(arguments: [
        ("CVE-2024-1234", "line 3: does not start with a CVE id and two numbers"),
        ("hello,0.1,0.1", "line 3: does not start with a CVE id and two numbers"),
        ("CVE-2024-1234,,0.1", "CVE-2024-1234: has a score outside 0 to 1"),
        ("CVE-2024-1234,0.1,1.01", "CVE-2024-1234: has a score outside 0 to 1"),
        ("CVE-2024-1234,nan,0.5", "CVE-2024-1234: has a score outside 0 to 1"),
        ("CVE-2024-1234,-0.1,0.5", "CVE-2024-1234: has a score outside 0 to 1"),
        ("CVE-2024-1234,0.1,0.5" + String(repeating: "x", count: 5_000), "line 3: is too long"),
    ])
    func brokenLinesAreSetAside(line: String, issue: String) throws {
        let result = try read("#model_version:v1\ncve,epss,percentile\n\(line)\ncve-2024-5678,0,1\n")
        #expect(result.intelligence.epss == ["CVE-2024-5678": EPSSScore(probability: 0, percentile: 1)])
        #expect(result.issues.map { "\($0.record): \($0.reason)" } == [issue])
        #expect(result.reading.setAside == 1)
    }

    @Test(arguments: ["", "hello\n", "CVE-2024-1234,0.1,0.1\n"])
    func aFileWithoutHeaderIsRefused(text: String) {
        #expect(throws: FeedError.self) { try read(text) }
    }
}

@Suite struct KEVTests {
    private func read(_ text: String) throws -> IntelligenceReading {
        try withFile(Array(text.utf8)) { try ThreatIntelligence.readKEV($0) }
    }

    @Test func readsTheCatalogue() throws {
        let result = try read(Samples.kev)
        #expect(
            result.intelligence.kev == [
                "CVE-2021-44228": KnownExploitation(dateAdded: "2021-12-10", dueDate: "2021-12-24", ransomware: true),
                "CVE-2014-0160": KnownExploitation(dateAdded: "2022-05-04", dueDate: nil, ransomware: false),
            ])
        #expect(result.reading.date == 1_709_305_200)
    }

    @Test func brokenEntriesAreSetAside() throws {
        let result = try read(
            #"""
            {"vulnerabilities": [7, {"cveID": "x"}, {"cveID": "CVE-2024-1234"},
              {"cveID": "CVE-2024-1234", "dateAdded": "2024-02-30"}, {"cveID": "CVE-2024-5678", "dateAdded": "2024-02-29"}]}
            """#)
        #expect(Array(result.intelligence.kev.keys) == ["CVE-2024-5678"])
        #expect(
            result.issues.map { "\($0.record): \($0.reason)" } == [
                "entry 1: cveID is missing or no CVE id", "entry 2: cveID is missing or no CVE id",
                "CVE-2024-1234: dateAdded is not a date", "CVE-2024-1234: dateAdded is not a date",
            ])
    }

    @Test(arguments: ["", "[]", "{}", #"{"vulnerabilities": {}}"#, #"{"vulnerabilities": ["#])
    func aFileThatIsNoCatalogueIsRefused(text: String) {
        #expect(throws: FeedError.self) { try read(text) }
    }

    @Test func mergingLetsTheOthersWordCount() {
        var ours = ThreatIntelligence(epss: ["CVE-1": EPSSScore(probability: 0.1, percentile: 0.1)])
        let newer = EPSSScore(probability: 0.2, percentile: 0.2)
        ours.merge(ThreatIntelligence(epss: ["CVE-1": newer, "CVE-2": newer]))
        #expect(ours.epss == ["CVE-1": newer, "CVE-2": newer])
    }
}
