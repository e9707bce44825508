import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Wire

/// Gives the reply to what is no HTTP, or has headers beyond the decoder's limits, the form that all replies have.
///
/// No request comes of such a message, so nobody here is asked: the server answers 400 with nothing else and ends the connection. That
/// reply passes by here.
final class BrokenMessageHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let securityHeaders: SecurityHeaders
    private let logger: Logger
    private var isBroken = false

    init(securityHeaders: SecurityHeaders, logger: Logger) {
        self.securityHeaders = securityHeaders
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { isBroken = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isBroken, case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.contentLength] == "0"
        else { return context.write(data, promise: promise) }
        let reply = reply(instead: head)
        context.write(wrapOutboundOut(.head(reply.head)), promise: promise)
        context.write(wrapOutboundOut(.body(reply.body)), promise: nil)
    }

    private func reply(instead head: HTTPResponse) -> (head: HTTPResponse, body: ByteBuffer) {
        let id = RequestID().description
        logger.notice("request refused", metadata: ["code": "malformed_message", "request_id": "\(id)"])
        let error = ErrorReply(
            error: .init(
                code: "malformed_message",
                message: "This is no HTTP message, or its address and headers are longer than is taken.",
                requestID: id))
        // Texts and a missing number: nothing in it can fail to be written.
        let body = (try? JSONEncoder().encode(error)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        var head = head
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.contentLength] = String(body.readableBytes)
        securityHeaders.apply(to: &head.headerFields)
        if let name = HTTPField.Name("X-Request-Id") { head.headerFields[name] = id }
        return (head, body)
    }
}
