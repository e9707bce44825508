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
                    FeedSource(feed: .kev, kind: .kev, path: "\(folder)/kev/2024-03.json"),
                    FeedSource(feed: .epss, kind: .epss, path: "\(folder)/epss/scores.csv"),
                ])
            var sink = CollectedAdvisories()
            let counts = try sources.map { try $0.readAdvisories(into: &sink).records }
            #expect(counts == [1, 1, 3, 0, 0])
            #expect(try sources.map { try $0.readIntelligence()?.reading.records } == [nil, nil, nil, 2, 2])
        }
    }

    @Test func aFolderWithoutFeedsAndAMissingOneAreErrors() throws {
        _ = try withFiles(["notes.txt": []]) { folder in
            #expect(throws: FeedError.nothingFound(path: folder)) { try FeedLayout.discover(folder) }
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
            #expect(throws: FeedError.unknownKind(path: path)) { try FeedLayout.discover(path) }
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
}
