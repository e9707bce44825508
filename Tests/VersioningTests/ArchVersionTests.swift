import Testing
import Versioning

struct ArchVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".01", "a", "b", "rc1", ".rc", "beta", "_1", "+r12", "1", "191", ".git", "..2",
    ]

    /// A release on both sides, as vercmp leaves it out when one has none.
    @Test(.enabled(if: Oracle.alpm != nil, "libalpm is missing"))
    func generatedPairsAreOrderedAsPacmanOrdersThem() throws {
        var generator = VersionGenerator(seed: 27, pieces: Self.pieces)
        let comparison = OracleComparison(ordering: .alpm, oracle: try #require(Oracle.alpm))
        let pairs = (0..<18_000).map { index in
            let (a, b) = generator.pair()
            return index % 5 == 0 ? ("1:\(a)-1", "1:\(b)-2") : ("\(a)-1", "\(b)-1")
        }
        let wellFormed = pairs.filter { a, b in ![a, b].contains { $0.contains(/[^0-9A-Za-z:]-|^-|:[^0-9A-Za-z]/) } }
        #expect(wellFormed.count > 5_000)
        try comparison.expectSameOrder(wellFormed)
    }

    @Test(arguments: [
        ("1.0rc1", "1.0", -1), ("1.0", "1.0.a", -1), ("1.0.a", "1.0.1", -1), ("1:1", "2", 1), ("1.0-1", "1.0-2", -1),
        ("1.0", "1.0-1", -1),
        ("1.0.", "1", nil), ("", "1", nil), ("1_0", "1.0", 0),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.alpm.compare(a, b)) == expected)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .alpm, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .alpm, pieces: Self.pieces).expectNoTraps() }
}
