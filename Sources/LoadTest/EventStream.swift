import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// One WebSocket connection to the live stream, as a browser makes it.
struct EventStream: Sendable {
    /// What the server says on it.
    struct Message: Decodable, Sendable {
        let type: String
        /// With "error": why the server ends the stream.
        let code: String?
        /// With "subscribed": the newest event.
        let latest: Int64?
        /// With "event".
        let event: Event?

        struct Event: Decodable, Sendable {
            let id: Int64
            let type: String
            let data: Subject
        }

        struct Subject: Decodable, Sendable {
            let agentID: String?

            private enum CodingKeys: String, CodingKey { case agentID = "agent_id" }
        }
    }

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private static let path = "/v1/stream"
    /// Bytes of one message.
    private static let frameLimit = 1 << 20

    private let channel: Frames

    /// Opens a connection.
    ///
    /// - Parameter tls: For `https` servers.
    init(server: String, tls: TLSConfiguration) async throws {
        guard let url = URLComponents(string: server), let host = url.host else {
            throw LoadTestError("\(server) is no address of a server")
        }
        let isSecure = url.scheme == "https"
        let context = isSecure ? try NIOSSLContext(configuration: tls) : nil
        let authority = url.port.map { "\(host):\($0)" } ?? host
        let upgraded = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(10))
            .connect(host: host, port: url.port ?? (isSecure ? 443 : 80)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        // An address is no name that a server could be told; its certificate is checked against the address itself.
                        let name = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    return try Self.negotiate(
                        channel, authority: authority, origin: "\(url.scheme ?? "http")://\(authority)")
                }
            }
        guard let channel = try await upgraded.get() else { throw LoadTestError("the server opens no stream") }
        self.channel = channel
    }

    private static func negotiate(
        _ channel: any Channel, authority: String, origin: String
    ) throws -> EventLoopFuture<Frames?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: frameLimit) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Frames(wrappingChannelSynchronously: channel) }
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path, headers: ["Host": authority, "Origin": origin])
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
            upgradeRequestHead: head, upgraders: [upgrader],
            // Whatever the server answered, and however the connection ends: there is no stream.
            notUpgradingCompletionHandler: { channel in
                channel.close().map { nil }.recover { _ in nil }
            })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: configuration))
    }

    /// Subscribes, and hands on each message until the connection ends.
    ///
    /// - Parameter after: The last event that was seen; `nil` from now on.
    func run(token: String, after: Int64?, _ body: @Sendable (Message) -> Void) async throws {
        try await channel.executeThenClose { inbound, outbound in
            var request: [String: Any] = ["type": "subscribe", "access_token": token]
            request["after"] = after
            let text = try JSONSerialization.data(withJSONObject: request)
            try await outbound.write(Self.frame(.text, ByteBuffer(bytes: text)))
            let decoder = JSONDecoder()
            for try await frame in inbound {
                switch frame.opcode {
                case .text where frame.fin:
                    body(try decoder.decode(Message.self, from: Data(frame.unmaskedData.readableBytesView)))
                case .ping: try await outbound.write(Self.frame(.pong, frame.unmaskedData))
                case .connectionClose: return
                case .pong: break
                default: throw LoadTestError("a frame that the stream does not send")
                }
            }
        }
    }

    private static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }
}
