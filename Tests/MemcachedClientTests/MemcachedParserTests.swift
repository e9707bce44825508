import NIOCore
import PipelinedConnections
import SeededRandom
import Testing

@testable import MemcachedClient

@Suite("Memcached parser") struct MemcachedParserTests {
    static let replies: [(String, MemcachedReply)] = [
        ("HD\r\n", .done), ("EN\r\n", .missing), ("NF\r\n", .missing), ("NS\r\n", .notStored), ("EX\r\n", .notStored),
        ("VA 5 t30\r\na\r\nb!\r\n", .value(Array("a\r\nb!".utf8), flags: ["t30"])),
        ("VA 0\r\n\r\n", .value([], flags: [])),
        ("VERSION 1.6.18\r\n", .version("1.6.18")),
        ("SERVER_ERROR object too large for cache\r\n", .error("SERVER_ERROR object too large for cache")),
    ]

    @Test("reads every kind of reply, however it is cut") func reads() throws {
        let all = Self.replies.map(\.0).joined()
        for size in 1...all.utf8.count {
            var parser = MemcachedParser()
            var buffer = ByteBuffer()
            var found: [MemcachedReply] = []
            var rest = Array(all.utf8)[...]
            while !rest.isEmpty {
                buffer.writeBytes(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let reply = try parser.next(from: &buffer) { found.append(reply) }
            }
            #expect(found == Self.replies.map(\.1), "\(size) bytes at a time")
        }
    }

    @Test(
        "refuses what is none of the protocol",
        arguments: ["hello\r\n", "VA\r\n", "VA -1\r\n", "VA 2\r\nabcd", "HD\n", "\r\n"])
    func refuses(_ text: String) {
        var parser = MemcachedParser()
        var buffer = ByteBuffer(string: text)
        #expect(throws: ConnectionError.self) { while try parser.next(from: &buffer) != nil {} }
    }

    @Test("never traps") func fuzz() {
        var random = SplitMix(seed: 12)
        let words = ["VA ", "HD", "EN", "\r\n", "1", "9", " ", "t", "-", "\n", "x"]
        for _ in 0..<20_000 {
            var parser = MemcachedParser()
            var buffer = ByteBuffer()
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                buffer.writeString(words.randomElement(using: &random) ?? "")
            }
            while let reply = try? parser.next(from: &buffer) { _ = reply }
        }
    }
}
