import Testing
import Versioning

struct GoVersionTests {
    static let pieces = [
        ".0", ".1", ".10", ".01", "-0", "-1", "-01", "-rc.1", ".a", "-alpha", "+incompatible",
        "-0.20220722155237-a158d28d115b", ".", "rc1", "-",
    ]

    @Test(.enabled(if: Oracle.golang != nil, "Go is missing"))
    func generatedPairsAreOrderedAsGoOrdersThem() throws {
        var generator = VersionGenerator(seed: 26, pieces: Self.pieces)
        var comparison = OracleComparison(ordering: .golang, oracle: try #require(Oracle.golang))
        // Go takes no pre-release behind a missing part.
        comparison.mayTakeMore = SemanticVersionTests.isPartial
        let pairs = (0..<25_000).map { _ in
            let (a, b) = generator.pair()
            return ("v1.2." + a, "v1.2." + b)
        }
        #expect(try comparison.expectSameOrder(pairs) > 5_000)
    }

    @Test(arguments: [
        ("v1.2.3", "1.2.3", 0), ("go1.21rc2", "1.21.0-rc.2", 0), ("1.21rc2", "1.21.0", -1), ("1.21rc2", "1.21.0-0", 1),
        ("go1.20", "1.20.0", 0),
        ("1.20.14", "go1.21.0", -1), ("1.20beta1", "1.20rc1", -1), ("v2.0.0+incompatible", "v2.0.0", 0),
        ("v0.0.0-20220722155237-a158d28d115b", "v0.0.0-20220723000000-000000000000", -1), ("v01.2.3", "v1", nil),
        ("1.2.3.4", "1", nil), ("", "1", nil),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.golang.compare(a, b)) == expected)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .golang, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .golang, pieces: Self.pieces).expectNoTraps() }
}
