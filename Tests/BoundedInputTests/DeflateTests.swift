import BoundedInput
import SeededRandom
import Testing

@Suite struct DeflateTests {
    private static let text = Array(String(repeating: "some text, ", count: 9_000).utf8)
    /// gzip's header has 10 bytes and its trailer 8.
    private static let packed = Array(Gzip.compress(text).dropFirst(10).dropLast(8))
    /// "hello" by zlib.
    private static let hello: [UInt8] = [
        0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06, 0x2C, 0x02, 0x15,
    ]

    @Test func readsPackedBytes() throws {
        #expect(try Deflate.decompress(Self.packed, wrapper: .none, limit: Self.text.count) == Self.text)
        #expect(try Deflate.decompress(Self.packed + [1, 2], wrapper: .none, limit: 1 << 20) == Self.text)
        #expect(try Deflate.decompress(Self.hello, wrapper: .zlib, limit: 5) == Array("hello".utf8))
    }

    @Test func stopsAtTheLimit() throws {
        #expect(throws: GzipError.tooLarge(limit: 98_999)) {
            try Deflate.decompress(Self.packed, wrapper: .none, limit: 98_999)
        }
        let start = try Deflate.decompress(Self.packed, wrapper: .none, limit: 1_000, cutsOff: true)
        #expect(start == Array(Self.text.prefix(1_000)))
        #expect(throws: GzipError.tooLarge(limit: -1)) {
            try Deflate.decompress(Self.hello, wrapper: .zlib, limit: -1)
        }
    }

    @Test(arguments: 0..<hello.count)
    func tellsTruncation(length: Int) {
        #expect(throws: GzipError.truncated(at: length)) {
            try Deflate.decompress(Array(Self.hello.prefix(length)), wrapper: .zlib, limit: 100)
        }
    }

    @Test func tellsCorruption() {
        var wrong = Self.hello
        wrong[12] ^= 1
        #expect(throws: GzipError.self) { try Deflate.decompress(wrong, wrapper: .zlib, limit: 100) }
        #expect(throws: GzipError.self) { try Deflate.decompress(Self.hello, wrapper: .none, limit: 100) }
        #expect(throws: GzipError.self) { try Deflate.decompress(Self.packed, wrapper: .zlib, limit: 1 << 20) }
    }

    @Test func neverTrapsOnMutatedStreams() {
        var random = SplitMix(seed: 3)
        for _ in 0..<2_000 {
            _ = try? Deflate.decompress(random.mutated(Self.hello), wrapper: .zlib, limit: 1 << 16)
            _ = try? Deflate.decompress(random.mutated(Self.packed), wrapper: .none, limit: 1 << 16)
        }
    }
}
