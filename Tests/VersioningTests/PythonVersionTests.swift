import Testing
import Versioning

struct PythonVersionTests {
    static let pieces = [
        "0", "1", "2", "10", "00", "01", "190", "191", "1000", ".", ".", ".", ".0", ".0", "-", "_", "+", "!", "a", "b",
        "c", "rc",
        "alpha", "beta", "pre", "preview", "post", "rev", "r", "dev", ".dev", ".post", "a1", "rc1", ".dev0", "-1",
        "+local", "+1",
        "+abc.1", "v", " ", "A", "DEV",
    ]

    @Test(.enabled(if: Oracle.packaging != nil, "Python's packaging is missing"))
    func generatedPairsAreOrderedAsPackagingOrdersThem() throws {
        var generator = VersionGenerator(seed: 3, pieces: Self.pieces)
        let comparison = OracleComparison(ordering: .pypi, oracle: try #require(Oracle.packaging))
        let accepted = try comparison.expectSameOrder((0..<25_000).map { _ in generator.pair() })
        #expect(accepted > 5_000)
    }

    @Test(
        .enabled(if: Oracle.packaging != nil, "Python's packaging is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsPackagingSortsThem() throws {
        let published = try ReferenceVersions.versions(ofFeed: "PyPI", limit: 12_000)
        #expect(published.count > 5_000)
        let comparison = OracleComparison(ordering: .pypi, oracle: try #require(Oracle.packaging))
        try comparison.expectSameSequence(published)
        // The pairs include the versions that packaging refuses.
        try comparison.expectSameOrder(Array(zip(published, published.dropFirst())))
    }

    @Test func orderOfThePEP() throws {
        let sorted = [
            "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34",
            "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.pypi.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: [
        ("1.0", "1"), ("1.0.0", "1"), ("0!1", "1"), ("v1.0", "1.0"), ("1.0ALPHA1", "1.0a1"), ("1.0-alpha_1", "1.0a1"),
        ("1.0c1", "1.0rc1"), ("1.0preview", "1.0rc0"), ("1.0-1", "1.0.post1"), ("1.0r4", "1.0.post4"),
        ("1.0.DEV", "1.0dev0"),
        ("1.0+Ubuntu-1", "1.0+ubuntu.1"), ("01.00", "1.0"), ("\t1.0 ", "1.0"),
    ])
    func equalSpellings(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.pypi.key(a) == VersionOrdering.pypi.key(b))
    }

    @Test(arguments: [
        "", "a", "1.0-x", "1.", "1..0", "1.0+", "1.0+a..b", "1.0 1", "0.3.2d", "1!", "!1", "1.0.post1.post2",
        "2007-10-01-x",
    ])
    func legacyVersionsAreMalformed(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.pypi.key(version) }
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .pypi, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .pypi, pieces: Self.pieces).expectNoTraps() }
}
