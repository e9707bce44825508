import Matching
import NIOCore
import NIOHTTP1
import PackageIdentity
import Synchronization
import Testing
import Verdicts

@testable import VerdictServer

/// A clock that a test moves.
final class TestClock: Clock, Sendable {
    typealias Duration = Swift.Duration

    struct Instant: InstantProtocol {
        var offset = Swift.Duration.zero
        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private let state = Mutex(Instant())
    var now: Instant { state.withLock { $0 } }
    let minimumResolution = Duration.nanoseconds(1)

    func pass(_ duration: Duration) { state.withLock { $0 = $0.advanced(by: duration) } }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

extension Responder {
    /// Asks between roles, without a network.
    fileprivate func tell(
        _ path: String, _ message: [UInt8], headers: HTTPHeaders = [:]
    ) -> (status: UInt, bytes: [UInt8], tag: String?) {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path, headers: headers)
        let reply = respond(to: ServerRequest(head, body: ByteBuffer(bytes: message), id: "x", client: .unknown))
        return (
            reply.status.code, Array(reply.body.readableBytesView), reply.headers.first { $0.0 == "ETag" }?.1
        )
    }
}

struct InternalTests {
    private static let path = "/v1/internal/verdicts"

    @Test func verdictsComeFromTheIndexThatIsAskedFor() throws {
        let indexes = try ["1.0", "2.0"].map { fix in
            try makeIndex([advisory("PYSEC-2024-7", events: [.introduced("0"), .fixed(fix)])])
        }
        let responder = makeResponder(TestIndexes(indexes))
        let package = try PackageURL("pkg:pypi/tool@0.5")
        for index in indexes {
            let question = VerdictQuestion(index: index.digest, packages: [package.description])
            let answer = responder.tell(Self.path, question.message())
            #expect(answer.status == 200 && answer.tag == "\"\(index.digest)\"")
            let batch = try answer.bytes.withUnsafeBytes { try VerdictBatch($0, packages: 1) }
            #expect(batch.indexDigest == index.digest)
            #expect(batch.verdicts.first?.first?.fixedVersion == (index === indexes[0] ? "1.0" : "2.0"))
        }
        let unpinned = responder.tell(Self.path, VerdictQuestion(index: nil, packages: []).message())
        #expect(unpinned.tag == "\"\(indexes[0].digest)\"")
        let gone = VerdictQuestion(index: String(repeating: "0", count: 64), packages: [])
        #expect(responder.tell(Self.path, gone.message()).status == 409)
        #expect(makeResponder(TestIndexes([])).tell(Self.path, gone.message()).status == 503)
    }

    @Test(arguments: [
        "/v1/internal/verdicts", "/v1/internal/explanation", "/v1/internal/vulnerability", "/v1/internal/changes",
    ])
    func whatIsNoMessageIsRefused(_ path: String) throws {
        let responder = makeResponder(TestIndexes([try makeIndex([])]))
        for body in [[], Array("{}".utf8), Array("ZTVM".utf8) + [1, 1], Array("ZTVM".utf8) + [2, 1, 0, 0]] {
            #expect(responder.tell(path, body).status == 400)
        }
    }

    @Test func packagesBeyondTheLimitAndThoseThatAreNoneAreRefused() throws {
        var limits = ServerLimits()
        limits.packages = 2
        let responder = makeResponder(TestIndexes([try makeIndex([])]), limits: limits)
        let package = "pkg:pypi/tool@1.0"
        for (packages, status) in [([package, package], 200), (["tool"], 400), ([package, package, package], 400)] {
            let question = VerdictQuestion(index: nil, packages: packages)
            #expect(responder.tell(Self.path, question.message()).status == UInt(status))
        }
    }

    @Test func onlyWhoKnowsTheSecretIsAnswered() throws {
        let responder = makeResponder(TestIndexes([try makeIndex([])])) { $0.secret = "word" }
        let message = VerdictQuestion(index: nil, packages: []).message()
        for (given, status) in [
            ("Bearer word", 200), ("Bearer wor", 401), ("Bearer wordy", 401), ("Basic word", 401), ("word", 401),
        ] as [(String, UInt)] {
            #expect(responder.tell(Self.path, message, headers: ["Authorization": given]).status == status, "\(given)")
        }
        #expect(responder.tell(Self.path, message).status == 401)
        #expect(responder.ask(.GET, "/v1/internal/index").status == 401)
        // What is for everybody stays so.
        #expect(responder.ask("/v1/verdicts", #"{"packages":[]}"#).status == 200)
    }

