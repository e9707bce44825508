import Testing
import Versioning

/// Orderings without a tool to ask: their documents' statements as tables.
struct OtherOrderingsTests {
    @Test(arguments: [
        (VersionOrdering.pub, ["1.2.3-a", "1.2.3", "1.2.3+1", "1.2.3+2", "1.2.3+10", "1.2.3+a", "1.2.3+a.1", "1.2.4"]),
        (.cran, ["0", "1.0", "1.0-0", "1.0-1", "1.0.2", "1.0.10", "1.1", "2"]),
        (.hackage, ["0", "0.4.0.0", "1", "1.0", "1.0.0", "1.0.1", "1.10", "2.0.1.0"]),
        (
            .conan,
            [
                "1.0-alpha", "1.0-rc1", "1.0", "1.0+1", "1.0.1", "1.1.1", "1.1.1k", "1.1.1s", "1.1.2", "1.10", "2",
                "cci.20220101", "cci.20230101",
            ]
        ),
        (.crates, ["1.0.0-alpha.1", "1.0.0", "1.0.1"]), (.hex, ["1.0.0-rc.0", "1.0.0"]),
        (.swift, ["v1.0.0-beta", "1.0", "1.0.1"]),
    ])
    func olderVersionsSortBeforeNewerOnes(_ ordering: VersionOrdering, _ sorted: [String]) throws {
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try ordering.compare(a, b) == -1, "\(ordering): \(a) \(b)")
        }
    }

    @Test(arguments: [
        (VersionOrdering.cran, "1.2-3", "1.2.3"), (.conan, "1.0.0", "1"), (.crates, "1.0.0+a", "1.0.0+b"),
        (.hackage, "01.2", "1.2"), (.pub, "1.0", "1.0.0"),
    ])
    func equalSpellings(_ ordering: VersionOrdering, _ a: String, _ b: String) throws {
        #expect(try ordering.key(a) == ordering.key(b))
    }

    @Test(arguments: [
        (VersionOrdering.cran, "1.a"), (.cran, "1."), (.cran, ""), (.hackage, "1-2"), (.hackage, ".1"), (.conan, ""),
        (.conan, "1 2"), (.pub, "x"), (.crates, ""),
    ])
    func otherShapesAreMalformed(_ ordering: VersionOrdering, _ version: String) {
        #expect(throws: VersionError.self) { try ordering.key(version) }
    }

    /// Versions that a feed names must be read, but for one that Bitnami's writes for a nightly build.
    @Test(
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"),
        arguments: ["Hex", "Pub", "SwiftURL", "Hackage", "Bitnami", "crates.io", "Maven", "AlmaLinux", "Rocky Linux"])
    func publishedVersionsAreRead(_ feed: String) throws {
        let published = try ReferenceVersions.versions(ofFeed: feed, limit: 10_000)
        let ordering = VersionOrdering(scope: feed)
        #expect(!published.isEmpty)
        #expect(
            published.filter { (try? ordering.key($0)) == nil } == (feed == "Bitnami" ? ["nightly.2026-03-10.0"] : []))
    }

    static let pieces = ["0", "1", "10", ".", ".0", "-", "+", "a", "rc", "1a", "..", "~", " ", "v", "00", "é"]

    @Test(arguments: VersionOrdering.allCases)
    func orderIsConsistent(_ ordering: VersionOrdering) throws {
        try OrderingProperties(ordering: ordering, pieces: Self.pieces).expectConsistency()
    }

    @Test(arguments: VersionOrdering.allCases)
    func anyTextIsAKeyOrAnError(_ ordering: VersionOrdering) {
        OrderingProperties(ordering: ordering, pieces: Self.pieces).expectNoTraps()
    }
}
