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
        // White space inside is malformed here; the legacy order took it.
        var generator = VersionGenerator(seed: 3, pieces: Self.pieces.filter { $0 != " " })
        let comparison = OracleComparison(ordering: .pypi, oracle: try #require(Oracle.packaging))
        let accepted = try comparison.expectSameOrder(generator.pairs(100_000))
        #expect(accepted > 80_000)
    }

    @Test(
        .enabled(if: Oracle.packaging != nil, "Python's packaging is missing"),
        .enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreSortedAsPackagingSortsThem() throws {
        let published = try ReferenceVersions.versions(ofFeed: "PyPI", limit: 12_000)
        #expect(published.count > 5_000)
        let comparison = OracleComparison(ordering: .pypi, oracle: try #require(Oracle.packaging))
        try comparison.expectSameSequence(published)
        // Nothing that OSV's data names is malformed.
        #expect(published.filter { (try? VersionOrdering.pypi.key($0)) == nil } == [])
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

    /// As setuptools sorted them before PEP 440; all of them before the first version of the PEP.
    @Test func legacyVersionsSortBeforeAllOthers() throws {
        let sorted = [
            "a3", "-x", "trunk", "0.1-foxes", "0.1-geese", "0.3.2d", "0.3.2d.x", "0.7.1.fix1", "1.0.dev-x", "1.0-rc-x",
            "1.", "1.0-x", "1..0.1", "2013-01-21T20:33:09+0100", "0.dev0", "0", "1!0",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.pypi.compare(a, b) == -1, "\(a) \(b)")
        }
        #expect(try VersionOrdering.pypi.compare("1.0-X-pre", "1-x.c") == 0)
    }

    @Test(arguments: [
        ("", 0), ("1.0+", 4), ("1.0+a..b", 6), ("1.0+a b", 5), ("french toast", 6), ("1.0+1+1", 5), ("1\u{0}", 1),
    ])
    func othersAreMalformed(_ version: String, _ offset: Int) {
        let error = #expect(throws: VersionError.self) { try VersionOrdering.pypi.key(version) }
        guard case .malformed(_, let place, _)? = error else { return }
        #expect(place == offset)
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .pypi, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .pypi, pieces: Self.pieces).expectNoTraps() }
}
