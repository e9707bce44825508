import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Telemetry
import Testing

@testable import Advisories
@testable import VerdictServer

/// A server on a free port, for as long as the closure runs.
func withServer(
    _ indexes: TestIndexes, limits: ServerLimits = ServerLimits(),
    _ body:
        @escaping @Sendable (_ address: SocketAddress, _ stop: @escaping @Sendable () async -> Void) async throws ->
        Void
) async throws {
    var configuration = VerdictServerConfiguration()
    configuration.port = 0
    configuration.limits = limits
    let (addresses, listening) = AsyncStream.makeStream(of: SocketAddress.self)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = VerdictServer(
        configuration: configuration,
        services: VerdictServerServices(indexes: indexes, health: HealthStates.ready()), logger: logger,
        onListening: { listening.yield($0) })
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        tasks.addTask {
            for await address in addresses {
                defer { Task { await group.triggerGracefulShutdown() } }
                return try await body(address) { await group.triggerGracefulShutdown() }
            }
        }
        try await tasks.waitForAll()
    }
}

/// A client that sends bytes as it is told and keeps what comes.
final class RawClient: Sendable {
    private let channel: any Channel
    /// Everything the server sent, once it has closed.
    let answer: EventLoopFuture<String>

    private init(_ channel: any Channel, _ answer: EventLoopFuture<String>) {
        self.channel = channel
        self.answer = answer
    }

    static func connect(to address: SocketAddress) async throws -> RawClient {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let promise = loop.makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(promise))
            }
        }.connect(to: address).get()
        return RawClient(channel, promise.futureResult)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<String>
        private var text = ByteBuffer()

        init(_ promise: EventLoopPromise<String>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = Self.unwrapInboundIn(data)
            text.writeBuffer(&bytes)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        func channelInactive(context: ChannelHandlerContext) { promise.succeed(String(buffer: text)) }
    }
}

private func post(_ path: String, _ body: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// How often each word was said, by whichever thread.
private final class Tally: Sendable {
    private let state = Mutex<[String: Int]>([:])

    var counts: [String: Int] { state.withLock { $0 } }
    func add(_ word: String) { state.withLock { $0[word, default: 0] += 1 } }
}

struct ServerTests {
    /// Two indexes that agree on nothing about the same packages.
    private static func index(_ mark: String) throws -> [Advisory] {
        (0..<200).map {
            advisory(
                "PYSEC-\(mark)-\($0)", aliases: ["CVE-\(mark)-\(1000 + $0)"], name: "tool\($0)",
                events: [.introduced("0"), .fixed("\(mark).0")])
        }
    }

    @Test func anAnswerIsOfOneIndexWhileIndexesAreExchanged() async throws {
        let indexes = [try makeIndex(Self.index("2001")), try makeIndex(Self.index("2002"))]
        let held = TestIndexes(indexes)
        let marks = [indexes[0].digest: "2001", indexes[1].digest: "2002"]
        let packages = (0..<200).map { "\"pkg:pypi/tool\($0)@1.0\"" }.joined(separator: ",")
        let seen = Tally()
        try await withServer(held) { address, _ in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<4 {
                    tasks.addTask {
                        for turn in 0..<50 {
                            held.use(indexes[turn % 2])
                            let client = try await RawClient.connect(to: address)
                            try await client.send(post("/v1/verdicts", "{\"packages\":[\(packages)]}"))
                            let text = try await client.answer.get()
                            let body = text.components(separatedBy: "\r\n\r\n").dropFirst().joined()
                            let json = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? NSDictionary
                            let mark = try #require(marks[json?["index"] as? String ?? ""])
                            let results = json?["results"] as? [NSDictionary] ?? []
                            let advisories = results.map {
                                ($0["verdicts"] as? [NSDictionary])?.first?["advisories"] as? [String]
                            }
                            #expect(advisories == (0..<200).map { ["PYSEC-\(mark)-\($0)"] })
                            seen.add(mark)
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(seen.counts.values.reduce(0, +) == 200)
        #expect(seen.counts.count == 2)
    }

    @Test func aThousandConnectionsAreHeldAndAnswered() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let held = TestIndexes([try makeIndex(Self.index("2001"))])
        try await withServer(held) { address, _ in
            var clients: [RawClient] = []
            for _ in 0..<1_000 { clients.append(try await RawClient.connect(to: address)) }
            for client in clients {
                try await client.send(post("/v1/query", #"{"package":{"purl":"pkg:pypi/tool7@1.0"}}"#))
            }
            var answered = 0
            for client in clients {
                let text = try await client.answer.get()
                if text.hasPrefix("HTTP/1.1 200 OK"), text.contains("PYSEC-2001-7") { answered += 1 }
            }
            #expect(answered == 1_000)
        }
    }

    @Test func whoFindsTheServerFullWaitsForItsTurn() async throws {
        var limits = ServerLimits()
        limits.connections = 2
        let held = TestIndexes([try makeIndex([])])
        try await withServer(held, limits: limits) { address, _ in
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<50 {
                    tasks.addTask {
                        let client = try await RawClient.connect(to: address)
                        try await client.send(post("/v1/query", #"{"commit":"00"}"#))
                        return try await client.answer.get()
                    }
                }
                for try await text in tasks { #expect(text.hasPrefix("HTTP/1.1 200 OK")) }
            }
        }
    }

    @Test func aRequestUnderWayIsFinishedWhenTheServerStops() async throws {
        let held = TestIndexes([try makeIndex([])])
        try await withServer(held) { address, stop in
            let idle = try await RawClient.connect(to: address)
            let busy = try await RawClient.connect(to: address)
            // The 100 shows that the request has been taken before the server is told to stop.
            try await busy.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n{\"commit\":")
            let witness = try await RawClient.connect(to: address)
            try await witness.send(post("/v1/query", #"{"commit":"00"}"#))
            _ = try await witness.answer.get()
            await stop()
            #expect(try await idle.answer.get() == "")
            try await busy.send("\"00\"}")
            #expect(try await busy.answer.get().hasPrefix("HTTP/1.1 200 OK"))
        }
    }
}
