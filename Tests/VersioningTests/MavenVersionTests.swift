import Testing
import Versioning

struct MavenVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".2.3", "-1", "-0", "-alpha", "-beta-2", "-rc1", "-SNAPSHOT", "-sp1", ".Final", ".RELEASE",
        "-ga", "a1", "b2", "m3", "-jre", ".v2020",
        "-foo", "-", "cr1", ".191",
    ]

    /// Whether a word stands between two separators or first, or a nothing before a dash or word: there Maven's own order is
    /// not transitive, and no key can follow it.
    static func isOutsideTheOrder(_ version: String) -> Bool {
        if version.hasNeighbours({ $0 == 0x2d && $1 == 0x2d || $0 == 0 && $1.isLetter }) { return true }
        let runs = version.runs
        for index in runs.indices.dropFirst() where runs[index].first != 0x2d && runs[index].first != 0x2e {
            let (before, after) = (runs[index - 1].first ?? 0, index + 1 < runs.count ? runs[index + 1].first ?? 0 : 0)
            guard before == 0x2d || before == 0x2e else { continue }
            let word = String(decoding: runs[index], as: UTF8.self).lowercased()
            if word.utf8.allSatisfy(\.isLetter), after == 0x2e || before == 0x2e && after == 0x2d { return true }
            let isNothing = word.utf8.allSatisfy { $0 == 0x30 } || ["ga", "final", "release"].contains(word)
            if isNothing, after == 0x2d || after.isLetter { return true }
        }
        return false
    }

    @Test(.enabled(if: Oracle.maven != nil, "Maven is missing"))
    func generatedPairsAreOrderedAsMavenOrdersThem() throws {
        var generator = VersionGenerator(seed: 25, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .maven, oracle: try #require(Oracle.maven))
        comparison.isOutside = Self.isOutsideTheOrder
        let accepted = try comparison.expectSameOrder(generator.pairs(250_000))
        #expect(accepted > 100_000)
    }

    @Test(
        .enabled(if: Oracle.maven != nil, "Maven is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsMavenSortsThem() throws {
        let published = try ReferenceVersions.versions(ofFeed: "Maven", limit: 10_000)
        #expect(published.count > 1_000)
        try OracleComparison(ordering: .maven, oracle: try #require(Oracle.maven)).expectSameSequence(published)
    }

    @Test func orderOfTheDocumentation() throws {
        let sorted = [
            "1-alpha", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp", "1-abc", "1-xyz", "1-1", "1.1",
            "1.2", "1.10",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.maven.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: [
        ("1.0.0", "1"), ("1-ga", "1"), ("1.final", "1"), ("1-0", "1"), ("1.0.0-foo.0.0", "1-foo"),
        ("1-A1", "1-alpha-1"), ("1cr", "1rc"), ("1.RELEASE", "1"),
    ])
    func equalSpellings(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.maven.key(a) == VersionOrdering.maven.key(b))
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .maven, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .maven, pieces: Self.pieces).expectNoTraps() }
}
