import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket client of our own, frame by frame, so that tests can also do what a well-behaved client never does.
struct StreamClient: Sendable {
    private let channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// Connects and upgrades, lends the connection, and closes it. Throws ``Unexpected`` when the upgrade is refused.
    static func with<Value: Sendable>(
        port: Int, headers: [String: String] = [:],
        _ body: (inout Session) async throws -> Value
    ) async throws -> Value {
        let upgrade = try await connect(port: port, headers: headers)
        guard let channel = try await upgrade.get() else { throw Unexpected(what: "upgrade refused") }
        return try await channel.executeThenClose { inbound, outbound in
            var session = Session(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&session)
        }
    }

    typealias Upgraded = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>?

    private static func connect(port: Int, headers: [String: String]) async throws -> EventLoopFuture<Upgraded> {
        let group = MultiThreadedEventLoopGroup.singleton
        return try await ClientBootstrap(group: group).connect(host: "localhost", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let upgrader = NIOTypedWebSocketClientUpgrader<Upgraded>(upgradePipelineHandler: { channel, _ in
                    channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
                })
                var fields = HTTPHeaders([("Host", "localhost:\(port)"), ("Content-Length", "0")])
                for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
                let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/v1/stream", headers: fields)
                let configuration = NIOTypedHTTPClientUpgradeConfiguration<Upgraded>(
                    upgradeRequestHead: head, upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in channel.close().map { nil } })
                return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                    configuration: .init(upgradeConfiguration: configuration))
            }
        }
    }

    /// One open connection.
    struct Session {
        var inbound: NIOAsyncChannelInboundStream<WebSocketFrame>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

        func send(_ text: String, masked: Bool = true) async throws {
            try await send(.text, ByteBuffer(string: text), masked: masked)
        }

        func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, fin: Bool = true, masked: Bool = true) async throws {
            try await outbound.write(
                WebSocketFrame(fin: fin, opcode: opcode, maskKey: masked ? .random() : nil, data: data))
        }

        func subscribe(_ token: String, after: Int? = nil) async throws {
            let place = after.map(String.init) ?? "null"
            try await send(#"{"type":"subscribe","access_token":"\#(token)","after":\#(place)}"#)
        }

        /// The next text message, "close 1008", or "end".
        mutating func next() async throws -> String {
            while let frame = try await inbound.next() {
                switch frame.opcode {
                case .text: return String(buffer: frame.data)
                case .connectionClose:
                    var data = frame.data
                    return "close \(data.readInteger(as: UInt16.self) ?? 0)"
                case .pong: return "pong \(String(buffer: frame.data))"
                default: continue
                }
            }
            return "end"
        }

        mutating func document() async throws -> Document { Document(ByteBuffer(string: try await next())) }
    }
}
