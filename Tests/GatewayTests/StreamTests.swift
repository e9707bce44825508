import Events
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket
import ServiceLifecycle
import Stores
import Testing

@testable import Gateway

struct StreamTests {
    /// Runs a gateway on a port, signed in.
    private func withStream(
        _ installation: Installation, _ test: @Sendable (any TestClientProtocol, Int, String) async throws -> Void
    ) async throws {
        try await installation.run(.live) { client async throws in
            let port = try #require(client.port)
            try await test(client, port, try await installation.token(installation.red.viewer))
        }
    }

    /// Makes an event by a change of the inventory, which every call turns around.
    @discardableResult
    private func change(_ installation: Installation, _ step: Int, tenant: Tenant? = nil) async throws -> Event {
        let tenant = tenant ?? installation.red
        let packages = step % 2 == 0 ? Array(Sample.packages.suffix(1)) : Sample.packages
        let event = try await Tenant.apply(
            packages, to: tenant.agentID, tenant.scope, installation.store, now: installation.clock.now)
        return try #require(event)
    }

    @Test func whatWasMissedComesFirstAndThenWhatHappens() async throws {
        let installation = try await Installation()
        try await withStream(installation) { _, port, token async throws in
            try await StreamClient.with(port: port) { session async throws in
                let missed = try await change(installation, 0)
                try await session.subscribe(token, after: 0)
                let hello = try await session.document()
                #expect(hello["type"].text == "subscribed")
                #expect(hello["latest"].int == Int(missed.id.rawValue))
                var ids: [Int] = []
                for _ in 1...3 { ids.append(try await session.document()["event"]["id"].int ?? -1) }
                #expect(ids == ids.sorted())
                #expect(ids.last == Int(missed.id.rawValue))
                let live = try await change(installation, 1)
                await installation.bus.publish(live, scope: installation.red.scope)
                let event = try await session.document()
                #expect(event["event"]["id"].int == Int(live.id.rawValue))
                #expect(event["event"]["data"]["opened"].int == 1)
            }
        }
    }

    @Test func eventsThatReachTheBusTwiceOrInAnyOrderComeOnceAndInOrder() async throws {
        let installation = try await Installation()
        try await withStream(installation) { _, port, token async throws in
            try await StreamClient.with(port: port) { session async throws in
                try await session.subscribe(token)
                #expect(try await session.document()["type"].text == "subscribed")
                var events: [Event] = []
                for step in 0..<6 { events.append(try await change(installation, step)) }
                for event in events.reversed() + events {
                    await installation.bus.publish(event, scope: installation.red.scope)
                }
                var ids: [Int] = []
                while ids.count < 6 { ids.append(try await session.document()["event"]["id"].int ?? -1) }
                #expect(ids == events.map { Int($0.id.rawValue) })
                // Whatever else would have been sent stands before this answer.
                try await session.send(.ping, ByteBuffer(string: "x"))
                #expect(try await session.next() == "pong x")
            }
        }
    }

    @Test func theOtherCompanyIsNotHeard() async throws {
        let installation = try await Installation()
        try await withStream(installation) { _, port, token async throws in
            try await StreamClient.with(port: port) { session async throws in
                try await session.subscribe(token)
                _ = try await session.document()
                let theirs = try await change(installation, 0, tenant: installation.blue)
                await installation.bus.publish(theirs, scope: installation.blue.scope)
                let ours = try await change(installation, 0)
                await installation.bus.publish(ours, scope: installation.red.scope)
                #expect(try await session.document()["event"]["data"]["hostname"].text == "web.red")
            }
        }
    }

