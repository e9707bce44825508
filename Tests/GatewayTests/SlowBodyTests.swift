import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOPosix
import Testing

@testable import Gateway

/// Whoever sends the body of a request byte by byte is ended.
struct SlowBodyTests {
    /// Real connections that stop, and one that sends a byte now and then; also where nobody reads the body, because its sender is unknown.
    @Test(arguments: [
        ("POST /v1/auth/login", false, "408 Request Timeout"), ("POST /v1/auth/login", true, "408 Request Timeout"),
        ("PUT /v1/agent/inventory", false, "401 Unauthorized"), ("PUT /v1/agent/inventory", true, "401 Unauthorized"),
    ])
    func aBodyThatDoesNotComeEndsItsRequest(_ request: String, _ trickles: Bool, _ status: String) async throws {
        let installation = try await Installation {
            $0.limits.bodyPatience = .milliseconds(300)
            $0.limits.minimumBodyRate = 1_000_000
        }
        try await installation.run(.live) { client async throws in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "localhost", port: try #require(client.port)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let reply = try await channel.executeThenClose { inbound, outbound in
                let head =
                    "\(request) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
                try await outbound.write(ByteBuffer(string: head))
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    if trickles {
                        group.addTask {
                            while !Task.isCancelled {
                                try await Task.sleep(for: .milliseconds(20))
                                // Fails once the gateway has hung up.
                                guard (try? await outbound.write(ByteBuffer(string: " "))) != nil else { return }
                            }
                        }
                    }
                    var all = ByteBuffer()
                    do {
                        for try await var part in inbound { all.writeBuffer(&part) }
                    } catch is IOError {
                        // It hung up while we wrote.
                    }
                    group.cancelAll()
                    return String(buffer: all)
                }
            }
            #expect(reply.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(reply)")
        }
    }

    @Test func aConnectionThatKeepsToItCarriesOn() async throws {
        let installation = try await Installation { $0.limits.bodyPatience = .seconds(60) }
        try await installation.run(.live) { client async throws in
            for _ in 1...3 {
                #expect(try await client.signIn(installation.red.owner).status == .ok)
            }
        }
    }

    /// In a time of its own: ten seconds and then a kilobyte a second, at most a minute.
    private struct Line {
        let loop = EmbeddedEventLoop()
        let channel: EmbeddedChannel

        init() throws {
            var limits = GatewayConfiguration.Limits()
            limits.bodyPatience = .seconds(10)
            limits.minimumBodyRate = 1_000
            limits.longestBody = .seconds(60)
            channel = EmbeddedChannel(loop: loop)
            try channel.pipeline.syncOperations.addHandler(
                BodyDeadlineHandler(limits: limits, now: { [loop] in loop.now }))
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }

        func read(_ part: HTTPRequestPart) {
            channel.pipeline.fireChannelRead(part)
            channel.pipeline.fireChannelReadComplete()
        }

        func send(_ bytes: Int) { read(.body(ByteBuffer(repeating: 0, count: bytes))) }

        /// The gateway wants more, and so much time goes by.
        func wait(_ seconds: Int64) -> Bool {
            channel.read()
            loop.advanceTime(by: .seconds(seconds))
            do { try channel.throwIfErrorCaught() } catch { return false }
            return true
        }
    }

    private static let head = HTTPRequestPart.head(
        HTTPRequest(method: .put, scheme: "http", authority: "x", path: "/"))

    @Test func bytesEarnTime() throws {
        let line = try Line()
        line.read(Self.head)
        #expect(line.wait(9))
        line.send(5_000)
        #expect(line.wait(5), "14 of 15 seconds")
        #expect(!line.wait(2))
    }

    @Test func nobodyWaitsLongerThanTheBound() throws {
        let line = try Line()
        line.read(Self.head)
        line.send(1_000_000)
        #expect(line.wait(59))
        #expect(!line.wait(2))
    }

    @Test func whatTheGatewayDoesNotReadIsNotLate() throws {
        let line = try Line()
        line.read(Self.head)
        #expect(line.wait(9))
        line.send(1)
        line.loop.advanceTime(by: .seconds(3_600))
        try line.channel.throwIfErrorCaught()
        #expect(!line.wait(2), "now it waits for the client")
    }

    @Test func afterTheEndTimeIsNobodys() throws {
        let line = try Line()
        for _ in 1...3 {
            line.read(Self.head)
            #expect(line.wait(9))
            line.read(.end(nil))
            #expect(line.wait(3_600), "the next request has a time of its own")
        }
    }
}
