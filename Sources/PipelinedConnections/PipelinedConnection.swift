import NIOCore
import NIOPosix
import NIOSSL
import Settings

/// How long and how much one connection may wait.
public struct PipelineLimits: Sendable {
    /// For the connection to stand, name look-up and TLS included.
    public var connect: TimeAmount
    /// For a reply, from when the request was written.
    public var reply: TimeAmount
    /// Most requests without reply on one connection.
    public var waiting: Int

    /// Makes limits.
    public init(connect: Duration = .seconds(2), reply: Duration = .seconds(2), waiting: Int = 65_536) {
        self.connect = TimeAmount(connect)
        self.reply = TimeAmount(reply)
        self.waiting = max(waiting, 1)
    }
}

/// One connection that stands.
public final class PipelinedConnection<Parser: ReplyParser>: Sendable {
    private let channel: any Channel

    private init(channel: any Channel) { self.channel = channel }

    /// Whether it still stands, as far as is known.
    public var isActive: Bool { channel.isActive }

    /// Connects.
    ///
    /// - Parameters:
    ///   - parser: Fresh, for this connection alone.
    ///   - onPush: Gets replies that no request waits for, on the event loop: must be quick. Without it they end the connection.
    /// - Throws: ``ConnectionError/unreachable(_:)``.
    public static func connect(
        to address: ServerAddress, security: TransportSecurity?, limits: PipelineLimits, parser: Parser,
        onPush: (@Sendable (Parser.Reply) -> Void)? = nil
    ) async throws(ConnectionError) -> PipelinedConnection {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(limits.connect)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security { try pipeline.addHandler(try security.handler(for: address)) }
                    try pipeline.addHandler(PipelineHandler(parser: parser, limits: limits, onPush: onPush))
                }
            }
        do {
            let channel = try await bootstrap.connect(host: address.host, port: address.port).get()
            return PipelinedConnection(channel: channel)
        } catch {
            throw .unreachable("\(address): \(error)")
        }
    }

    /// Sends bytes that the server answers with that many replies.
    ///
    /// What is sent in one call is not mixed with what others send.
    public func send(_ bytes: ByteBuffer, replies: Int) async throws(ConnectionError) -> [Parser.Reply] {
        let promise = channel.eventLoop.makePromise(of: [Parser.Reply].self)
        channel.write(PipelinedRequest(bytes: bytes, replies: replies, promise: promise)).whenFailure { error in
            // A channel that is closed refuses before any handler sees the request.
            promise.fail(ConnectionError.unreachable("\(error)"))
        }
        do {
            return try await promise.futureResult.get()
        } catch {
            throw error as? ConnectionError ?? .lost("\(error)")
        }
    }

    /// Sends bytes that the server answers with nothing, or with what is taken as a push. Does not wait; lost when the connection is.
    public func post(_ bytes: ByteBuffer) {
        let promise = channel.eventLoop.makePromise(of: [Parser.Reply].self)
        channel.write(PipelinedRequest(bytes: bytes, replies: 0, promise: promise)).cascadeFailure(to: promise)
    }

    /// Returns when the connection has ended.
    public func untilClosed() async {
        try? await channel.closeFuture.get()
    }

    /// Ends it; requests that wait fail.
    public func close() {
        channel.close(promise: nil)
    }
}
