import Advisories
import Testing

/// Products of our own making in both forms of endoflife.date.
enum EndOfLifeSamples {
    static let full = #"""
        {"schema_version": "1.2.0", "generated_at": "2024-06-01T00:00:00Z", "total": 1, "result": [
          {"name": "exampled", "identifiers": [{"id": "pkg:deb/debian/exampled", "type": "purl"}, {"id": "exampled", "type": "repology"},
             {"id": "cpe:2.3:a:example:exampled", "type": "cpe"}],
           "releases": [
             {"name": "2.0", "codename": "Bee", "isEol": false, "eolFrom": "2027-01-01", "isEoas": false, "eoasFrom": "2026-01-01",
              "isEoes": false, "eoesFrom": "2029-01-01", "latest": {"name": "2.0.4", "date": "2024-05-01"}},
             {"name": "1.9", "codename": null, "isEol": false, "eolFrom": null, "latest": null},
             {"name": "1.0", "isEol": true, "eolFrom": null}]}]}
        """#
    static let legacy = #"""
        [{"cycle": "2.0", "codename": "Bee", "support": "2026-01-01", "eol": "2027-01-01", "extendedSupport": "2029-01-01", "latest": "2.0.4"},
         {"cycle": "1.9", "support": true, "eol": false, "extendedSupport": false}, {"cycle": 1, "eol": true}]
        """#
}

@Suite struct EndOfLifeTests {
    private static let releases = [
        Lifecycle.Release(
            cycle: "2.0", codename: "Bee", activeSupportEnd: "2026-01-01", securitySupportEnd: "2027-01-01",
            extendedSupportEnd: "2029-01-01", latest: "2.0.4"),
        Lifecycle.Release(cycle: "1.9"),
    ]

    private func read(_ text: String, named name: String = "exampled.json") throws -> IntelligenceReading {
        try EndOfLifeFeed.read(bytes: Array(text.utf8), named: name)
    }

    @Test func `reads the full form`() throws {
        let result = try read(EndOfLifeSamples.full)
        #expect(
            result.intelligence.lifecycles == [
                "exampled": Lifecycle(
                    product: "exampled", identifiers: ["cpe:2.3:a:example:exampled", "pkg:deb/debian/exampled"],
                    releases: Self.releases + [Lifecycle.Release(cycle: "1.0", isEnded: true)])
            ])
        #expect(result.reading.records == 1)
        #expect(result.reading.date == 1_717_200_000)
    }

    @Test func `reads the older form under the file's name`() throws {
        let result = try read(EndOfLifeSamples.legacy, named: "/x/api/exampled.json.gz")
        #expect(
            result.intelligence.lifecycles == [
                "exampled": Lifecycle(
                    product: "exampled", releases: Self.releases + [Lifecycle.Release(cycle: "1", isEnded: true)])
            ])
    }

    @Test func `the full form's word counts in a folder of both`() throws {
        let files = [
            "z/exampled.json": EndOfLifeSamples.legacy, "z/other.json": EndOfLifeSamples.legacy,
            "full.json": EndOfLifeSamples.full,
        ]
        try withFiles(files.mapValues { Array($0.utf8) }) { folder in
            let result = try EndOfLifeFeed.read(folder)
            #expect(result.intelligence.lifecycles.keys.sorted() == ["exampled", "other"])
            #expect(result.intelligence.lifecycles["exampled"]?.identifiers.count == 2)
            #expect(result.reading.records == 2)
        }
    }

    @Test(
        arguments: [
            (#"[{"eol": true}, {"cycle": "1"}]"#, "exampled release 1: has no name"),
            (#"[{"cycle": "2", "eol": "soon"}, {"cycle": "1"}]"#, "exampled 2: eol is not a date"),
            (#"[{"cycle": "2", "eol": "2024-02-30"}, {"cycle": "1"}]"#, "exampled 2: eol is not a date"),
            (
                #"{"result": [{"releases": []}, {"name": "exampled", "releases": [{"name": "1"}]}]}"#,
                "product 1: has no name"
            ),
            (
                #"{"result": [{"name": "x"}, {"name": "exampled", "releases": [{"name": "1"}]}]}"#,
                "x: has no list of releases"
            ),
            (
                #"{"result": [{"name": "exampled", "releases": [{"name": "1"}, {"name": "2", "eolFrom": 7}]}]}"#,
                "exampled 2: eolFrom is not a date"
            ),
        ])
    func `what is broken is set aside, the rest goes on`(_ text: String, _ issue: String) throws {
        let result = try read(text)
        #expect(result.issues.map { "\($0.record): \($0.reason)" } == [issue])
        #expect(result.intelligence.lifecycles["exampled"]?.releases.map(\.cycle) == ["1"])
    }

    @Test(arguments: ["", "7", "{}", "[", #"{"result": {}}"#])
    func `what is of neither form is refused`(_ text: String) {
        #expect(throws: FeedError.self) { try read(text) }
    }
}
