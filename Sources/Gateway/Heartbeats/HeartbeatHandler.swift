import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Hands heartbeats to the desk before they become anybody's task; all others, and those that the desk leaves, go on as they came.
///
/// The connection of an agent that was answered here may rest until its next heartbeat.
///
/// A request that comes while an earlier one of its connection is under way goes on, too: replies keep the order of their requests.
final class HeartbeatHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let desk: HeartbeatDesk
    private let logger: Logger
    /// Whether the connection has one of the places to rest.
    private var isResting = false
    /// Requests that went on and have no whole reply yet.
    private var underWay = 0
    private var collected: (head: HTTPRequest, body: ByteBuffer)?

    init(desk: HeartbeatDesk, logger: Logger) {
        self.desk = desk
        self.logger = logger
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Who sends and does not read what comes back waits with the others, where writing waits.
            if underWay == 0, context.channel.isWritable, desk.takes(head) {
                collected = (head, ByteBuffer())
            } else {
                underWay += 1
                context.fireChannelRead(data)
            }
        case .body(var part):
            guard collected != nil else { return context.fireChannelRead(data) }
            if collected?.body.readableBytes == 0 { collected?.body = part } else { collected?.body.writeBuffer(&part) }
            // More than was announced cannot come: the decoder counts. But nothing here rests on that.
            if let size = collected?.body.readableBytes, size > HeartbeatDesk.inventoryLimit { passOn(context) }
        case .end(let trailers):
            guard let (head, body) = collected else { return context.fireChannelRead(data) }
            if trailers == nil, let reply = desk.answer(head, body: body) {
                collected = nil
                context.write(wrapOutboundOut(.head(reply.head)), promise: nil)
                context.write(wrapOutboundOut(.body(reply.body)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                rest(context.pipeline.syncOperations)
            } else {
                passOn(context)
                context.fireChannelRead(data)
            }
        }
    }

    /// What fails is answered by whom the request would have gone to.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOn(context)
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { underWay -= 1 }
        context.write(data, promise: promise)
    }

    /// Has the connection closed after a longer rest, if there is a place for it.
    ///
    /// That handler's patience is given to it once. No request is under way now, so that another one in its place has nothing to know of.
    private func rest(_ pipeline: ChannelPipeline.SynchronousOperations) {
        guard !isResting, let old = try? pipeline.handler(type: HTTPConnectionStateHandler.self),
            (try? desk.restingPlaces.enter()) != nil
        else { return }
        isResting = true
        // Fails when the connection is going.
        guard
            (try? pipeline.addHandler(
                HTTPConnectionStateHandler(idleTimeout: desk.rest, logger: logger), position: .before(old))) != nil
        else { return }
        pipeline.removeHandler(old, promise: nil)
    }

    private func leave() {
        if isResting { desk.restingPlaces.leave() }
        isResting = false
    }

    /// Head and body so far, as if they had just come.
    private func passOn(_ context: ChannelHandlerContext) {
        guard let (head, body) = collected else { return }
        collected = nil
        underWay += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(body))) }
    }
}
