import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import Testing

@testable import Advisories
@testable import VerdictServer

/// A connection without a socket, whose clock the test moves.
final class TestConnection {
    let channel: EmbeddedChannel
    let budget: BodyBudget
    private let flushes = FlushCounter()

    init(
        limits: ServerLimits = ServerLimits(), indexes: TestIndexes? = nil,
        watch: IndexWatch = IndexWatch(digest: { nil })
    ) throws {
        budget = BodyBudget(limit: limits.totalBodyBytes)
        channel = EmbeddedChannel()
        // Everything is answered in place: the pool is never used.
        var limits = limits
        limits.workerBodyBytes = .max
        let parts = ConnectionParts(
            responder: makeResponder(try indexes ?? TestIndexes([makeIndex([])]), limits: limits), limits: limits,
            budget: budget,
            workers: NIOThreadPool(numberOfThreads: 1), ids: RequestIDs(), metrics: ServerMetrics(),
            watch: watch)
        try channel.pipeline.syncOperations.addHandler(flushes)
        try channel.pipeline.syncOperations.addHTTP(parts)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    var flushCount: Int { flushes.count }
    var isOpen: Bool { channel.isActive }

    /// Sends bytes and gives what came back so far.
    @discardableResult
    func send(_ text: String) -> String {
        // A fault of the bytes is answered and closes the connection; that it is thrown here as well is the test channel's way.
        _ = try? channel.writeInbound(ByteBuffer(string: text))
        return received()
    }

    func received() -> String {
        var text = ""
        while let data = try? channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = data { text += String(buffer: buffer) }
        }
        return text
    }

    /// Does what other threads asked the connection to do.
    func run() { channel.embeddedEventLoop.run() }

    func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }
}

private final class FlushCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never
    private(set) var count = 0

    func flush(context: ChannelHandlerContext) {
        count += 1
        context.flush()
    }
}

private func request(_ body: String, _ fields: String = "", path: String = "/v1/query") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

private func statuses(_ text: String) -> [String] {
    text.split(separator: "HTTP/1.", omittingEmptySubsequences: true).map { String($0.dropFirst(2).prefix(3)) }
}

struct ConnectionTests {
    private let commit = #"{"commit":"00"}"#

    @Test func headAndBodyLeaveInOneWrite() throws {
        let connection = try TestConnection()
        let before = connection.flushCount
        let answer = connection.send(request(commit))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n{}"))
        #expect(answer.contains("Content-Length: 2\r\n"))
        #expect(connection.flushCount == before + 1)
        #expect(connection.isOpen)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let connection = try TestConnection()
        let paths = ["/healthz", "/nowhere", "/v1/query", "/openapi.json"]
        let text = paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        #expect(statuses(connection.send(text)) == ["200", "404", "405", "200"])
        #expect(connection.isOpen)
    }

