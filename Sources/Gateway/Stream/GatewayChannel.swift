import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection of the gateway: HTTP/1.1, or a WebSocket when its first request asks for the stream.
struct GatewayChannel: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder
    let streams: StreamService
    let desk: HeartbeatDesk
    let origin: OriginCheck
    let securityHeaders: SecurityHeaders
    let limits: GatewayConfiguration.Limits

    /// What a connection became.
    enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case stream(StreamChannel)
    }

    /// A connection that has not decided yet.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let promise = channel.eventLoop.makePromise(of: Connection.self)
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
            let first = FirstRequestHandler(
                outcomes: .init(
                    upgrader: upgrader(promise), becomeHTTP: { try becomeHTTP($0, promise, logger) },
                    abandoned: { promise.fail($0) }),
                encoder: encoder, decoder: decoder, patience: TimeAmount(limits.idleConnection))
            try channel.pipeline.syncOperations.addHandlers([encoder, decoder, first])
            return Value(channel: channel, connection: promise.futureResult)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.connection.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .stream(let channel): await streams.run(channel)
            }
        } catch {
            // The client left before it sent anything; there is nobody to tell.
            logger.trace("connection ended early", metadata: ["error": "\(error)"])
        }
    }

    private func becomeHTTP(_ channel: any Channel, _ promise: EventLoopPromise<Connection>, _ logger: Logger) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(UpgradeRefusalHandler())
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: limits.idleConnection, logger: logger))
        try pipeline.addHandler(BrokenMessageHandler(securityHeaders: securityHeaders, logger: logger))
        try pipeline.addHandler(BodyDeadlineHandler(limits: limits))
        try pipeline.addHandler(HeartbeatHandler(desk: desk, logger: logger))
        promise.succeed(
            .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))))
    }

    private func upgrader(_ promise: EventLoopPromise<Connection>) -> NIOTypedWebSocketServerUpgrader<Void> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: WebSocketHandler.messageLimit, enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let isAllowed = origin.isAllowed(
                    origin: head.headers.first(name: "origin"), host: head.headers.first(name: "host"))
                return channel.eventLoop.makeSucceededFuture(isAllowed ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture { try becomeStream(channel, promise) }
            })
    }

    private func becomeStream(_ channel: any Channel, _ promise: EventLoopPromise<Connection>) throws {
        try channel.pipeline.syncOperations.addHandler(WebSocketHandler(limits: limits))
        promise.succeed(.stream(try StreamChannel(wrappingChannelSynchronously: channel)))
    }
}

/// A stream's connection: text messages in both directions.
typealias StreamChannel = NIOAsyncChannel<String, String>
