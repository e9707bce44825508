import NIOCore
import PipelinedConnections
import SeededRandom
import Testing

@testable import RedisClient

@Suite("RESP parser") struct RESPParserTests {
    static let replies: [(String, RedisValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("-WRONGTYPE no list\r\n", .error("WRONGTYPE no list")),
        (":-42\r\n", .integer(-42)),
        ("$5\r\na\r\nb!\r\n", .bulk(ByteBuffer(string: "a\r\nb!"))),
        ("$0\r\n\r\n", .bulk(ByteBuffer())),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("*2\r\n:1\r\n*2\r\n+a\r\n*0\r\n", .array([.integer(1), .array([.simple("a"), .array([])])])),
        ("*3\r\n$1\r\nx\r\n$-1\r\n-ERR y\r\n", .array([.bulk(ByteBuffer(string: "x")), .null, .error("ERR y")])),
    ]

    @Test("reads every kind of reply, however it is cut") func reads() throws {
        let all = Self.replies.map(\.0).joined()
        for size in 1...all.utf8.count {
            var parser = RESPParser()
            var buffer = ByteBuffer()
            var found: [RedisValue] = []
            var rest = Array(all.utf8)[...]
            while !rest.isEmpty {
                buffer.writeBytes(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let value = try parser.next(from: &buffer) { found.append(value) }
            }
            #expect(found == Self.replies.map(\.1), "\(size) bytes at a time")
        }
    }

    @Test(
        "refuses what is none of the protocol",
        arguments: [
            "hello\r\n", ":12x\r\n", ":\r\n", "$-2\r\n", "$3\r\nabcde", "+OK\n", "\r\n", "*-2\r\n",
            "$99999999999999999999\r\n",
            "*2000000\r\n", "$70000000\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        ])
    func refuses(_ text: String) {
        var parser = RESPParser()
        var buffer = ByteBuffer(string: text)
        #expect(throws: ConnectionError.self) { while try parser.next(from: &buffer) != nil {} }
    }

    @Test("many small arrays hold no more together than one large one") func bounded() {
        var limits = RESPParser.Limits()
        limits.elements = 10
        var parser = RESPParser(limits: limits)
        var buffer = ByteBuffer(string: "*4\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n")
        #expect(throws: ConnectionError.self) { while try parser.next(from: &buffer) != nil {} }
    }

    @Test("never traps") func fuzz() {
        var random = SplitMix(seed: 11)
        let letters = Array("+-:$*0123456789\r\nab".utf8)
        for _ in 0..<20_000 {
            var parser = RESPParser()
            var buffer = ByteBuffer()
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                buffer.writeInteger(letters.randomElement(using: &random) ?? 0)
            }
            while let value = try? parser.next(from: &buffer) { _ = value }
        }
    }
}
