import Inventory
import PackageIdentity
import SeededRandom
import Testing

@Suite struct InventoryDeltaTests {
    let old: Inventory
    let new: Inventory

    init() throws {
        old = Inventory(try packages(Array(sampleTexts[0...2])))
        new = Inventory(try packages(Array(sampleTexts[2...4])))
    }

    @Test func saysWhatCameAndWent() {
        let delta = new.delta(from: old)
        #expect(delta.added.map(\.description) == Array(sampleTexts[3...4]))
        #expect(delta.removed.map(\.description) == Array(sampleTexts[0...1]))
        #expect(delta.base == old.digest && delta.target == new.digest)
    }

    @Test func leadsFromBaseToTarget() throws {
        #expect(try old.applying(new.delta(from: old)) == new)
        #expect(try new.applying(old.delta(from: new)) == old)
        #expect(try old.applying(old.delta(from: old)) == old)
    }

    @Test func encodedFormReadsBack() throws {
        let delta = new.delta(from: old)
        let text = """
            base \(old.digest)
            target \(new.digest)
            +\(sampleTexts[3])
            +\(sampleTexts[4])
            -\(sampleTexts[0])
            -\(sampleTexts[1])

            """
        #expect(delta.encoded() == Array(text.utf8))
        #expect(try InventoryDelta(encoded: delta.encoded(), limit: 4) == delta)
        #expect(throws: InventoryError.tooManyPackages(limit: 3)) {
            try InventoryDelta(encoded: delta.encoded(), limit: 3)
        }
    }

    @Test func refusesAnotherBase() {
        let delta = new.delta(from: old)
        #expect(throws: InventoryError.baseMismatch(expected: old.digest, actual: new.digest)) {
            try new.applying(delta)
        }
    }

    @Test func refusesAWrongTarget() throws {
        let delta = InventoryDelta(base: old.digest, target: new.digest, added: new.packages.suffix(1), removed: [])
        let reached = Inventory(old.packages + new.packages.suffix(1))
        #expect(throws: InventoryError.targetMismatch(expected: new.digest, actual: reached.digest)) {
            try old.applying(delta)
        }
    }

    @Test func boundsWhatItLeadsTo() throws {
        #expect(try old.applying(new.delta(from: old), limit: 3) == new)
        #expect(throws: InventoryError.tooManyPackages(limit: 2)) { try old.applying(new.delta(from: old), limit: 2) }
    }

    @Test func refusesContradictions() {
        let again = InventoryDelta(base: old.digest, target: old.digest, added: old.packages.prefix(1), removed: [])
        #expect(throws: InventoryError.contradiction(package: sampleTexts[0])) { try old.applying(again) }
        let missing = InventoryDelta(base: old.digest, target: old.digest, added: [], removed: new.packages.suffix(1))
        #expect(throws: InventoryError.contradiction(package: sampleTexts[4])) { try old.applying(missing) }
    }

    @Test(arguments: [
        ("", 1), ("base 00\n", 1), ("target \(InventoryDigestTests.hex)\n", 1),
        ("base \(InventoryDigestTests.hex)\n", 2),
        ("base \(InventoryDigestTests.hex)\nbase \(InventoryDigestTests.hex)\n", 2),
        ("base \(InventoryDigestTests.hex)\ntarget \(InventoryDigestTests.hex)\npkg:npm/a@1\n", 3),
        ("base \(InventoryDigestTests.hex)\ntarget \(InventoryDigestTests.hex)\n+pkg:npm/a@1\n+\n", 4),
        ("base \(InventoryDigestTests.hex)\ntarget \(InventoryDigestTests.hex)\n-nonsense", 3),
    ])
    func namesTheBadLine(text: String, line: Int) {
        let error = #expect(throws: InventoryError.self) { try InventoryDelta(encoded: Array(text.utf8), limit: 10) }
        guard case .malformedLine(line, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func neverTrapsOnMutatedDeltas() throws {
        var random = SplitMix(seed: 2)
        for _ in 0..<5_000 {
            let bytes = random.mutated(new.delta(from: old).encoded())
            guard let delta = try? InventoryDelta(encoded: bytes, limit: 10) else { continue }
            #expect(try InventoryDelta(encoded: delta.encoded(), limit: 10) == delta)
            // A delta either leads to the announced inventory or is refused.
            if let reached = try? old.applying(delta) { #expect(reached.digest == delta.target) }
        }
    }
}