    @Test(arguments: [
        (#"{"type":"subscribe","access_token":"x"}"#, "unauthorized", 1008),
        (#"{"type":"renew","access_token":"x"}"#, "invalid_message", 1008),
        (#"{"type":"subscribe","access_token":"x","after":-1}"#, "invalid_message", 1008),
        ("hello", "invalid_message", 1008), (String(repeating: "[", count: 100), "invalid_message", 1008),
    ])
    func whoSaysSomethingElseIsSentAway(_ text: String, _ code: String, _ close: Int) async throws {
        let installation = try await Installation()
        try await withStream(installation) { _, port, _ async throws in
            try await StreamClient.with(port: port) { session async throws in
                try await session.send(text)
                #expect(try await session.next() == #"{"code":"\#(code)","type":"error"}"#)
                #expect(try await session.next() == "close \(close)")
            }
        }
    }

    @Test func whoSaysNothingIsSentAway() async throws {
        let installation = try await Installation { $0.limits.subscribeTimeout = .milliseconds(50) }
        try await withStream(installation) { _, port, _ async throws in
            try await StreamClient.with(port: port) { session async throws in
                #expect(try await session.next() == #"{"code":"unauthorized","type":"error"}"#)
                #expect(try await session.next() == "close 1008")
            }
        }
    }

    @Test func signingOutEndsTheStream() async throws {
        let installation = try await Installation()
        try await withStream(installation) { client, port, token async throws in
            try await StreamClient.with(port: port) { session async throws in
                try await session.subscribe(token)
                _ = try await session.document()
                _ = try await client.send(.post, "/v1/auth/logout", token: token)
                #expect(try await session.next() == #"{"code":"unauthorized","type":"error"}"#)
                #expect(try await session.next() == "close 1008")
            }
        }
    }

    @Test func theStreamEndsWithItsTokenUnlessItIsRenewed() async throws {
        let installation = try await Installation { $0.sessionCheckInterval = .milliseconds(50) }
        try await withStream(installation) { client, port, _ async throws in
            let first = try await client.signIn(installation.red.viewer)
            let token = try #require(first.json["access_token"].text)
            try await StreamClient.with(port: port) { session async throws in
                try await session.subscribe(token)
                _ = try await session.document()
                installation.clock.advance(seconds: 500)
                let second = try await client.refresh(first.cookie)
                let renewed = try #require(second.json["access_token"].text)
                try await session.send(#"{"type":"renew","access_token":"\#(renewed)"}"#)
                // The answer to the ping tells that the renewal was read; the event, that the stream goes on behind the first token.
                try await session.send(.ping, ByteBuffer(string: "x"))
                #expect(try await session.next() == "pong x")
                let event = try await change(installation, 0)
                await installation.bus.publish(event, scope: installation.red.scope)
                #expect(try await session.document()["type"].text == "event")
                installation.clock.advance(seconds: 601)
                #expect(try await session.next() == #"{"code":"token_expired","type":"error"}"#)
                #expect(try await session.next() == "close 1008")
            }
        }
    }

    @Test func framesThatBreakTheProtocolEndTheConnection() async throws {
        let installation = try await Installation()
        try await withStream(installation) { _, port, _ async throws in
            let cases: [(String, @Sendable (StreamClient.Session) async throws -> Void, Int)] = [
                ("unmasked", { try await $0.send("x", masked: false) }, 1002),
                ("stray continuation", { try await $0.send(.continuation, ByteBuffer(string: "x")) }, 1002),
                ("binary", { try await $0.send(.binary, ByteBuffer(string: "x")) }, 1003),
                ("bad UTF-8", { try await $0.send(.text, ByteBuffer(bytes: [0xC3, 0x28])) }, 1007),
                ("large", { try await $0.send(String(repeating: "x", count: 16 << 10 + 1)) }, 1009),
                (
                    "large in parts",
                    {
                        let part = ByteBuffer(repeating: 0x78, count: 10_000)
                        try await $0.send(.text, part, fin: false)
                        try await $0.send(.continuation, part)
                    }, 1009
                ),
            ]
            for (name, act, code) in cases {
                try await StreamClient.with(port: port) { session async throws in
                    try await act(session)
                    #expect(try await session.next() == "close \(code)", "\(name)")
                }
            }
        }
    }

    @Test func otherSitesCannotOpenAStream() async throws {
        let installation = try await Installation()
        try await withStream(installation) { client, port, token async throws in
            await #expect(throws: Unexpected.self) {
                try await StreamClient.with(port: port, headers: ["Origin": "http://evil.example"]) { _ in }
            }
            try await StreamClient.with(port: port, headers: ["Origin": "http://localhost:\(port)"]) {
                session async throws in
                try await session.subscribe(token)
                #expect(try await session.document()["type"].text == "subscribed")
            }
        }
    }

    @Test func shuttingDownSaysGoodbye() async throws {
        let installation = try await Installation()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var configuration = installation.configuration
        configuration.port = 0
        let application = try await makeApplication(
            configuration: configuration, services: installation.services,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onServerRunning: { if let number = $0 { port.yield(number) } })
        let group = ServiceGroup(configuration: .init(services: [application], logger: Logger(label: "test")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let number = try #require(await ports.first { _ in true })
            try await StreamClient.with(port: number) { session async throws in
                await group.triggerGracefulShutdown()
                #expect(try await session.next() == "close 1001")
            }
            try await tasks.waitForAll()
        }
    }

    /// A connection that takes no more bytes, as a channel without a network under it.
    @Test func whoReadsTooSlowlyIsToldAndDropped() async throws {
        let installation = try await Installation { $0.limits.streamBacklog = 5 }
        let parts = try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: .init(label: "test"))
        let streams = StreamService(
            store: installation.store, bus: installation.bus, authenticator: parts.authenticator,
            configuration: installation.configuration, places: ConcurrencyLimit(1), logger: .init(label: "test"))
        let token = try await installation.token(installation.red.viewer)
        let channel = NIOAsyncTestingChannel()
        let stream = try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandler(WebSocketHandler(limits: installation.configuration.limits))
            return try StreamChannel(wrappingChannelSynchronously: channel)
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await streams.run(stream) }
            let text = #"{"type":"subscribe","access_token":"\#(token)","after":null}"#
            try await channel.writeInbound(
                WebSocketFrame(fin: true, opcode: .text, maskKey: [0, 0, 0, 0], data: ByteBuffer(string: text)))
            let hello = try await channel.waitForOutboundWrite(as: WebSocketFrame.self)
            #expect(String(buffer: hello.data).contains("subscribed"))
            channel.isWritable = false
            try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
            let event = try await change(installation, 0)
            for _ in 0..<20 { await installation.bus.publish(event, scope: installation.red.scope) }
            var texts: [String] = []
            while texts.last?.contains("slow_reader") != true {
                texts.append(String(buffer: try await channel.waitForOutboundWrite(as: WebSocketFrame.self).data))
            }
            var close = try await channel.waitForOutboundWrite(as: WebSocketFrame.self)
            #expect(close.opcode == .connectionClose)
            #expect(close.data.readInteger(as: UInt16.self) == 1013)
            try await channel.close()
            try await group.waitForAll()
        }
    }
}
