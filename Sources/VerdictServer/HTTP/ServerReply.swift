import NIOCore
import NIOHTTP1

/// A whole answer.
struct ServerReply: Sendable {
    var status: HTTPResponseStatus
    var type: StaticString = "application/json"
    var body: ByteBuffer
    /// Beyond what every answer has.
    var headers: [(String, String)] = []
    /// The connection ends behind it.
    var closes = false

    init(_ status: HTTPResponseStatus = .ok, body: ByteBuffer) {
        self.status = status
        self.body = body
    }

    init(_ status: HTTPResponseStatus, type: StaticString, text: String) {
        self.status = status
        self.type = type
        self.body = ByteBuffer(string: text)
    }
}
