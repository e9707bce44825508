import NIOCore
import NIOHTTPTypes

/// The body of a request came too slowly.
struct SlowBody: Error {}

/// Ends requests whose bodies come too slowly, so that nobody holds a place with a byte now and then.
///
/// Only the time counts in which the gateway waits for the client: what it does not read because it is busy itself is not the client's fault. Whoever
/// reads the body gets ``SlowBody``, and the connection ends with the reply.
final class BodyDeadlineHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: GatewayConfiguration.Limits
    private let now: () -> NIODeadline
    /// Between the head of a request and its end.
    private var isInBody = false
    private var received = 0
    private var waited = TimeAmount.nanoseconds(0)
    private var waitingSince: NIODeadline?
    private var check: Scheduled<Void>?

    init(limits: GatewayConfiguration.Limits, now: @escaping () -> NIODeadline = { .now() }) {
        self.limits = limits
        self.now = now
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: (isInBody, received, waited) = (true, 0, .nanoseconds(0))
        case .body(let bytes): received += bytes.readableBytes
        case .end: finish()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let since = waitingSince { waited = waited + (now() - since) }
        waitingSince = nil
        context.fireChannelReadComplete()
    }

    /// Somebody wants more.
    func read(context: ChannelHandlerContext) {
        if isInBody && waitingSince == nil {
            waitingSince = now()
            if check == nil { schedule(context, in: allowed - waited) }
        }
        context.read()
    }

    private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount) {
        check = context.eventLoop.assumeIsolated().scheduleTask(in: max(time, .milliseconds(1))) {
            self.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        check = nil
        guard isInBody, let since = waitingSince else { return }
        let left = allowed - (waited + (now() - since))
        if left > .nanoseconds(0) { return schedule(context, in: left) }
        isInBody = false
        context.fireErrorCaught(SlowBody())
    }

    /// How long what was received so far may have taken.
    private var allowed: TimeAmount {
        let earned = Double(received) / Double(limits.minimumBodyRate)
        let bound = TimeAmount(limits.longestBody)
        return min(bound, TimeAmount(limits.bodyPatience) + .milliseconds(Int64(min(earned, 86_400) * 1_000)))
    }

    private func finish() {
        (isInBody, waitingSince) = (false, nil)
        check?.cancel()
        check = nil
    }
}
