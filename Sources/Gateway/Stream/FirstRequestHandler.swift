import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Looks at a connection's first request and decides what the connection becomes: a WebSocket, or HTTP with that request first.
///
/// NIO's typed upgrade handler loses the head of a first request that asks for an upgrade it does not get, so such requests would hang
/// (<https://github.com/apple/swift-nio>, 2.101.2). This one keeps the parts and hands them to the router, which answers 403, 426 or
/// whatever fits.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Makes the connection one of the two and completes the connection's promise.
    struct Outcomes {
        let upgrader: NIOTypedWebSocketServerUpgrader<Void>
        /// Adds the HTTP handlers behind this one.
        let becomeHTTP: (any Channel) throws -> Void
        /// The connection ended before it became anything.
        let abandoned: (any Error) -> Void
    }

    private enum State {
        case waiting
        /// A WebSocket handshake whose end has not come yet.
        case handshake(HTTPRequestHead)
        case upgrading
        case decided
    }

    private let outcomes: Outcomes
    /// Handlers of HTTP/1 that leave when the connection becomes a WebSocket.
    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?
    private var state = State.waiting
    private var kept: [HTTPServerRequestPart] = []

    init(
        outcomes: Outcomes, encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>,
        patience: TimeAmount
    ) {
        self.outcomes = outcomes
        self.encoder = encoder
        self.decoder = decoder
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        abandon(ChannelError.ioOnClosedChannel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.waiting, .head(let head)) where Self.isHandshake(head):
            kept.append(part)
            state = .handshake(head)
        case (.handshake(let head), .end):
            kept.append(part)
            upgrade(context, head)
        case (.waiting, _), (.handshake, _):
            kept.append(part)
            becomeHTTP(context)
        case (.upgrading, _): kept.append(part)
        case (.decided, _): context.fireChannelRead(data)
        }
    }

    /// A broken request is answered by the HTTP handlers.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .decided = state { return context.fireErrorCaught(error) }
        becomeHTTP(context, failing: error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return context.close(promise: nil) }
        // Only half of the connection is left, and nothing was asked.
        if let event = event as? ChannelEvent, event == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    private static func isHandshake(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.prefix { $0 != "?" }
        return head.method == .GET && path == StreamPath.path
            && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    private func upgrade(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        state = .upgrading
        outcomes.upgrader.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let headers): self.becomeWebSocket(context, head, headers)
            case .failure: self.becomeHTTP(context)
            }
        }
    }

    /// The order matters: the reply goes through the HTTP encoder, then the encoder leaves, then the WebSocket handlers come, and the
    /// HTTP decoder leaves last, as it hands on what the client may have sent already.
    private func becomeWebSocket(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ headers: HTTPHeaders) {
        state = .decided
        let channel = context.channel
        let reply = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(reply)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let pipeline = context.pipeline.syncOperations
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        _ = outcomes.upgrader.upgrade(channel: channel, upgradeRequest: head)
        pipeline.removeHandler(decoder, promise: nil)
    }

    /// Everything kept is handed on before this handler leaves: from a context that has left, nothing reaches the others.
    private func becomeHTTP(_ context: ChannelHandlerContext, failing error: (any Error)? = nil) {
        state = .decided
        do {
            try outcomes.becomeHTTP(context.channel)
        } catch {
            outcomes.abandoned(error)
            return context.close(promise: nil)
        }
        for part in kept { context.fireChannelRead(wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        if let error { context.fireErrorCaught(error) }
        kept = []
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func abandon(_ error: any Error) {
        if case .decided = state { return }
        state = .decided
        outcomes.abandoned(error)
    }
}

/// Ends the connection after a request that asks for an upgrade: NIO's HTTP decoder reads nothing behind such a request, since it
/// expects another protocol there.
final class UpgradeRefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "upgrade") else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
