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

    @Test(.enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"))
    func generatedPairsAreOrderedAsNodeOrdersThem() throws {
        let comparison = OracleComparison(ordering: .npm, oracle: try #require(Oracle.nodeSemver))
        // node before 7.5 does not trim white space in `parse`; ours does.
        var wild = VersionGenerator(seed: 4, pieces: Self.pieces.filter { $0 != " " })
        let wildAccepted = try comparison.expectSameOrder(wild.pairs(20_000))
        #expect(wildAccepted > 500)
        let accepted = try comparison.expectSameOrder(Self.tidyPairs(seed: 6))
        #expect(accepted > 50_000)
    }

    /// The three orderings take more than node: without its limits.
    @Test(.enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"))
    func otherOrderingsAreNodesWithoutItsLimits() throws {
        var comparison = OracleComparison(ordering: .semver, oracle: try #require(Oracle.nodeSemver))
        comparison.mayTakeMore = { $0.utf8.count > 256 || $0.hasNumber(ofDigits: 16) }
        let pairs = Self.tidyPairs(seed: 5)
        let accepted = try comparison.expectSameOrder(pairs)
        #expect(accepted > 50_000)
        for (version, _) in pairs.prefix(10_000) {
            let key = try? VersionOrdering.semver.key(version)
            for other in [VersionOrdering.crates, .hex] {
                #expect((try? other.key(version)) == key, "\(version)")
            }
        }
    }

    private static func tidyPairs(seed: UInt64) -> [(String, String)] {
        var tidy = VersionGenerator(seed: seed, pieces: tidyPieces)
        return tidy.pairs(100_000).enumerated().map { index, pair in
            let prefix = ["1.2.3-", "1.2.3-0.", "1.2.3-rc.", "1.2.3+", "1.0.", "1.", ""][index % 7]
            return (prefix + pair.0, prefix + pair.1)
        }
    }

    @Test(
        .enabled(if: Oracle.nodeSemver != nil, "node's semver is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"),
        arguments: ["npm", "Go", "crates.io"])
    func publishedVersionsAreSortedAsNodeSortsThem(_ feed: String) throws {
        let published = try ReferenceVersions.versions(ofFeed: feed, limit: 10_000)
        #expect(published.count > 500)
        let comparison = OracleComparison(ordering: .npm, oracle: try #require(Oracle.nodeSemver))
        try comparison.expectSameSequence(published)
        try comparison.expectSameOrder(Array(zip(published, published.dropFirst())))
    }

    @Test(arguments: [VersionOrdering.npm, .semver])
    func orderOfTheSpecification(_ ordering: VersionOrdering) throws {
        let sorted = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.10", "9007199254740991.0.0",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(try ordering.compare(a, b) == -1, "\(a) \(b)") }
    }

    @Test(arguments: [
        ("1.0.0", "1.0.0+build"), ("v1.2.3", "1.2.3"), (" 1.2.3 ", "1.2.3"),
    ])
    func equalInBoth(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.npm.key(a) == VersionOrdering.npm.key(b))
        #expect(try VersionOrdering.semver.key(a) == VersionOrdering.semver.key(b))
    }

    @Test func limitsOfNodeAreNpmsAlone() throws {
        for version in [
            "9007199254740992.0.0", "1.0.99999999999999999999", "1.0.0-" + String(repeating: "a", count: 251),
        ] {
            #expect(throws: VersionError.self) { try VersionOrdering.npm.key(version) }
            #expect(try VersionOrdering.npm.key(version, reading: .tolerant) == VersionOrdering.crates.key(version))
        }
    }

    @Test(arguments: [
        "", "v", "=1.2.3", "1", "1.2", "V1.2.3", "0", "1.2.3.4", "01.2.3", "1.2.03", "1.2.3-01", "1.2.3-", "1.2.3-a..b",
        "1.2.3+", "1.2.3rc1",
        "1.2.x",
    ])
    func strictRefuses(_ version: String) {
        for ordering in [VersionOrdering.npm, .semver, .crates, .hex] {
            #expect(throws: VersionError.self) { try ordering.key(version) }
        }
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3", 1), ("1.2.3.4", "1.2.4", -1), ("1.2.3.4-rc1", "1.2.3.4", -1), ("1.2.3.0", "1.2.3", 0),
        ("1.0rc1", "1.0.0-rc1", 0), ("1.0rc1", "1.0", -1), ("01.2", "1.2.0", 0), ("v1.21", "1.21.0", 0),
        ("1.20.0-rc.1", "1.20.0", -1), ("v0.0.0-20220722155237-a158d28d115b", "0.0.0-20220723000000-000000000000", -1),
        ("v2.0.0+incompatible", "2.0.0", 0), ("", "1", nil), ("x", "1", nil),
    ])
    func tolerantReadingTakes(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.semver.compare(a, b, reading: .tolerant)) == expected)
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
