import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection: puts requests together within bounds, has them answered, and writes each answer at once.
///
/// It is an `HTTPServerPipelineHandler`'s neighbour, which lets one request in at a time. Until the socket has taken an answer no
/// further request is looked at and nothing is read, so a client that sends without reading holds one answer in memory, not many.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Where the connection stands.
    private enum State {
        /// Waits for a request's head. → `receiving`, `closed`
        case idle
        /// Has a head, waits for the rest. → `answering`, `refused`, `closed`
        case receiving(IncomingRequest)
        /// The answer is being made. → `flushing`
        case answering(IncomingRequest)
        /// The answer is on its way into the socket. → `idle`, `closed`
        case flushing
        /// The answer was a refusal given early; what still comes is thrown away. → `closed`
        case refused
        case closed
    }

    private let parts: ConnectionParts
    private var state = State.idle
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isTakingParts = false
    private var isReadHeld = false
    private var isInputClosed = false
    private var deadline: Scheduled<Void>?
    private var client = RequestClient.unknown
    /// Set while the answer is held back until another index comes into use.
    private var watch: UInt64?

    init(parts: ConnectionParts) { self.parts = parts }

    // MARK: - Events

    func channelActive(context: ChannelHandlerContext) {
        client = RequestClient(context.remoteAddress)
        awaitHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(Self.unwrapInboundIn(data))
        takeParts(context)
    }

    func read(context: ChannelHandlerContext) {
        if case .flushing = state { isReadHeld = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
            switch state {
            case .idle where waiting.isEmpty, .receiving, .refused: close(context)
            default: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Anything but bytes that are no HTTP is a broken connection. The decoder closes it behind this in any case.
        if error is HTTPParserError { answerNoHTTP(context) }
        close(context)
    }

    // MARK: - Requests

    /// Takes what has come, one part after the other; a loop, because pipelined requests answered in place would nest.
    private func takeParts(_ context: ChannelHandlerContext) {
        guard !isTakingParts else { return }
        isTakingParts = true
        defer { isTakingParts = false }
        while !isBusy, let part = waiting.popFirst() { take(part, context) }
        if isInputClosed, case .idle = state { close(context) }
    }

    private var isBusy: Bool {
        switch state {
        case .answering, .flushing: true
        case .idle, .receiving, .refused, .closed: false
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.idle, .head(let head)): begin(head, context)
        case (.receiving(let request), .body(let bytes)): append(bytes, to: request, context)
        case (.receiving(let request), .end): answer(request, context)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = IncomingRequest(head, id: parts.ids.id(for: head))
        state = .receiving(request)
        if let refusal = request.refusal(limits: parts.limits) { return refuse(refusal, request, context) }
        if request.expectsContinue {
            context.writeAndFlush(
                Self.wrapOutboundOut(.head(.init(version: head.version, status: .continue))), promise: nil)
        }
        arm(context, seconds: parts.limits.bodySeconds) { handler, context in
            guard case .receiving(let request) = handler.state else { return }
            handler.refuse(.timeout, request, context)
        }
    }

    private func append(_ bytes: ByteBuffer, to request: IncomingRequest, _ context: ChannelHandlerContext) {
        if request.body.readableBytes + bytes.readableBytes > parts.limits.bodyBytes {
            return refuse(.tooLarge(limit: parts.limits.bodyBytes), request, context)
        }
        guard parts.budget.take(bytes.readableBytes) else { return refuse(.overloaded, request, context) }
        request.append(bytes)
    }

    private func answer(_ request: IncomingRequest, _ context: ChannelHandlerContext) {
        state = .answering(request)
        disarm()
        let whole = ServerRequest(request.head, body: request.body, id: request.id, client: client)
        if let wait = parts.responder.wait(for: whole) { return hold(whole, wait, context) }
        guard whole.body.readableBytes >= parts.limits.workerBodyBytes || whole.path.hasSuffix("/changes") else {
            return write(parts.responder.respond(to: whole), to: request, context)
        }
        let responder = parts.responder
        let interest = request.interest
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        parts.workers.runIfActive(eventLoop: context.eventLoop) {
            // A client that left while its request waited its turn costs nothing more.
            interest.isGone ? nil : responder.respond(to: whole)
        }.whenComplete { result in
            let (handler, context) = bound.value
            guard case .answering(let request) = handler.state else { return }
            // It fails only when the workers have been stopped, which is after the time given for shutting down.
            let reply = (try? result.get()).flatMap(\.self) ?? ServiceError.overloaded.reply(requestID: request.id)
            handler.write(reply, to: request, context)
        }
    }

    /// Holds an answer back until another index comes into use, the service stops, or the time is over.
    private func hold(_ whole: ServerRequest, _ wait: IndexWait, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        watch = parts.watch.add(known: wait.known) {
            loop.execute {
                let (handler, context) = bound.value
                handler.release(whole, context)
            }
        }
        arm(context, seconds: watch == nil ? 0 : wait.seconds) { handler, context in handler.release(whole, context) }
    }

    private func release(_ whole: ServerRequest, _ context: ChannelHandlerContext) {
        guard case .answering(let request) = state else { return }
        unwatch()
        write(parts.responder.respond(to: whole), to: request, context)
    }

    private func unwatch() {
        if let watch { parts.watch.remove(watch) }
        watch = nil
    }

    /// Answers before the request is whole, then ends the connection.
    private func refuse(_ error: ServiceError, _ request: IncomingRequest, _ context: ChannelHandlerContext) {
        parts.budget.give(request.release())
        parts.metrics.refused(error)
        state = .refused
        var reply = error.reply(requestID: request.id)
        reply.closes = true
        send(reply, to: request, context, promise: nil)
        // The client reads the refusal only if its connection is not reset, which is what closing with unread bytes comes to.
        context.close(mode: .output, promise: nil)
        arm(context, seconds: parts.limits.lingerSeconds) { handler, context in handler.close(context) }
    }

    /// Says that what came is no HTTP, unless that came behind a request whose answer is not out yet.
    private func answerNoHTTP(_ context: ChannelHandlerContext) {
        parts.metrics.protocolError()
        let request: IncomingRequest
        switch state {
        case .receiving(let begun): request = begun
        case .idle:
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
            request = IncomingRequest(head, id: parts.ids.id(for: head))
        case .answering, .flushing, .refused, .closed: return
        }
        parts.budget.give(request.release())
        state = .refused
        var reply = ServiceError.noHTTP.reply(requestID: request.id)
        reply.closes = true
        send(reply, to: request, context, promise: nil)
    }

    // MARK: - Answers

    private func write(_ reply: ServerReply, to request: IncomingRequest, _ context: ChannelHandlerContext) {
        parts.budget.give(request.release())
        var reply = reply
        reply.closes = reply.closes || !request.keepsAlive || isInputClosed
        let closes = reply.closes
        state = .flushing
        arm(context, seconds: parts.limits.replySeconds) { handler, context in handler.close(context) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] result in
            guard case .flushing = state else { return }
            if closes { return close(context) }
            guard case .success = result else { return close(context) }
            state = .idle
            awaitHead(context)
            takeParts(context)
            if isReadHeld, !isBusy {
                isReadHeld = false
                context.read()
            }
        }
        send(reply, to: request, context, promise: promise)
    }

    /// Head, body and end go into one flush, which the socket gets as one `writev`.
    private func send(
        _ reply: ServerReply, to request: IncomingRequest, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        let head = HTTPResponseHead(
            version: request.head.version, status: reply.status, headers: reply.fields(for: request))
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if request.head.method != .HEAD, reply.body.readableBytes > 0 {
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(reply.body))), promise: nil)
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: promise)
    }

    // MARK: - Time and end

    private func awaitHead(_ context: ChannelHandlerContext) {
        arm(context, seconds: parts.limits.headSeconds) { handler, context in handler.close(context) }
    }

    private func arm(
        _ context: ChannelHandlerContext, seconds: Int64,
        _ action: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [weak self] in
            guard let self else { return }
            action(self, context)
        }
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }

    private func close(_ context: ChannelHandlerContext) {
        end()
        context.close(promise: nil)
    }

    private func end() {
        disarm()
        unwatch()
        switch state {
        case .receiving(let request), .answering(let request):
            request.interest.lose()
            parts.budget.give(request.release())
        case .idle, .flushing, .refused, .closed: break
        }
        state = .closed
        waiting.removeAll()
    }
}