    @Test func thousandsOfPipelinedRequestsDoNotNest() throws {
        let connection = try TestConnection()
        let count = 5_000
        let answers = connection.send(
            String(repeating: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", count: count))
        #expect(statuses(answers) == Array(repeating: "200", count: count))
    }

    @Test func requestsMayComeByteByByte() throws {
        let connection = try TestConnection()
        var answer = ""
        for byte in request(commit).unicodeScalars { answer += connection.send(String(byte)) }
        #expect(statuses(answer) == ["200"])
        #expect(connection.budget.bytes == 0)
    }

    @Test func chunkedBodiesAreTaken() throws {
        let connection = try TestConnection()
        let answer = connection.send(
            "POST /v1/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"commit\r\n7\r\n\":\"00\"}\r\n0\r\n\r\n"
        )
        #expect(statuses(answer) == ["200"])
    }

    @Test func aRequestIsNamedAsTheClientSaysIfThatIsHarmless() throws {
        let connection = try TestConnection()
        #expect(connection.send(request(commit, "X-Request-Id: ab-1.C_2\r\n")).contains("X-Request-Id: ab-1.C_2\r\n"))
        for id in ["a b", String(repeating: "a", count: 65), "é", "\"", ""] {
            #expect(!connection.send(request(commit, "X-Request-Id: \(id)\r\n")).contains("X-Request-Id: \(id)\r\n"))
        }
    }

    @Test func headRequestsGetNoBody() throws {
        let connection = try TestConnection()
        let answer = connection.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(!answer.contains("Content-Length: 0"))
    }

    @Test(arguments: [
        ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: keep-alive\r\n", true), ("HTTP/1.1", "", true),
        ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", false),
    ]) func connectionsStayAsLongAsTheClientWants(version: String, fields: String, stays: Bool) throws {
        let connection = try TestConnection()
        let answer = connection.send("GET /healthz \(version)\r\nHost: x\r\n\(fields)\r\n")
        #expect(statuses(answer) == ["200"])
        #expect(connection.isOpen == stays)
    }

    @Test func whoAsksForLeaveToSendGetsIt() throws {
        let connection = try TestConnection()
        let head =
            "POST /v1/query HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: \(commit.utf8.count)\r\n\r\n"
        #expect(connection.send(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(statuses(connection.send(commit)) == ["200"])
    }

    @Test func halfClosedClientsAreAnswered() throws {
        let connection = try TestConnection()
        _ = try connection.channel.writeInbound(ByteBuffer(string: request(commit)))
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(statuses(connection.received()) == ["200"])
        #expect(!connection.isOpen)
    }
}

/// What must not bring the service down, nor keep it busy.
struct HostileConnectionTests {
    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/query HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/query HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/query HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /v1/query HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /v1/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
    ]) func whatIsNoHTTPEndsTheConnection(bytes: String) throws {
        let connection = try TestConnection()
        let answer = connection.send(bytes)
        connection.pass(10)
        #expect(!connection.isOpen)
        if !answer.isEmpty { #expect(statuses(answer) == ["400"], "\(answer)") }
    }

    @Test func hugeHeadersEndTheConnection() throws {
        let connection = try TestConnection()
        _ = connection.send("GET / HTTP/1.1\r\n")
        for index in 0..<2_000 where connection.isOpen {
            connection.send("X-\(index): \(String(repeating: "a", count: 100))\r\n")
        }
        #expect(!connection.isOpen)
    }

    @Test func aBodyThatSaysItIsTooLargeIsRefusedAtOnce() throws {
        var limits = ServerLimits()
        limits.bodyBytes = 10
        let connection = try TestConnection(limits: limits)
        let answer = connection.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n")
        #expect(statuses(answer) == ["413"])
        #expect(answer.contains("Connection: close\r\n"))
        connection.pass(limits.lingerSeconds)
        #expect(!connection.isOpen)
    }

    @Test func aBodyThatGrowsTooLargeIsRefused() throws {
        var limits = ServerLimits()
        limits.bodyBytes = 10
        let connection = try TestConnection(limits: limits)
        var answer = connection.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<20 { answer += connection.send("4\r\naaaa\r\n") }
        #expect(statuses(answer) == ["413"])
        #expect(connection.budget.bytes == 0)
    }

    @Test func allBodiesTogetherAreBounded() throws {
        var limits = ServerLimits()
        limits.totalBodyBytes = 10
        let connection = try TestConnection(limits: limits)
        let answer = connection.send(request(String(repeating: " ", count: 11)))
        #expect(statuses(answer) == ["503"])
        #expect(answer.contains("Retry-After: 1\r\n"))
        #expect(connection.budget.bytes == 0)
    }

    @Test func compressedBodiesAreRefused() throws {
        let connection = try TestConnection()
        #expect(statuses(connection.send(request("x", "Content-Encoding: gzip\r\n"))) == ["415"])
    }

    @Test func aHeadThatDripsIsCutOff() throws {
        let limits = ServerLimits()
        let connection = try TestConnection(limits: limits)
        connection.send("GET / HTTP/1.1\r\n")
        for second in 1..<limits.headSeconds {
            connection.pass(1)
            connection.send("X-\(second): y\r\n")
        }
        #expect(connection.isOpen)
        connection.pass(1)
        #expect(!connection.isOpen)
    }

    @Test func aConnectionThatSaysNothingIsCutOff() throws {
        let limits = ServerLimits()
        let connection = try TestConnection(limits: limits)
        connection.pass(limits.headSeconds)
        #expect(!connection.isOpen)
    }

    @Test func theTimeForAHeadBeginsAgainWithEachRequest() throws {
        let limits = ServerLimits()
        let connection = try TestConnection(limits: limits)
        for _ in 0..<3 {
            connection.pass(limits.headSeconds - 1)
            #expect(statuses(connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")) == ["200"])
        }
        connection.pass(limits.headSeconds)
        #expect(!connection.isOpen)
    }

    @Test func aBodyThatDripsIsRefused() throws {
        let limits = ServerLimits()
        let connection = try TestConnection(limits: limits)
        var answer = connection.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        for _ in 0..<limits.bodySeconds {
            #expect(answer.isEmpty)
            connection.pass(1)
            answer += connection.send(" ")
        }
        #expect(statuses(answer) == ["408"])
        #expect(connection.budget.bytes == 0)
        connection.pass(limits.lingerSeconds)
        #expect(!connection.isOpen)
    }

    @Test func aClientThatGoesAwayGivesItsBytesBack() throws {
        let connection = try TestConnection()
        connection.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\naaaaaaaa")
        #expect(connection.budget.bytes == 8)
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
        #expect(connection.budget.bytes == 0)
    }

    static let bodies: [String] = [
        String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 50_000),
        #"{"packages":["# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "]}",
        "\u{FEFF}{}", #"{"packages":["\ud800"]}"#, #"{"packages":"x"#, #"{"packages":[],}"#,
        "{\"packages\":[\"\u{1}\"]}",
        #"{"packages":[1e999]}"#, #"{"queries":[{"version":{}}]}"#, #"{"queries":[[[]]]}"#,
    ]

    @Test(arguments: bodies) func bodiesThatAreNoRequestAreRefused(body: String) throws {
        let connection = try TestConnection()
        for path in ["/v1/verdicts", "/v1/query", "/v1/querybatch", "/v1/explanation"] {
            let status = statuses(connection.send(request(body, path: path)))
            // A member that a path does not know is ignored, so a body may be a request there.
            #expect(status == ["400"] || (path == "/v1/querybatch" && status == ["200"]), "\(path) \(status)")
            #expect(connection.isOpen)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        let responder = makeResponder(TestIndexes([try makeIndex([])]))
        let bodies: [[UInt8]] = [
            [0xFF], Array(#"{"packages":[""#.utf8) + [0xC3, 0x28] + Array(#""]}"#.utf8),
            [0x7B, 0x22, 0xED, 0xA0, 0x80],
        ]
        for body in bodies {
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/verdicts")
            let reply = responder.respond(
                to: ServerRequest(head, body: ByteBuffer(bytes: body), id: "x", client: .local))
            #expect(reply.status == .badRequest)
        }
    }
}
