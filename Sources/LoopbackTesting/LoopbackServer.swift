import NIOCore
import NIOHTTP1
import NIOPosix

/// A real HTTP server on loopback that answers as a test says.
public final class LoopbackServer: Sendable {
    /// One request, whole.
    public struct Request: Sendable {
        /// In capitals.
        public let method: String
        /// Path, as sent.
        public let path: String
        /// What stands behind the `?`, as sent; empty without.
        public let query: String
        /// As sent.
        public let headers: HTTPHeaders
        /// Whole.
        public let body: [UInt8]
    }

    /// What the server does with a request.
    public enum Reply: Sendable {
        /// A whole answer.
        case answer(Int, headers: HTTPHeaders = [:], body: [UInt8] = [])
        /// Promises the whole body and sends the first bytes of it.
        case cutShort([UInt8], after: Int)
        /// Closes the connection without a word.
        case hangUp
    }

    /// What a test writes.
    public typealias Handler = @Sendable (Request) -> Reply

    private let channel: any Channel
    /// Base URL without a slash at its end.
    public let url: String

    /// Listens on a free port of 127.0.0.1.
    public init(handler: @escaping Handler) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ExchangeHandler(handler: handler))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// Closes the port.
    public func stop() async throws { try await channel.close() }

    /// Lends a server and stops it afterwards.
    public static func with<Result>(
        handler: @escaping Handler, _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let server = try await LoopbackServer(handler: handler)
        do {
            let result = try await body(server)
            try await server.stop()
            return result
        } catch {
            try await server.stop()
            throw error
        }
    }
}

extension LoopbackServer.Reply: CustomStringConvertible {
    /// Names the test case.
    public var description: String {
        switch self {
        case .answer(let status, _, let body): "\(status) with \(body.count) bytes"
        case .cutShort(let body, let count): "\(count) of \(body.count) bytes"
        case .hangUp: "hang up"
        }
    }
}

/// Collects a request and writes the reply; every connection carries one.
private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handler: LoopbackServer.Handler
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(handler: @escaping LoopbackServer.Handler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += buffer.readableBytesView
        case .end:
            guard let head else { return }
            let path = String(head.uri.prefix { $0 != "?" })
            let query = String(head.uri.dropFirst(path.count + 1))
            let request = LoopbackServer.Request(
                method: head.method.rawValue, path: path, query: query, headers: head.headers, body: body)
            write(handler(request), context)
        }
    }

    private func write(_ reply: LoopbackServer.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .hangUp: context.close(promise: nil)
        case .answer(let status, let headers, let body): write(status, headers, body, length: body.count, context)
        case .cutShort(let body, let count): write(200, [:], Array(body.prefix(count)), length: body.count, context)
        }
    }

    private func write(
        _ status: Int, _ headers: HTTPHeaders, _ body: [UInt8], length: Int, _ context: ChannelHandlerContext
    ) {
        var headers = headers
        headers.replaceOrAdd(name: "Connection", value: "close")
        if status != 304 { headers.replaceOrAdd(name: "Content-Length", value: "\(length)") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        let channel = context.channel
        if body.count == length { context.write(wrapOutboundOut(.end(nil)), promise: nil) }
        context.flush()
        // What is written is sent before the close takes effect.
        channel.close(promise: nil)
    }
}
