import Foundation
import Testing
import Versioning

struct DebianVersionTests {
    static let pieces = [
        "0", "1", "9", "10", "00", "01", "190", "191", "999", "1000", "20230101", ".", ".", ".", "-", "-", "~", "~",
        "~~", "+",
        "a", "b", "Z", "rc1", "~rc1", "+deb12u1", "~bpo11+1", "+b1", "dfsg", ":", "_", "+git20230101",
    ]

    @Test(.enabled(if: Oracle.dpkg != nil, "dpkg is missing"))
    func generatedPairsAreOrderedAsDpkgOrdersThem() throws {
        var generator = VersionGenerator(seed: 1, pieces: Self.pieces)
        let comparison = OracleComparison(ordering: .deb, oracle: try #require(Oracle.dpkg))
        let accepted = try comparison.expectSameOrder(generator.pairs(3_000))
        #expect(accepted > 1_000)
    }

    /// apt asks as dpkg does and can be asked in bulk; it takes what dpkg refuses, and other epochs.
    @Test(.enabled(if: Oracle.apt != nil, "Python's apt_pkg is missing"))
    func generatedPairsAreOrderedAsAptOrdersThem() throws {
        var generator = VersionGenerator(seed: 8, pieces: Self.pieces + [".", ".", ".1", ".2", "+1", "é", "!"])
        var comparison = OracleComparison(ordering: .deb, oracle: try #require(Oracle.apt))
        comparison.isOutside = { $0.hasPrefix("-") || $0.hasPrefix("+") || (try? VersionOrdering.deb.key($0)) == nil }
        let accepted = try comparison.expectSameOrder(generator.pairs(180_000))
        #expect(accepted > 100_000)
    }

    @Test(.enabled(if: Oracle.dpkg != nil, "dpkg is missing"))
    func installedVersionsAreSortedAsDpkgSortsThem() throws {
        let comparison = OracleComparison(ordering: .deb, oracle: try #require(Oracle.dpkg))
        try comparison.expectSameSequence(ReferenceVersions.installed())
    }

    /// 2,000 versions in one sorted sequence stand for 2 million pairs.
    @Test(
        .enabled(if: Oracle.dpkg != nil, "dpkg is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsDpkgSortsThem() throws {
        var generator = VersionGenerator(seed: 2, pieces: Self.pieces)
        let published = try ReferenceVersions.versions(ofFeed: "Debian", limit: 1_500)
        #expect(published.count > 1_000)
        let comparison = OracleComparison(ordering: .deb, oracle: try #require(Oracle.dpkg))
        try comparison.expectSameSequence(published + (0..<500).map { _ in generator.version() })
    }

    @Test(arguments: [
        ("1.0", "1.0-0", 0), ("1.0", "1.0-1", -1), ("1.0-", "1.0", nil), ("0:1.0", "1.0", 0), ("-0:1.0", "1.0", 0),
        ("+1:1.0", "1:1.0", 0), ("-1:1.0", "1.0", nil), ("1:1.0", "2.0", 1),
        ("1.0~rc1", "1.0", -1), ("1.0~", "1.0", -1), ("1.0~~", "1.0~", -1), ("1.0a", "1.0+", -1), ("1.0.", "1.0.0", 0),
        ("1.0", "1.00", 0), ("1.2", "1.10", -1), ("1.0-1", "1.0-1+b1", -1), ("3.0.11-1~deb12u2", "3.0.11-1", -1),
        ("99999999999999999999999", "100000000000000000000000", -1), (":1", "1", nil), ("a:1", "1", nil),
        ("1é", "1z", 1), ("1é", "1+", -1),
        ("1:", "1", nil),
        ("2147483648:1", "1", nil), ("2147483647:1", "1", 1), ("", "1", nil), (" 1.0\n", "1.0", 0), ("1 0", "1", nil),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.deb.compare(a, b)) == expected)
    }

    @Test func errorNamesThePlace() {
        #expect(throws: VersionError.malformed(version: "x:1", offset: 0, reason: "epoch is not a number")) {
            try VersionOrdering.deb.key("x:1")
        }
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .deb, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .deb, pieces: Self.pieces).expectNoTraps() }
}
