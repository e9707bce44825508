import Advisories
import Archives
import Testing

private let files: [String: [UInt8]] = [
    "osv/PyPI/all.zip": zip([("a.json", Samples.github)]),
    "osv/Debian/all.zip": zip([("a.json", Samples.debianView)]),
    "osv/empty/notes.txt": [],
    "osv/README": [],
    "debian/tracker.json": Array(Samples.tracker.utf8),
    "debian/DSA-list": Array("[01 Mar 2024] DSA-1 x".utf8),
    "kev/2024-02.json": Array(Samples.kev.utf8),
    "kev/2024-03.json": Array(Samples.kev.utf8),
    "kev/catalogue.csv": [],
    "epss/.hidden.csv": [],
    "epss/scores.csv": Array(Samples.epss.utf8),
    "nvd/README": Array("{}".utf8),
]

@Suite struct FeedLayoutTests {
    @Test func aFolderListsItsFeedsInAFixedOrder() throws {
        try withFiles(files) { folder in
            let sources = try FeedLayout.discover(folder)
            #expect(
                sources == [
                    FeedSource(feed: .osv("Debian"), kind: .osvExport, path: "\(folder)/osv/Debian/all.zip"),
                    FeedSource(feed: .osv("PyPI"), kind: .osvExport, path: "\(folder)/osv/PyPI/all.zip"),
                    FeedSource(feed: .debianTracker, kind: .debianTracker, path: "\(folder)/debian/tracker.json"),
                    FeedSource(
                        feed: FeedID(rawValue: "debian-dsa"), kind: .debianSecurityList,
                        path: "\(folder)/debian/DSA-list"),
                    FeedSource(feed: .kev, kind: .kev, path: "\(folder)/kev/2024-03.json"),
                    FeedSource(feed: .epss, kind: .epss, path: "\(folder)/epss/scores.csv"),
                ])
            var sink = CollectedAdvisories()
            let counts = try sources.map { try $0.readAdvisories(into: &sink).records }
            #expect(counts == [1, 1, 3, 1, 0, 0])
            #expect(try sources.map { try $0.readIntelligence()?.reading.records } == [nil, nil, nil, nil, 2, 2])
        }
    }

    @Test func aFolderWithoutFeedsAndAMissingOneAreErrors() throws {
        _ = try withFiles(["notes.txt": []]) { folder in
            #expect(
                throws: FeedError.nothingFound(path: folder, seen: "it holds only \(folder)/notes.txt (an empty file)")
            ) { try FeedLayout.discover(folder) }
        }
        #expect(throws: FeedError.unreadable(path: "/nonexistent", reason: "no such file or folder")) {
            try FeedLayout.discover("/nonexistent")
        }
    }

    @Test(
        arguments: [
            (Array(Samples.tracker.utf8), "debian-tracker", FeedSource.Kind.debianTracker),
            (Array(Samples.kev.utf8), "kev", .kev),
            (Array(Samples.epss.utf8), "epss", .epss),
            (Array(Samples.epss.utf8.drop { $0 != UInt8(ascii: "\n") }.dropFirst()), "epss", .epss),
            (Array(Samples.github.utf8), "osv/PyPI", .osvRecord),
            (Array(Samples.debianView.utf8), "osv/Debian", .osvRecord),
            (Array(Samples.gitOnly.utf8), "osv/GIT", .osvRecord),
            (zip([("a.json", Samples.debianView)]), "osv/Debian", .osvExport),
            // Each record of an export speaks of its ecosystem, but maybe of another first.
            (
                zip([
                    (
                        "a.json",
                        #"{"id":"A","affected":[{"package":{"ecosystem":"Maven","name":"a"}},{"package":{"ecosystem":"Go","name":"a"}}]}"#
                    ),
                    ("b.json", #"{"id":"B","affected":[{"package":{"ecosystem":"Go","name":"b"}}]}"#),
                    ("c.json", "broken"),
                ]), "osv/Go", .osvExport
            ),
        ] as [([UInt8], String, FeedSource.Kind)])
    func aFileIsKnownByItsContent(bytes: [UInt8], feed: String, kind: FeedSource.Kind) throws {
        try withFile(bytes, named: "whatever.bin") { path in
            let sources = try FeedLayout.discover(path)
            #expect(sources == [FeedSource(feed: FeedID(rawValue: feed), kind: kind, path: path)])
        }
    }

    @Test(
        arguments: [
            [], Array("hello".utf8), Array("{}".utf8), Array("[]".utf8), Array(#"{"a":{"b":{"c":1}}}"#.utf8),
            Array("{".utf8),
            Array(#"{"id":"X"}"#.utf8), [0xFF, 0xD8, 0xFF],
            zip([("a.json", #"{"cveMetadata":{}}"#)]), zip([("a.txt", Samples.github)]),
        ] as [[UInt8]])
    func otherFilesAreOfNoKnownKind(bytes: [UInt8]) throws {
        _ = try withFile(bytes) { path in
            let error = #expect(throws: FeedError.self) { try FeedLayout.discover(path) }
            guard case .unknownKind(path, _) = error else {
                Issue.record("\(error as Any)")
                return
            }
        }
    }

    @Test(
        arguments: [
            (Array("\n# Feeds\nHere they are.\n".utf8), "text that begins “# Feeds”"),
            ([], "an empty file"), (Array("\n \n".utf8), "a file of blanks"),
            (
                Array(#"{"name":"a","pins":[],"c":1,"d":2,"e":3}"#.utf8),
                "a JSON object with the members name, pins, c, d, …"
            ),
            (Array("{}".utf8), "a JSON object"),
            (Array(#"{"a":}"#.utf8), "JSON that cannot be read: "),
            (Array("<!DOCTYPE html><title>Log in</title>".utf8), "a web page or XML"),
            (Array("a\u{1B}[2J".utf8), "bytes that are no text"),
            (Array("right\u{202E}tfel".utf8), "text that begins “right\u{FFFD}tfel”"),
            ([0x7F, 0x45, 0x4C, 0x46, 2, 1], "bytes that are no text"),
            (zip([("a.txt", Samples.github)]), "an archive without records of a known kind that holds the files a.txt"),
        ] as [([UInt8], String)])
    func whatIsNoFeedIsDescribed(bytes: [UInt8], seen: String) throws {
        _ = try withFile(bytes) { path in
            let error = try #require(#expect(throws: FeedError.self) { try FeedLayout.discover(path) })
            #expect("\(error)".hasPrefix("\(path): no feed of a known kind, but \(seen)"))
            #expect("\(error)".contains("Feeds are: OSV records"))
        }
    }

    @Test func aFolderWithoutFeedsSaysWhatItHolds() throws {
        let names = ["b.txt", "c.txt", "d.txt", "e.txt"]
        let cases: [([String: [UInt8]], String)] = [
            (["README.md": []], "it holds only README.md. "), (["inner/.hidden": []], "it holds only inner. "),
            (Dictionary(uniqueKeysWithValues: names.map { ($0, Array("x".utf8)) }), " and 1 more. "),
        ]
        for (files, words) in cases {
            _ = try withFiles(files) { folder in
                let error = try #require(#expect(throws: FeedError.self) { try FeedLayout.discover(folder) })
                #expect("\(error)".hasPrefix("\(folder): no feeds found; it holds "))
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }

    @Test func theFolderNamesTheEcosystemOfASingleExport() throws {
        try withFiles(["osv/Rocky Linux/all.zip": zip([("a.json", Samples.github)])]) { folder in
            let sources = try FeedLayout.discover("\(folder)/osv/Rocky Linux/all.zip")
            #expect(sources.map(\.feed) == [.osv("Rocky Linux")])
        }
    }

    @Test func aCutArchiveIsNamed() throws {
        _ = try withFile(Array(zip([("a.json", Samples.github)]).dropLast(4))) { path in
            #expect(throws: ArchiveError.self) { try FeedLayout.discover(path) }
        }
    }

    @Test(
        arguments: [
            (
                #"{"document":{"csaf_version":"2.0","category":"csaf_vex","publisher":{"name":"Red Hat Product Security"}}}"#,
                "csaf/redhat/vex", .csaf
            ),
            (#"{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2024-1"}}"#, "cve-list", .cveList),
            (#"{"resultsPerPage":0,"startIndex":0,"totalResults":0,"format":"NVD_CVE"}"#, "nvd", .nvd),
            (#"{"vulnerabilities":[{"cve":{"id":"CVE-2024-1"}}]}"#, "nvd", .nvd),
            (#"{"vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#, "kev", .kev),
            (
                #"{"distroversion":"v3.18","reponame":"main","packages":[{"pkg":{"name":"a","secfixes":{}}}]}"#,
                "alpine-secdb/v3.18/main", .alpineSecdb
            ),
            (
                #"{"exploit_x":{"name":"x","fullname":"exploit/x","references":["CVE-2024-1"]}}"#, "metasploit",
                .metasploit
            ),
            (#"{"schema_version":"1.2.0","total":1,"result":[{"name":"a","releases":[]}]}"#, "end-of-life", .endOfLife),
            (#"[{"cycle":"12","eol":"2026-06-10"}]"#, "end-of-life", .endOfLife),
            ("id,file,description,date_published,author\n", "exploit-database", .exploitDatabase),
            ("[31 Mar 2023] DLA-1-1 a - security update\n", "debian-dla", .debianSecurityList),
            (#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#, "vex/whatever.bin", .vex),
            (#"{"bomFormat":"CycloneDX","vulnerabilities":[]}"#, "vex/whatever.bin", .vex),
        ] as [(String, String, FeedSource.Kind)])
    func everyFormatIsKnownByItsContent(text: String, feed: String, kind: FeedSource.Kind) throws {
        try withFile(Array(text.utf8), named: "whatever.bin") { path in
            let sources = try FeedLayout.discover(path)
            #expect(sources == [FeedSource(feed: FeedID(rawValue: feed), kind: kind, path: path)])
        }
    }

    @Test func foldersOfManyRecordsAreOneSourceAndOfFewOneEach() throws {
        var records = ["notes.txt": Array("x".utf8)]
        for number in 0..<70 { records["deep/R\(number).json"] = Array(Samples.github.utf8) }
        for number in 0..<2 { records["few/R\(number).json"] = Array(Samples.debianView.utf8) }
        try withFiles(records) { folder in
            let survey = try FeedLayout.survey(folder)
            #expect(survey.unknown == ["\(folder)/notes.txt"])
            #expect(
                survey.sources == [
                    FeedSource(feed: .osv("PyPI"), kind: .osvFolder, path: "\(folder)/deep"),
                    FeedSource(feed: .osv("Debian"), kind: .osvRecord, path: "\(folder)/few/R0.json"),
                    FeedSource(feed: .osv("Debian"), kind: .osvRecord, path: "\(folder)/few/R1.json"),
                ])
            var sink = CollectedAdvisories()
            #expect(try survey.sources[0].readAdvisories(into: &sink).records == 70)
        }
    }

    @Test func newerRecordsBesideAnExportStandInPlaceOfItsOwn() throws {
        let old = zip([("GHSA.json", Samples.github), ("b.json", Samples.debianView)])
        let new = zip([("GHSA.json", Samples.github.replacing("\"id\"", with: "\"database_specific\":{},\"id\""))])
        try withFiles(["osv/PyPI/all.zip": old, "osv/PyPI/changes.zip": new]) { folder in
            var sink = CollectedAdvisories()
            let sources = try FeedLayout.discover(folder)
            #expect(sources.map(\.overlay) == ["\(folder)/osv/PyPI/changes.zip"])
            #expect(try sources[0].readAdvisories(into: &sink).records == 2)
            #expect(Set(sink.advisories.map(\.id)).count == 2)
        }
    }
}
