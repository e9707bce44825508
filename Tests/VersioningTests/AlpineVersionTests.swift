import Testing
import Versioning

struct AlpineVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".01", ".00", ".190", ".191", ".1000", "a", "b", "z", "_alpha", "_beta1", "_pre2", "_rc",
        "_rc0", "_rc1", "_p",
        "_p1", "_git20230101", "_cvs", "_svn1", "_hg", "~abc123", "~1f", "-r0", "-r1", "-r10", "_x", ".", "A", "-",
    ]

    /// apk is asked twice a pair, a process each time.
    @Test(.enabled(if: Oracle.apk != nil, "apk is missing"))
    func generatedPairsAreOrderedAsApkOrdersThem() throws {
        var generator = VersionGenerator(seed: 22, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .apk, oracle: try #require(Oracle.apk))
        // apk-tools 3 takes no number behind a letter, and its numbers end at 2^64.
        comparison.mayTakeMore = { $0.hasNeighbours { $0.isLetter && $1.isDigit } }
        comparison.isOutside = { $0.hasNumber(ofDigits: 19) }
        try comparison.expectSameOrder(generator.pairs(10_000))
    }

    @Test func orderOfEveryKindOfPart() throws {
        let sorted = [
            "1_alpha", "1_alpha1", "1_alpha1_p", "1_beta", "1_pre", "1_rc", "1_rc-r1", "1_rc~ab", "1_rc1", "1_rc2",
            "1_rc10", "1", "1-r0",
            "1-r1", "1-r10", "1~ab", "1~abc-r1", "1_cvs", "1_svn", "1_git", "1_git20230101", "1_hg", "1_p", "1_p-r1",
            "1_p1", "1a_rc1",
            "1a", "1a-r1", "1a1", "1a2-r1", "1b", "1.0_rc1", "1.0", "1.0a", "1.0.1", "1.00", "1.01", "1.1", "1.9",
            "1.10", "1.191", "2",
            "10",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.apk.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: [
        "", "a", "1.", "1.a", "1ab", "1a.1", "1_x", "1_", "1_RC", "1-1", "1-r", "1-r1-r2", "1~", "1~g", "1-r1~ab", "1A",
        "1 0",
    ])
    func otherShapesAreMalformed(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.apk.key(version) }
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .apk, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .apk, pieces: Self.pieces).expectNoTraps() }
}
