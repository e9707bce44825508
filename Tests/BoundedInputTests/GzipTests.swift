import SeededRandom
import Testing

@testable import BoundedInput

@Suite struct GzipTests {
    /// "hello\n" packed by gzip(1) with its name and time left out (`gzip -n`).
    static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0, 0x20, 0x30, 0x3A, 0x36,
        0x06, 0, 0, 0,
    ]

    @Test func readsWhatGzipWrote() throws {
        #expect(try Gzip.decompress(Self.hello, limit: 6) == Array("hello\n".utf8))
    }

    @Test(arguments: [0, 1, 2, 100, 65_535, 65_536, 65_537, 300_000], [Int32(-5), 0, 1, 6, 9, 99])
    func roundTrips(count: Int, level: Int32) throws {
        var random = SplitMix(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() & 0x3F) }
        let packed = Gzip.compress(bytes, level: level)
        #expect(try Gzip.decompress(packed, limit: count) == bytes)
        #expect(Gzip.compress(bytes, level: level) == packed)
    }

    @Test func joinsMembers() throws {
        #expect(try Gzip.decompress(Self.hello + Self.hello, limit: 12) == Array("hello\nhello\n".utf8))
        #expect(try Gzip.decompress(Self.hello + Gzip.compress([]) + Self.hello, limit: 12).count == 12)
    }

    @Test func limitHoldsOverAllMembers() {
        #expect(throws: GzipError.tooLarge(limit: 11)) { try Gzip.decompress(Self.hello + Self.hello, limit: 11) }
        #expect(throws: GzipError.tooLarge(limit: 5)) { try Gzip.decompress(Self.hello, limit: 5) }
        #expect(throws: GzipError.tooLarge(limit: 0)) { try Gzip.decompress(Self.hello, limit: 0) }
        #expect(throws: GzipError.tooLarge(limit: -1)) { try Gzip.decompress(Self.hello, limit: -1) }
    }

    @Test func emptyOutputNeedsNoRoom() throws {
        #expect(try Gzip.decompress(Gzip.compress([]), limit: 0) == [])
    }

    @Test func stopsABombAtTheLimit() {
        // 64 MB of zeros in 64 KB; the limit ends the work after one piece more than it allows.
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 64 << 20), level: 9)
        #expect(bomb.count < 100_000)
        #expect(throws: GzipError.tooLarge(limit: 1000)) { try Gzip.decompress(bomb, limit: 1000) }
    }

    @Test(arguments: 0..<hello.count)
    func tellsTruncation(length: Int) {
        #expect(throws: GzipError.truncated(at: length)) {
            try Gzip.decompress(Array(Self.hello.prefix(length)), limit: 100)
        }
    }

    @Test(arguments: [
        (0, "magic"), (1, "magic"), (2, "method"), (18, "checksum"), (25, "length"),
    ])
    func tellsCorruption(index: Int, what: String) {
        var bytes = Self.hello
        bytes[index] ^= 0xFF
        let error = #expect(throws: GzipError.self) { try Gzip.decompress(bytes, limit: 100) }
        guard case .corrupt(let offset) = error else {
            Issue.record("damaged \(what) gave \(String(describing: error))")
            return
        }
        #expect((0...bytes.count).contains(offset))
    }

    @Test(arguments: [[UInt8](repeating: 0, count: 8), [0x1F], [0x1F, 0x8C], Array("tail".utf8)])
    func tellsTrailingGarbage(tail: [UInt8]) {
        #expect(throws: GzipError.trailingGarbage(at: Self.hello.count)) {
            try Gzip.decompress(Self.hello + tail, limit: 100)
        }
    }

    @Test func damagedSecondMemberNamesItsPlace() {
        #expect(throws: GzipError.truncated(at: Self.hello.count + 2)) {
            try Gzip.decompress(Self.hello + [0x1F, 0x8B], limit: 100)
        }
    }

    @Test func neverTrapsOnMutatedStreams() {
        var random = SplitMix(seed: 4)
        let stream = Self.hello + Gzip.compress([UInt8](repeating: 7, count: 500))
        for _ in 0..<5_000 {
            let output = try? Gzip.decompress(random.mutated(stream), limit: 400)
            #expect((output ?? []).count <= 400)
        }
    }
}
