import Testing
import Versioning

struct GenericVersionTests {
    static let pieces = [
        "0", "1", "10", ".", ".0", "-", "_", "a", "rc", "alpha", "beta", "dev", "x", "+", "~", " ", "ä", "v", "00",
    ]

    @Test func olderVersionsSortBeforeNewerOnes() throws {
        let sorted = [
            "0", "0.9", "1.0-dev", "1.0-alpha1", "1.0-alpha2", "1.0-beta", "1.0-rc1", "1.0", "1.0a", "1.0b", "1.0.1",
            "1.1", "1.10", "2",
            "20240101", "99999999999999999999999999",
        ]
        for (a, b) in zip(sorted, sorted.dropFirst()) {
            #expect(try VersionOrdering.generic.compare(a, b) == -1, "\(a) \(b)")
        }
    }

    @Test(arguments: [
        ("1.0", "1"), ("v1.0", "1.0"), ("1_0_1", "1.0.1"), ("1.0-RC1", "1.0rc1"), ("01", "1"), ("1.0-rc", "1-rc"),
        ("0.0", "0"),
    ])
    func equalSpellings(_ a: String, _ b: String) throws {
        #expect(try VersionOrdering.generic.key(a) == VersionOrdering.generic.key(b))
    }

    @Test(arguments: ["", " ", "...", "1\u{0}", "\u{7f}"])
    func textsWithoutAVersionAreMalformed(_ version: String) {
        #expect(throws: VersionError.self) { try VersionOrdering.generic.key(version) }
    }

    @Test func orderIsConsistent() throws {
        try OrderingProperties(ordering: .generic, pieces: Self.pieces).expectConsistency()
    }
    @Test func anyTextIsAKeyOrAnError() { OrderingProperties(ordering: .generic, pieces: Self.pieces).expectNoTraps() }
}
