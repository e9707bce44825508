import Testing
import Versioning

struct RubyVersionTests {
    static let pieces = [
        ".0", ".0", ".0.0", ".1", ".10", ".191", ".a", ".b", ".rc1", ".pre", ".beta.2", "a", "1", "01", "-", "-1",
        "-rc", ".A", "-a.0", "..", ".a0b",
    ]

    @Test(.enabled(if: Oracle.rubygems != nil, "ruby is missing"))
    func generatedPairsAreOrderedAsRubyGemsOrdersThem() throws {
        var generator = VersionGenerator(seed: 23, pieces: Self.pieces)
        let comparison = OracleComparison(ordering: .rubygems, oracle: try #require(Oracle.rubygems))
        let accepted = try comparison.expectSameOrder(generator.pairs(100_000))
        #expect(accepted > 40_000)
    }

    @Test(
        .enabled(if: Oracle.rubygems != nil, "ruby is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsRubyGemsSortsThem() throws {
        let published = try ReferenceVersions.versions(ofFeed: "RubyGems", limit: 10_000)
        #expect(published.count > 1_000)
        let comparison = OracleComparison(ordering: .rubygems, oracle: try #require(Oracle.rubygems))
        try comparison.expectSameSequence(published)
        try comparison.expectSameOrder(Array(zip(published, published.dropFirst())))
    }

    @Test(arguments: [
        ("1.0", "1", 0), ("1.0.a", "1.a", 0), ("1.0.a", "1.0", -1), ("1.0-1", "1.0.pre.1", 0), ("1.0.a10", "1.0.a9", 1),
        ("1.0.a", "1.0.b", -1),
        ("1.a.0.b", "1.a", -1), ("1.a.0.1", "1.a", 1), ("", "0", 0), ("1.2.3.rc1", "1.2.3", -1), ("a", "1", nil),
        ("1..2", "1", nil),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.rubygems.compare(a, b)) == expected)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .rubygems, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .rubygems, pieces: Self.pieces).expectNoTraps() }
}
