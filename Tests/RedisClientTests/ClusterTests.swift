import NIOCore
import Settings
import Testing

@testable import RedisClient

@Suite("What is known of a cluster") struct ClusterMapTests {
    static let asked = ServerAddress(host: "10.0.0.1", port: 7_000)

    @Test(
        "keys have the slots of the specification",
        arguments: [
            ("123456789", 0x31C3), ("{123456789}.x", 0x31C3), ("a{123456789}{b}", 0x31C3),
            ("{}123", RedisSlot.of("{}123")), ("foo", 12_182), ("", 0),
        ])
    func slots(_ key: String, _ slot: Int) { #expect(RedisSlot.of(key) == slot) }

    @Test("an empty tag is none") func emptyTag() { #expect(RedisSlot.of("{}a") != RedisSlot.of("{}b")) }

    @Test("the map names the master of each slot, and the asked node where a host is left out") func map() throws {
        func node(_ host: String, _ port: Int64) -> RedisValue {
            .array([.bulk(ByteBuffer(string: host)), .integer(port), .bulk(ByteBuffer(string: "id"))])
        }
        let map = try ClusterMap(
            .array([
                .array([.integer(0), .integer(99), node("", 7_000), node("10.0.0.9", 7_009)]),
                .array([.integer(100), .integer(100), node("10.0.0.2", 7_001)]),
            ]), asked: Self.asked)
        #expect(map.owner(of: 0) == Self.asked && map.owner(of: 99) == Self.asked)
        #expect(map.owner(of: 100) == ServerAddress(host: "10.0.0.2", port: 7_001))
        #expect(map.owner(of: 101) == nil)
        #expect(map.nodes.count == 2)
    }

    @Test(
        "an answer of another shape is refused",
        arguments: [
            RedisValue.null, .array([]), .array([.integer(1)]),
            .array([.array([.integer(0), .integer(16_384), .array([.simple("a"), .integer(1)])])]),
            .array([.array([.integer(5), .integer(4), .array([.simple("a"), .integer(1)])])]),
            .array([.array([.integer(0), .integer(4), .array([.simple("a"), .integer(70_000)])])]),
        ])
    func refuses(_ reply: RedisValue) {
        #expect(throws: RedisError.self) { try ClusterMap(reply, asked: Self.asked) }
    }

    @Test(
        "redirects are understood, other errors are not taken for one",
        arguments: [
            ("MOVED 3999 10.0.0.3:6381", .moved(slot: 3_999, ServerAddress(host: "10.0.0.3", port: 6_381))),
            ("MOVED 3999 :6381", .moved(slot: 3_999, ServerAddress(host: "10.0.0.1", port: 6_381))),
            ("ASK 3999 ::1:6381", .ask(ServerAddress(host: "::1", port: 6_381))),
            ("TRYAGAIN Multiple keys request during rehashing of slot", .later),
            ("CLUSTERDOWN Hash slot not served", .later), ("LOADING Redis is loading", .later),
            ("ERR unknown command", nil), ("MOVED", nil), ("MOVED 99999 a:1", nil), ("ASK 1 a:b", nil),
        ] as [(String, Redirect?)])
    func redirects(_ line: String, _ redirect: Redirect?) {
        #expect(Redirect(.error(line), from: Self.asked) == redirect)
    }
}
