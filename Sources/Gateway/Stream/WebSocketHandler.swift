import NIOCore
import NIOWebSocket

/// Text messages over WebSocket frames, as a server.
///
/// Checks what NIO's frame decoder leaves to others: masking, reserved bits, fragments, UTF-8, sizes. Answers pings, pings on its own,
/// and ends the connection when nothing comes back.
///
/// - Source: RFC 6455 sections 5 and 7.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = String
    typealias OutboundIn = String
    typealias OutboundOut = WebSocketFrame

    /// Bytes of one message from a client; the longest holds an access token.
    static let messageLimit = 16 << 10

    /// How long a client may take to answer a close frame.
    private static let closePatience = TimeAmount.seconds(5)

    private let keepalive: TimeAmount
    private let subscribeTimeout: TimeAmount
    private var fragments: ByteBuffer?
    private var isClosing = false
    private var hasSpoken = false
    /// Whether a frame came or a write was finished since the last ping.
    private var isAlive = true
    private var timers: [Scheduled<Void>] = []
    private var pinging: RepeatedTask?

    init(limits: GatewayConfiguration.Limits) {
        keepalive = TimeAmount(limits.keepalive)
        subscribeTimeout = TimeAmount(limits.subscribeTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timers.append(
            context.eventLoop.assumeIsolated().scheduleTask(in: subscribeTimeout) {
                if !self.hasSpoken { self.end(context, .unauthorized) }
            })
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        pinging = context.eventLoop.scheduleRepeatedTask(initialDelay: keepalive, delay: keepalive) { _ in
            let (handler, context) = bound.value
            handler.keepAlive(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for timer in timers { timer.cancel() }
        pinging?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        isAlive = true
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(context, .protocolError)
        }
        switch frame.opcode {
        case .text: begin(context, frame)
        case .continuation: resume(context, frame)
        case .binary: close(context, .unacceptableData)
        case .ping: send(context, WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
        case .pong: break
        case .connectionClose: closedByPeer(context, frame)
        default: close(context, .protocolError)
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ frame: WebSocketFrame) {
        guard fragments == nil else { return close(context, .protocolError) }
        guard frame.fin else {
            fragments = frame.unmaskedData
            return
        }
        deliver(context, frame.unmaskedData)
    }

    private func resume(_ context: ChannelHandlerContext, _ frame: WebSocketFrame) {
        guard var message = fragments else { return close(context, .protocolError) }
        var data = frame.unmaskedData
        guard message.readableBytes + data.readableBytes <= Self.messageLimit else {
            return close(context, .messageTooLarge)
        }
        message.writeBuffer(&data)
        fragments = frame.fin ? nil : message
        if frame.fin { deliver(context, message) }
    }

    private func deliver(_ context: ChannelHandlerContext, _ data: ByteBuffer) {
        guard !isClosing else { return }
        guard let text = String(validating: data.readableBytesView, as: UTF8.self) else {
            return close(context, .dataInconsistentWithMessage)
        }
        hasSpoken = true
        context.fireChannelRead(wrapInboundOut(text))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: unwrapOutboundIn(data)))
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenSuccess { self.isAlive = true }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    /// The session ends the stream, past what waits in its writer.
    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let reason = event as? StreamEnd else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        end(context, reason)
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return close(context, .goingAway) }
        // The server allows half-closed connections, for HTTP; a WebSocket whose client has gone silent for good is over.
        if let event = event as? ChannelEvent, event == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? NIOWebSocketError {
        case .invalidFrameLength?: close(context, .messageTooLarge)
        case .some: close(context, .protocolError)
        case nil: context.close(promise: nil)
        }
    }

    private func end(_ context: ChannelHandlerContext, _ reason: StreamEnd) {
        guard !isClosing else { return }
        let message = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: reason.message))
        context.write(wrapOutboundOut(message), promise: nil)
        close(context, WebSocketErrorCode(codeNumber: Int(reason.closeCode)))
    }

    /// Says goodbye, and cuts the connection when the client does not answer that.
    private func close(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        guard !isClosing else { return }
        isClosing = true
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        send(context, WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
        timers.append(
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.closePatience) { context.close(promise: nil) })
    }

    private func closedByPeer(_ context: ChannelHandlerContext, _ frame: WebSocketFrame) {
        guard !isClosing else { return context.close(promise: nil) }
        isClosing = true
        let echo = WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(echo)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func send(_ context: ChannelHandlerContext, _ frame: WebSocketFrame) {
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func keepAlive(_ context: ChannelHandlerContext) {
        guard isAlive else { return context.close(promise: nil) }
        isAlive = false
        if !isClosing { send(context, WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }
    }
}
