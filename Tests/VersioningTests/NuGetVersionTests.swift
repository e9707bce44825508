import Testing
import Versioning

struct NuGetVersionTests {
    static let pieces = [".0", ".1", ".10", ".01", "-alpha", "-Beta", ".1", "-1", "+b", "a", "-", ".", "x"]

    @Test func olderVersionsSortBeforeNewerOnes() throws {
        let sorted = [
            "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha-1", "1.0.0-beta", "1.0.0",
            "1.0.0.1", "1.0.1", "1.10",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.nuget.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: [
        ("1", "1.0.0.0"), ("1.0-BETA", "1.0.0-beta"), ("1.0+a", "1.0+b"), ("01.0", "1.0"), (" 1.0 ", "1.0"),
    ])
    func equalSpellings(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.nuget.key(a) == VersionOrdering.nuget.key(b))
    }

    @Test(arguments: ["", "a", "1.", "1.0.0.0.0", "1.0-", "1.0-a..b", "1.0+", "1.0-ä", "v1.0", "1.0a"])
    func otherShapesAreMalformed(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.nuget.key(version) }
    }

    /// There is no NuGet to ask here; every version that NuGet's advisories name must at least be read.
    @Test(.enabled(if: ReferenceVersions.feeds != nil, "reference feeds are missing"))
    func publishedVersionsAreRead() throws {
        let published = try ReferenceVersions.versions(ofFeed: "NuGet", limit: 10_000)
        #expect(published.count > 500)
        #expect(published.filter { (try? VersionOrdering.nuget.key($0)) == nil } == [])
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .nuget, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .nuget, pieces: Self.pieces).expectNoTraps() }
}
