import Testing
import Versioning

struct RPMVersionTests {
    static let pieces = [
        "0", "1", "10", "01", "190", "191", "1000", ".", ".", "..", "-", "~", "^", "_", "+", "a", "b", "Z", "rc1",
        "~rc1", "^git1",
        ".el9", ".fc39", "1:", "2:", ".module+el8.4.0+557", "é",
    ]

    @Test(.enabled(if: Oracle.rpm != nil, "rpm is missing"))
    func generatedPairsAreOrderedAsRPMOrdersThem() throws {
        var generator = VersionGenerator(seed: 21, pieces: Self.pieces)
        let comparison = OracleComparison(ordering: .rpm, oracle: try #require(Oracle.rpm))
        try comparison.expectSameOrder(generator.pairs(100_000))
    }

    @Test(
        .enabled(if: Oracle.rpm != nil, "rpm is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"),
        arguments: ["AlmaLinux", "Rocky Linux"])
    func publishedVersionsAreSortedAsRPMSortsThem(_ feed: String) throws {
        let published = try ReferenceVersions.versions(ofFeed: feed, limit: 4_000)
        #expect(published.count > 1_000)
        try OracleComparison(ordering: .rpm, oracle: try #require(Oracle.rpm)).expectSameSequence(published)
    }

    @Test(arguments: [
        ("1.0", "1.0.0", -1), ("1.0~rc1", "1.0", -1), ("1.0^git1", "1.0", 1), ("1.0^git1", "1.0.1", -1),
        ("1.0a", "1.0.1", -1),
        ("1.0", "1_0", 0), ("1.0.", "1.0", 0), ("1:1.0", "2.0", 1), ("0:1.0-1", "1.0-1", 0), ("1.0", "1.0-1", -1),
        ("1.0-2.el9", "1.0-10.el9", -1), ("1.05", "1.5", 0), ("2a", "2.0", -1), ("", "1", nil), ("1 0", "1", nil),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.rpm.compare(a, b)) == expected)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .rpm, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .rpm, pieces: Self.pieces).expectNoTraps() }
}
