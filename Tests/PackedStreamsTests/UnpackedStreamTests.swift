import Foundation
import SeededRandom
import Testing

@testable import PackedStreams

@Suite struct UnpackedStreamTests {
    /// Bytes in pieces of one length.
    private final class Pieces: ByteStream {
        private var rest: ArraySlice<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], size: Int) {
            rest = bytes[...]
            self.size = size
        }

        func next() -> ArraySlice<UInt8>? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size)
        }
    }

    private static let text = Array(String(repeating: "All that is packed is unpacked. ", count: 8_000).utf8)

    private static func packed(_ bytes: [UInt8], by command: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let file = FileManager.default.temporaryDirectory.appending(path: "packed-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let result = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(result)
    }

    private static func unpacked(_ bytes: [UInt8], _ form: UnpackedStream.Form, size: Int = 1000) throws -> [UInt8] {
        try UnpackedStream(BufferedStream(Pieces(bytes, size: size)), form: form).bytes(limit: 1 << 24)
    }

    @Test(
        arguments: [["gzip", "-c"], ["zstd", "-c"], ["zstd", "-19", "-c"], ["xz", "-c"], ["xz", "-1", "-c"]],
        [1, 1000, 1 << 20])
    func unpacksWhatToolsPack(command: [String], size: Int) throws {
        let packed = try Self.packed(Self.text, by: command)
        let form = try #require(UnpackedStream.Form(beginning: packed[...]))
        #expect(try Self.unpacked(packed, form, size: size) == Self.text)
        // Members after each other are one stream, as the tools have it.
        #expect(try Self.unpacked(packed + packed, form, size: size) == Self.text + Self.text)
    }

    @Test(arguments: [["gzip", "-c"], ["zstd", "-c"], ["xz", "-c"]])
    func anEarlyEndIsAnError(command: [String]) throws {
        let packed = try Self.packed(Self.text, by: command)
        let form = try #require(UnpackedStream.Form(beginning: packed[...]))
        for count in stride(from: 1, to: packed.count, by: 7) {
            #expect(throws: PackedStreamError.truncated, "\(count)") {
                try Self.unpacked(Array(packed.prefix(count)), form)
            }
        }
        #expect(throws: PackedStreamError.tooLarge(limit: 100)) {
            try UnpackedStream(BufferedStream(Pieces(packed, size: 100)), form: form).bytes(limit: 100)
        }
        let start = try UnpackedStream(BufferedStream(Pieces(packed, size: 100)), form: form).bytes(
            limit: 100, cutsOff: true)
        #expect(start == Array(Self.text.prefix(100)))
    }

    @Test(arguments: [["xz", "-9", "-c"], ["zstd", "--ultra", "-22", "--long=27", "-c"]])
    func windowsAreBounded(command: [String]) throws {
        var random = SplitMix(seed: 1)
        let noise = (0..<(40 << 17)).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        let packed = try Self.packed(noise, by: command)
        let form = try #require(UnpackedStream.Form(beginning: packed[...]))
        #expect(throws: PackedStreamError.windowTooLarge) { try Self.unpacked(packed, form, size: 1 << 16) }
    }

    @Test func aDeflateStreamEndsWhereItEnds() throws {
        // gzip's header is ten bytes and its trailer eight.
        let deflated = try Self.packed(Self.text, by: ["gzip", "-n", "-c"]).dropFirst(10).dropLast(8)
        let stream = BufferedStream(Pieces(Array(deflated) + [1, 2, 3], size: 50))
        #expect(try UnpackedStream(stream, form: .deflate).bytes(limit: 1 << 20) == Self.text)
        #expect(try stream.read(3).elementsEqual([1, 2, 3]))
        #expect(stream.position == deflated.count + 3)
        #expect(try stream.isExhausted())
    }

    @Test(arguments: [["gzip", "-c"], ["zstd", "-c"], ["xz", "-c"]])
    func neverTrapsOnMutatedBytes(command: [String]) throws {
        let packed = try Self.packed(Array(Self.text.prefix(5000)), by: command)
        let form = try #require(UnpackedStream.Form(beginning: packed[...]))
        var random = SplitMix(seed: 3)
        for _ in 0..<2_000 { _ = try? Self.unpacked(random.mutated(packed), form) }
    }

    @Test func partsEndWhereTheyShould() throws {
        let stream = BufferedStream(Pieces(Array(0..<100), size: 7))
        let part = PartOfStream(of: stream, count: 20)
        #expect(try part.bytes(limit: 100) == Array(0..<20))
        try stream.skip(30)
        #expect(try stream.peek(2).elementsEqual([50, 51]))
        #expect(throws: PackedStreamError.truncated) { try stream.skip(51) }
        #expect(throws: PackedStreamError.truncated) { try PartOfStream(of: stream, count: 1).next() }
    }
}
