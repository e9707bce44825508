import NIOCore

/// One request with the number of replies that belong to it.
struct PipelinedRequest<Reply: Sendable>: Sendable {
    let bytes: ByteBuffer
    let replies: Int
    let promise: EventLoopPromise<[Reply]>
}

/// Pairs replies with requests in order.
final class PipelineHandler<Parser: ReplyParser>: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = PipelinedRequest<Parser.Reply>
    typealias OutboundOut = ByteBuffer

    private var parser: Parser
    private let limits: PipelineLimits
    private let onPush: (@Sendable (Parser.Reply) -> Void)?

    private var unread = ByteBuffer()
    private var waiting = CircularBuffer<Waiting>()
    private var isFlushPending = false
    private var alarm: Scheduled<Void>?
    private var failure: ConnectionError?

    private struct Waiting {
        let request: PipelinedRequest<Parser.Reply>
        let deadline: NIODeadline
        var replies: [Parser.Reply] = []
    }

    init(parser: Parser, limits: PipelineLimits, onPush: (@Sendable (Parser.Reply) -> Void)?) {
        self.parser = parser
        self.limits = limits
        self.onPush = onPush
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        // What becomes of it is told by the request's own promise. A future that is never kept would hold itself, and the replies with it.
        promise?.succeed()
        if let failure { return request.promise.fail(failure.wasSent ? .unreachable("connection ended") : failure) }
        guard waiting.count < limits.waiting else { return request.promise.fail(ConnectionError.busy) }
        context.write(wrapOutboundOut(request.bytes), promise: nil)
        if request.replies == 0 {
            request.promise.succeed([])
        } else {
            waiting.append(Waiting(request: request, deadline: .now() + limits.reply))
            if alarm == nil { setAlarm(context) }
        }
        flushSoon(context)
    }

    /// Once per turn of the loop, so that what is asked at the same time goes out in one packet.
    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !isFlushPending else { return }
        isFlushPending = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushPending = false
            context.flush()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeBuffer(&bytes) }
        do {
            while failure == nil, let reply = try parser.next(from: &unread) { try deliver(reply) }
            if unread.readerIndex > 64 * 1_024 { unread.discardReadBytes() }
        } catch {
            fail(error as? ConnectionError ?? .malformedReply("\(type(of: error))"), context)
        }
    }

    private func deliver(_ reply: Parser.Reply) throws {
        guard !waiting.isEmpty else {
            guard let onPush else { throw ConnectionError.malformedReply("a reply that nobody asked for") }
            return onPush(reply)
        }
        let first = waiting.startIndex
        waiting[first].replies.append(reply)
        guard waiting[first].replies.count == waiting[first].request.replies else { return }
        let done = waiting.removeFirst()
        done.request.promise.succeed(done.replies)
    }

    /// One timer for all: requests are answered in order, so the first in line has the earliest deadline.
    private func setAlarm(_ context: ChannelHandlerContext) {
        guard let first = waiting.first else {
            alarm = nil
            return
        }
        alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.deadline) {
            guard let first = self.waiting.first, first.deadline <= .now() else { return self.setAlarm(context) }
            self.fail(.timedOut, context)
        }
    }

    private func fail(_ error: ConnectionError, _ context: ChannelHandlerContext) {
        guard failure == nil else { return }
        failure = error
        alarm?.cancel()
        let lost = waiting
        waiting.removeAll()
        for request in lost { request.request.promise.fail(error) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.lost("closed by the server"), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.lost("\(error)"), context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.lost("closed"), context)
    }
}
