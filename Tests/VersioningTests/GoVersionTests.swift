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
        let pairs = generator.pairs(100_000).enumerated().map { index, pair in
            let prefix = ["v1.2.", "v", "v1.2.3-", "v1.2.3-a."][index % 4]
            return (prefix + pair.0, prefix + pair.1)
        }
        comparison.mayTakeMore = { $0.contains(/^v[0-9]+[.][0-9]+([.][0-9]+)?rc[0-9]+$/) }
        let accepted = try comparison.expectSameOrder(pairs)
        #expect(accepted > 35_000)
    }

    @Test(arguments: [
        ("v1.2.3", "1.2.3", 0), ("go1.21rc2", "1.21.0-rc.2", 0), ("1.21rc2", "1.21.0", -1), ("1.21rc2", "1.21.0-0", 1),
        ("go1.20", "1.20.0", 0),
        ("1.20.14", "go1.21.0", -1), ("1.20beta1", "1.20rc1", -1), ("v2.0.0+incompatible", "v2.0.0", 0),
        ("v0.0.0-20220722155237-a158d28d115b", "v0.0.0-20220723000000-000000000000", -1), ("v01.2.3", "v1", nil),
        ("1.2.3.4", "1", nil), ("", "1", nil), ("v1", "v1.0.0", 0), ("v1.2-pre", "v1.2.0", nil),
        ("go1.21", "go1.21rc1", -1),
        ("go1.21", "1.20.14", 1), ("go1.20", "go1.20.0", 0), ("1.21", "1.21.0", 0),
    ])
    func knownPairs(_ a: String, _ b: String, _ expected: Int?) {
        #expect((try? VersionOrdering.golang.compare(a, b)) == expected)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .golang, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .golang, pieces: Self.pieces).expectNoTraps() }
}