    // MARK: - Being told of another index

    private static func ask(_ known: String, wait: String = "20") -> String {
        "GET /v1/internal/index?known=\(known)&wait=\(wait) HTTP/1.1\r\nHost: x\r\n\r\n"
    }

    @Test func theAnswerComesWithTheNextIndex() throws {
        let made = [try makeIndex([]), try makeIndex([advisory("PYSEC-2024-7")])]
        let indexes = TestIndexes([made[0]])
        let watch = IndexWatch(digest: { indexes.index?.digest })
        let connection = try TestConnection(indexes: indexes, watch: watch)
        #expect(connection.send(Self.ask(made[0].digest)) == "")
        watch.look()
        connection.run()
        #expect(connection.received() == "")
        #expect(watch.count == 1)
        indexes.use(made[1])
        watch.look()
        connection.run()
        let text = connection.received()
        #expect(text.contains("200 OK") && text.contains(made[1].digest))
        #expect(watch.count == 0)
        // The connection goes on, and who knows another index is told at once.
        #expect(connection.send(Self.ask(made[0].digest)).contains(made[1].digest))
    }

    @Test(arguments: ["", "&wait=0", "&wait=-1", "&wait=soon"])
    func whoDoesNotWaitIsToldAtOnce(_ wait: String) throws {
        let index = try makeIndex([])
        let connection = try TestConnection(indexes: TestIndexes([index]))
        let text = connection.send(
            "GET /v1/internal/index?known=\(index.digest)\(wait) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(text.contains(index.digest))
    }

    @Test func theAnswerComesWhenTheTimeIsOverOrTheServiceStops() throws {
        let index = try makeIndex([])
        let watch = IndexWatch(digest: { index.digest })
        let connection = try TestConnection(indexes: TestIndexes([index]), watch: watch)
        #expect(connection.send(Self.ask(index.digest, wait: "5")) == "")
        connection.pass(4)
        #expect(connection.received() == "")
        connection.pass(1)
        #expect(connection.received().contains(index.digest))
        #expect(connection.send(Self.ask(index.digest, wait: "86400")) == "")
        watch.stop()
        connection.run()
        #expect(connection.received().contains(index.digest))
        // Nobody waits for a service that is stopping.
        connection.send(Self.ask(index.digest))
        connection.pass(0)
        #expect(connection.received().contains(index.digest))
    }

    @Test func nobodyWaitsLongerThanTheServiceLets() throws {
        let index = try makeIndex([])
        var limits = ServerLimits()
        limits.watchSeconds = 3
        let watch = IndexWatch(digest: { index.digest })
        let connection = try TestConnection(limits: limits, indexes: TestIndexes([index]), watch: watch)
        #expect(connection.send(Self.ask(index.digest, wait: "86400")) == "")
        connection.pass(3)
        #expect(connection.received().contains(index.digest))
    }

    @Test func whoLeavesIsForgotten() throws {
        let index = try makeIndex([])
        let watch = IndexWatch(digest: { index.digest })
        let connection = try TestConnection(indexes: TestIndexes([index]), watch: watch)
        #expect(connection.send(Self.ask(index.digest)) == "")
        #expect(watch.count == 1)
        connection.channel.close(promise: nil)
        connection.run()
        #expect(watch.count == 0)
    }

    @Test func whoWaitsForTheFirstIndexIsToldOfIt() throws {
        let indexes = TestIndexes([])
        let watch = IndexWatch(digest: { indexes.index?.digest })
        let connection = try TestConnection(indexes: indexes, watch: watch)
        #expect(connection.send(Self.ask("")) == "")
        let index = try makeIndex([])
        indexes.use(index)
        watch.look()
        connection.run()
        #expect(connection.received().contains(index.digest))
    }
}

struct RateTests {
    private static func client(_ last: Int) throws -> RequestClient {
        RequestClient(try SocketAddress(ipAddress: "192.0.2.\(last)", port: 1))
    }

