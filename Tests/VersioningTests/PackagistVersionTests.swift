import Testing
import Versioning

struct PackagistVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".2.3", ".01", "-beta", "beta2", "-RC1", "-rc.2", "alpha", "a1", "-p1", "pl2", "-patch",
        "-dev", ".x-dev", "@beta", "+build",
        "-stable", "b", "_", "-", "v", "123456", "20100102", "-02", "stable", ".*-dev", "x", "DEV",
    ]

    @Test(.enabled(if: Oracle.composer != nil, "Composer's semver for PHP is missing"))
    func generatedPairsAreOrderedAsComposerOrdersThem() throws {
        var generator = VersionGenerator(seed: 24, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .packagist, oracle: try #require(Oracle.composer))
        // PHP's numbers end at 2^63.
        comparison.isOutside = { $0.hasNumber(ofDigits: 19) }
        let pairs = generator.pairs(101_000).enumerated().map { index, pair in
            index % 20 == 0 ? ("dev-" + pair.0, pair.1) : pair
        }
        let accepted = try comparison.expectSameOrder(pairs)
        #expect(accepted > 20_000)
    }

    @Test(
        .enabled(if: Oracle.composer != nil, "Composer's semver for PHP is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsComposerSortsThem() throws {
        let published = try ReferenceVersions.versions(ofFeed: "Packagist", limit: 10_000)
        #expect(published.count > 1_000)
        let comparison = OracleComparison(ordering: .packagist, oracle: try #require(Oracle.composer))
        try comparison.expectSameSequence(published)
        try comparison.expectSameOrder(Array(zip(published, published.dropFirst())))
    }

    @Test func stabilitiesAreOrdered() throws {
        let sorted = [
            "dev-main", "master", "1.0-Stable", "1.0-dev", "1.0-alpha", "1.0-alpha2", "1.0-beta-dev", "1.0b", "1.0-RC1",
            "1.0", "1.0-p1", "1.0.1",
            "1.x-dev", "2",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.packagist.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: ["", "Master", "main", "a", "1.0-x", "1.0.0.0.0", "123456x", "1.0 as 2.0"])
    func othersAreMalformed(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.packagist.key(version) }
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .packagist, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() {
        OrderingProperties(ordering: .packagist, pieces: Self.pieces).expectNoTraps()
    }
}
