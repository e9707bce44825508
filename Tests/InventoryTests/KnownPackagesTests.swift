import Inventory
import PackageIdentity
import Testing

struct KnownPackagesTests {
    private let known = KnownPackages()

    private func lines(_ numbers: Range<Int>, _ suffix: String = "") -> [UInt8] {
        Array(numbers.map { "pkg:deb/debian/name-\(10_000 + $0)@1.0\(suffix)?arch=amd64\n" }.joined().utf8)
    }

    private func read(_ lines: [UInt8], with known: KnownPackages?) throws -> Inventory {
        try Inventory.read(lines, limit: 200_000, known: known).inventory
    }

    @Test func whatWasReadBeforeIsTheSameAgain() throws {
        // More than there are places, so that some are read anew and some are not.
        for range in [0..<2_000, 1_000..<3_000, 0..<70_000, 0..<2_000] {
            let text = lines(range)
            let (first, second) = (try read(text, with: known), try read(text, with: nil))
            #expect(first == second)
            #expect(first.packages == second.packages)
        }
    }

    @Test func aLineThatIsNotCanonicalIsReadEachTime() throws {
        let (text, plain) = ("pkg:DEB/debian/a@1\npkg:deb/debian/b@1", "pkg:deb/debian/a@1\npkg:deb/debian/b@1\n")
        for _ in 0..<3 {
            let (inventory, isEncoded) = try Inventory.read(Array(text.utf8), limit: 10, known: known)
            #expect(!isEncoded)
            #expect(inventory == (try read(Array(plain.utf8), with: nil)))
            #expect(try Inventory.read(Array(plain.utf8), limit: 10, known: known).isEncoded)
        }
    }

    @Test func orderAndRepetitionCountAsBefore() throws {
        let text = lines(5..<6) + lines(1..<3) + lines(1..<3)
        for _ in 0..<2 {
            let (inventory, isEncoded) = try Inventory.read(text, limit: 10, known: known)
            #expect(!isEncoded)
            #expect(inventory.packages.count == 3)
            #expect(inventory == (try read(text, with: nil)))
        }
    }

    @Test func aBadLineIsStillNamed() throws {
        _ = try read(lines(0..<10), with: known)
        let text = lines(0..<3) + Array("nonsense\n".utf8)
        #expect(throws: InventoryError.self) { try read(text, with: known) }
        #expect(throws: InventoryError.tooManyPackages(limit: 2)) {
            try Inventory.read(lines(0..<3), limit: 2, known: known)
        }
        #expect(try read(lines(0..<10), with: known) == read(lines(0..<10), with: nil))
    }
}