    @Test func aClientAsksAsOftenAsItMay() throws {
        let clock = TestClock()
        let limiter = RateLimiter(perSecond: 2, clock: clock)
        let client = try Self.client(1)
        #expect(limiter.wait(for: client) == nil)
        #expect(limiter.wait(for: client) == nil)
        #expect(limiter.wait(for: client) == 1)
        // Another one is not held up by it.
        #expect(limiter.wait(for: try Self.client(2)) == nil)
        clock.pass(.milliseconds(500))
        #expect(limiter.wait(for: client) == nil)
        #expect(limiter.wait(for: client) == 1)
        clock.pass(.seconds(3_600))
        #expect(limiter.wait(for: client) == nil)
        #expect(limiter.wait(for: client) == nil)
        #expect(limiter.wait(for: client) == 1)
    }

    @Test func whoAsksTooOftenIsToldWhenToComeAgain() throws {
        let indexes = TestIndexes([try makeIndex([])])
        let limiter = RateLimiter(perSecond: 1, clock: TestClock())
        let responder = makeResponder(indexes, rates: limiter) { $0.secret = "word" }
        #expect(responder.ask(.GET, "/v1/status").status == 200)
        let refusal = responder.ask(.GET, "/v1/status")
        #expect(refusal.status == 429)
        #expect(refusal.headers.contains { $0 == ("Retry-After", "1") })
        // Health is told as often as it is asked for, and our own roles are not counted.
        for _ in 0..<3 {
            #expect(responder.ask(.GET, "/healthz").status == 200)
            let headers: HTTPHeaders = ["Authorization": "Bearer word"]
            #expect(responder.ask(.GET, "/v1/internal/status", headers: headers).status == 200)
        }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8::1", "2001:db8::ffff:1", true), ("2001:db8::1", "2001:db8:0:1::1", false),
        ("::1", "2001:db8::1", false),
    ])
    func clientsAreToldApartByAddress(_ one: String, _ two: String, _ areSame: Bool) throws {
        let clients = try [one, two].map { RequestClient(try SocketAddress(ipAddress: $0, port: 1)) }
        #expect((clients[0] == clients[1]) == areSame)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.9.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
        ("::2", false), ("fe80::1", false),
    ])
    func thisMachineIsKnown(_ address: String, _ isLocal: Bool) throws {
        #expect(RequestClient(try SocketAddress(ipAddress: address, port: 1)).isLocal == isLocal)
    }
}

struct CacheTests {
    @Test func whatIsSaidOfAnAdvisoryMayBeKept() throws {
        let index = try makeIndex([advisory("PYSEC-2024-7")])
        let responder = makeResponder(TestIndexes([index])) { $0.cacheSeconds = 60 }
        for path in ["/v1/vulns/PYSEC-2024-7", "/v1/vulnerabilities/PYSEC-2024-7"] {
            let answer = responder.ask(.GET, path)
            #expect(answer.status == 200)
            #expect(answer.headers.contains { $0 == ("Cache-Control", "public, max-age=60") })
            for known in ["\"\(index.digest)\"", "W/\"\(index.digest)\"", "\"a\", \"\(index.digest)\" "] {
                let again = responder.ask(.GET, path, headers: ["If-None-Match": known])
                #expect(again.status == 304 && again.text.isEmpty, "\(known)")
            }
            #expect(responder.ask(.GET, path, headers: ["If-None-Match": "\"other\""]).status == 200)
        }
        #expect(!responder.ask(.GET, "/v1/status").headers.contains { $0.0 == "Cache-Control" })
        #expect(!responder.ask(.GET, "/v1/vulns/none").headers.contains { $0.0 == "Cache-Control" })
    }

    @Test func whatHasNotChangedHasNoLength() throws {
        let index = try makeIndex([advisory("PYSEC-2024-7")])
        let connection = try TestConnection(indexes: TestIndexes([index]))
        let text = connection.send(
            "GET /v1/vulns/PYSEC-2024-7 HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"\(index.digest)\"\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 304"))
        #expect(!text.lowercased().contains("content-length"))
        #expect(connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").contains("HTTP/1.1 "))
    }
}
