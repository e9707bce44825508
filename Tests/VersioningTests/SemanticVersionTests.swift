import Testing
import Versioning

struct SemanticVersionTests {
    static let pieces = [
        ".0", ".1", ".2", ".10", ".0.0", ".1.0", ".2.3", ".190.191", ".999999", ".01", "-", "-0", "-1", "-01", "-a",
        "-alpha",
        "-alpha.1", "-rc.1", "-rc.10", ".a", ".-", "--", "+", "+build", "+1.2", "-beta+exp", "v", "=", " ", ".x", "-A",
        "~", ".1a",
    ]

    static let tidyPieces = [
        "-0", "-1", "-10", "-a", "-alpha", "-alpha.1", "-rc.1", ".a", ".1", ".10", ".0", "--", "+build", "-A", ".1a",
        "a", "9",
    ]

    /// Versions with a missing part, which advisories write and node refuses.
    static func isPartial(_ version: String) -> Bool {
        let core = version.split(separator: "-", maxSplits: 1).first?.split(separator: "+", maxSplits: 1).first ?? ""
        return core.split(separator: ".", omittingEmptySubsequences: false).count < 3
    }

    @Test(.enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"))
    func generatedPairsAreOrderedAsNodeOrdersThem() throws {
        var generator = VersionGenerator(seed: 4, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .npm, oracle: try #require(Oracle.nodeSemver))
        comparison.mayTakeMore = Self.isPartial
        // node before 7.5 does not trim white space in `parse`; ours does.
        let pairs = (0..<8_000).map { _ in generator.pair() }.filter { !($0 + $1).contains(" ") }
        let wild = try comparison.expectSameOrder(pairs)
        var tidy = VersionGenerator(seed: 6, pieces: Self.tidyPieces)
        let prefixed = (0..<20_000).map { _ in
            let (a, b) = tidy.pair()
            return ("1.0." + a, "1.0." + b)
        }
        let accepted = try comparison.expectSameOrder(prefixed)
        #expect(wild > 50)
        #expect(accepted > 2_000)
    }

    /// What node accepts, the looser ordering puts in the same order.
    @Test(.enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"))
    func looseOrderAgreesWithNodeWhereNodeAccepts() throws {
        var generator = VersionGenerator(seed: 5, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .semver, oracle: try #require(Oracle.nodeSemver))
        comparison.mayTakeMore = { _ in true }
        let pairs = (0..<20_000).map { _ in
            let (a, b) = generator.pair()
            return ("1.2." + a, "1.2." + b)
        }
        #expect(try comparison.expectSameOrder(pairs) > 2_000)
    }

    @Test(
        .enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"),
        arguments: ["npm", "Go", "crates.io"])
    func publishedVersionsAreSortedAsNodeSortsThem(_ feed: String) throws {
        let published = try ReferenceVersions.versions(ofFeed: feed, limit: 10_000)
        #expect(published.count > 500)
        var comparison = OracleComparison(
            ordering: .semver, oracle: try #require(Oracle.nodeSemver))
        comparison.mayTakeMore = Self.isPartial
        try comparison.expectSameSequence(published)
        try comparison.expectSameOrder(Array(zip(published, published.dropFirst())))
    }

    @Test(arguments: [VersionOrdering.npm, .semver])
    func orderOfTheSpecification(_ ordering: VersionOrdering) throws {
        let sorted = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.10", "99999999999999999999.0.0",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(try ordering.compare(a, b) == -1, "\(a) \(b)") }
    }

    @Test(arguments: [
        ("1.0.0", "1.0.0+build"), ("v1.2.3", "1.2.3"), (" 1.2.3 ", "1.2.3"), ("1.0", "1.0.0"), ("0", "0.0.0"),
    ])
    func equalInBoth(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.npm.key(a) == VersionOrdering.npm.key(b))
        #expect(try VersionOrdering.semver.key(a) == VersionOrdering.semver.key(b))
    }

    @Test(arguments: [
        "", "v", "=1.2.3", "1.2.3.4", "01.2.3", "1.2.03", "1.2.3-01", "1.2.3-", "1.2.3-a..b", "1.2.3+", "1.2.3rc1",
        "1.2.x",
    ])
    func strictRefuses(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.npm.key(version) }
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3", 1), ("1.2.3.4", "1.2.4", -1), ("1.2.3.4-rc1", "1.2.3.4", -1), ("1.2.3.0", "1.2.3", 0),
        ("1.0rc1", "1.0.0-rc1", 0), ("1.0rc1", "1.0", -1), ("01.2", "1.2.0", 0), ("v1.21", "1.21.0", 0),
        ("1.20.0-rc.1", "1.20.0", -1), ("v0.0.0-20220722155237-a158d28d115b", "0.0.0-20220723000000-000000000000", -1),
        ("v2.0.0+incompatible", "2.0.0", 0), ("", "1", nil), ("x", "1", nil),
    ])
    func looseTakes(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.semver.compare(a, b)) == expected)
    }

    @Test(arguments: [VersionOrdering.npm, .semver])
    func orderIsConsistent(_ ordering: VersionOrdering) throws {
        try OrderingProperties(ordering: ordering, pieces: Self.pieces).expectConsistency()
    }

    @Test(arguments: [VersionOrdering.npm, .semver])
    func anyTextIsAKeyOrAnError(_ ordering: VersionOrdering) {
        OrderingProperties(ordering: ordering, pieces: Self.pieces).expectNoTraps()
    }
}
