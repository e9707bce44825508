import Inventory
import PackageIdentity
import SeededRandom
import Testing

@Suite struct InventoryTests {
    /// From outside: `printf 'pkg:npm/left-pad@1.3.0\npkg:pypi/requests@2.31.0\n' | sha256sum`.
    static let knownDigest = "4a4eb74fb15039c775b6c1cd0aa7278607a10b35e1561caadaa21fe73c78f9c4"

    @Test func digestIsSHA256OfTheLines() throws {
        let inventory = Inventory(try packages(["pkg:pypi/requests@2.31.0", "pkg:npm/left-pad@1.3.0"]))
        #expect(inventory.digest.description == Self.knownDigest)
        #expect(inventory.encoded() == Array("pkg:npm/left-pad@1.3.0\npkg:pypi/requests@2.31.0\n".utf8))
    }

    @Test func emptyInventoryHasTheDigestOfNothing() throws {
        let empty = Inventory([])
        #expect(empty.digest.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(empty.encoded() == [])
        #expect(try Inventory(lines: [], limit: 0) == empty)
    }

    @Test(arguments: 0..<20)
    func orderAndRepetitionDoNotMatter(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let shuffled = (sampleTexts + sampleTexts.prefix(2)).shuffled(using: &random)
        let inventory = Inventory(try packages(shuffled))
        #expect(inventory.packages.map(\.description) == sampleTexts)
        #expect(inventory == Inventory(try packages(sampleTexts)))
        let lines = Array(shuffled.joined(separator: "\n").utf8)
        #expect(try Inventory(lines: lines, limit: shuffled.count).digest == inventory.digest)
    }

    @Test func encodedFormReadsBack() throws {
        let inventory = Inventory(try packages(sampleTexts))
        #expect(try Inventory(lines: inventory.encoded(), limit: 5) == inventory)
    }

    @Test func canonicalisesOnReading() throws {
        let inventory = try Inventory(lines: Array("pkg:PyPI/Foo_Bar@1.0\n".utf8), limit: 1)
        #expect(inventory.encoded() == Array("pkg:pypi/foo-bar@1.0\n".utf8))
    }

    @Test(arguments: [
        ("pkg:npm/a@1\n\npkg:npm/b@1\n", 2, "empty line"),
        ("\n", 1, "empty line"),
        ("pkg:npm/a@1\n ", 2, "package URL"),
        ("pkg:npm/a@1\r\n", 1, "package URL"),
        ("pkg:npm/a@1\nnpm/b@1\n", 2, "package URL"),
    ])
    func namesTheBadLine(text: String, line: Int, reason: String) {
        let error = #expect(throws: InventoryError.self) { try Inventory(lines: Array(text.utf8), limit: 10) }
        guard case .malformedLine(line, let said) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(said.contains(reason))
    }

    @Test func refusesBytesThatAreNotText() {
        #expect(throws: InventoryError.malformedLine(line: 1, reason: "not UTF-8")) {
            try Inventory(lines: [0xFF, 0xFE], limit: 10)
        }
    }

    @Test func refusesTooManyAndTooLongLines() throws {
        let inventory = Inventory(try packages(sampleTexts))
        #expect(throws: InventoryError.tooManyPackages(limit: 4)) {
            try Inventory(lines: inventory.encoded(), limit: 4)
        }
        let long = [UInt8](repeating: 0x61, count: Inventory.maximumLineLength + 1)
        #expect(
            throws: InventoryError.malformedLine(line: 1, reason: "longer than \(Inventory.maximumLineLength) bytes")
        ) {
            try Inventory(lines: long, limit: 10)
        }
    }

    @Test func neverTrapsOnMutatedLines() throws {
        var random = SplitMix(seed: 1)
        for _ in 0..<5_000 {
            let bytes = random.mutated(Array((sampleTexts.joined(separator: "\n") + "\n").utf8))
            guard let inventory = try? Inventory(lines: bytes, limit: 6) else { continue }
            // Whatever is accepted has a canonical form that reads back as itself.
            #expect(try Inventory(lines: inventory.encoded(), limit: 6) == inventory)
        }
    }
}
