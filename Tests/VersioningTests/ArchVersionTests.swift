import Testing
import Versioning

struct ArchVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".01", "a", "b", "rc1", ".rc", "beta", "_1", "+r12", "1", "191", ".git", "..2",
    ]

    @Test(.enabled(if: Oracle.alpm != nil, "libalpm is missing"))
    func generatedPairsAreOrderedAsPacmanOrdersThem() throws {
        var generator = VersionGenerator(seed: 27, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .alpm, oracle: try #require(Oracle.alpm))
        // Separators that nothing follows take vercmp's order in circles.
        comparison.isOutside = { $0.hasNeighbours { !$0.isDigit && !$0.isLetter && ($1 == 0 || $1 == 0x2d) } }
        let pairs = generator.pairs(115_000).enumerated().map { index, pair in
            switch index % 6 {
            case 0: ("1:\(pair.0)-1", "1:\(pair.1)-2")
            case 1: (pair.0, "\(pair.1)-1")
            case 2: pair
            default: ("\(pair.0)-1", "\(pair.1)-1")
            }
        }
        let accepted = try comparison.expectSameOrder(pairs)
        #expect(accepted > 100_000)
    }

    @Test(arguments: [
        ("1.0rc1", "1.0", -1), ("1.0", "1.0.a", -1), ("1.0.a", "1.0.1", -1), ("1:1", "2", 1), ("1.0-1", "1.0-2", -1),
        ("1.0", "1.0-1", 0),
        ("1.0", "1.1-1", -1), ("1.1", "1.0-1", 1), ("1.0.", "1.0", 1), ("1.0.", "1.0.a", 1), ("1.0.", "1.0.0", -1),
        ("", "1", nil), ("1 0", "1", nil), ("1_0", "1.0", 0),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.alpm.compare(a, b)) == expected)
    }

    /// vercmp holds a version without release equal to each of its releases, which no key can.
    @Test func aMissingReleaseIsTheOldestOneInKeys() throws {
        let keys = try ["1.0", "1.0-0", "1.0-1", "1.0.a"].map { try VersionOrdering.alpm.key($0) }
        #expect(keys == keys.sorted() && Set(keys).count == 4)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .alpm, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .alpm, pieces: Self.pieces).expectNoTraps() }
}
