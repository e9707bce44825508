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
        (.swift, ["v1.0.0-beta", "1.0", "1.0.1"]), (.pub, ["1.0.0-1", "1.0.0-a", "1.0.0", "1.0.0+01", "1.0.0+2"]),
        (.conan, ["1..2", "1.0.2", "1.1-a-b", "1.1", "1.2-1", "1.2+1"]),
    ])
    func olderVersionsSortBeforeNewerOnes(_ ordering: VersionOrdering, _ sorted: [String]) throws {
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try ordering.compare(a, b) == -1, "\(ordering): \(a) \(b)")
        }
    }

    @Test(arguments: [
        (VersionOrdering.cran, "1.2-3", "1.2.3"), (.conan, "1.0.0", "1"), (.crates, "1.0.0+a", "1.0.0+b"),
        (.hackage, "01.2", "1.2"), (.pub, "1.0.0-01", "1.0.0-1"), (.pub, "01.0.0", "1.0.0"), (.swift, "1.2", "v1.2.0"),
        (.conan, "1.0-a.0", "1-a"),
    ])
    func equalSpellings(_ ordering: VersionOrdering, _ a: String, _ b: String) throws {
        #expect(try ordering.key(a) == ordering.key(b))
    }

    @Test(arguments: [
        (VersionOrdering.cran, "1.a"), (.cran, "1."), (.cran, ""), (.hackage, "1-2"), (.hackage, ".1"), (.conan, ""),
        (.conan, "1 2"), (.pub, "x"), (.pub, "1.0"), (.crates, ""), (.crates, "1.0"), (.hex, "1.0"), (.swift, "1"),
        (.swift, "1.2.3.4"),
    ])
    func otherShapesAreMalformed(_ ordering: VersionOrdering, _ version: String) {
        #expect(throws: VersionError.self) { try ordering.key(version) }
    }

    /// Items that mix digits and letters take Conan's order in circles.
    @Test(.enabled(if: Oracle.conan != nil, "Conan is missing"))
    func generatedPairsAreOrderedAsConanOrdersThem() throws {
        var generator = VersionGenerator(
            seed: 31, pieces: [".0", ".1", ".10", ".01", ".a", ".b", ".cci", ".2023", ".", ".z"])
        var comparison = OracleComparison(ordering: .conan, oracle: try #require(Oracle.conan))
        comparison.isOutside = { $0.hasNeighbours { $0.isDigit && $1.isLetter } }
        let pairs = generator.pairs(130_000).enumerated().map { index, pair in
            switch index % 5 {
            case 0: ("\(pair.0)-\(pair.0)", "\(pair.0)-\(pair.1)")
            case 1: ("1+\(pair.0)", "1+\(pair.1)")
            case 2: ("\(pair.0)-rc+\(pair.1)", "\(pair.1)-rc+\(pair.0)")
            case 3: (pair.0, "\(pair.1)-pre")
            default: pair
            }
        }
        let accepted = try comparison.expectSameOrder(pairs)
        #expect(accepted > 100_000)
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
            published.filter { (try? ordering.key($0, reading: .tolerant)) == nil }
                == (feed == "Bitnami" ? ["nightly.2026-03-10.0"] : []))
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
