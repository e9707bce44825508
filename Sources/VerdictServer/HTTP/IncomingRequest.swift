import NIOCore
import NIOHTTP1
import Synchronization

/// Whether anybody still waits for an answer; told by the connection, asked by the worker.
final class Interest: Sendable {
    private let isLost = Atomic<Bool>(false)

    /// Whether the client is gone.
    var isGone: Bool { isLost.load(ordering: .relaxed) }
    /// Notes that the client is gone.
    func lose() { isLost.store(true, ordering: .relaxed) }
}

/// A request that is still arriving.
final class IncomingRequest {
    let head: HTTPRequestHead
    let id: String
    let interest = Interest()
    private(set) var body = ByteBuffer()
    private var charged = 0

    init(_ head: HTTPRequestHead, id: String) {
        self.head = head
        self.id = id
    }

    /// Takes the next bytes, which the budget has granted.
    func append(_ bytes: ByteBuffer) {
        charged += bytes.readableBytes
        guard body.readableBytes > 0 else {
            body = bytes
            return
        }
        var bytes = bytes
        body.writeBuffer(&bytes)
    }

    /// What has to be given back to the budget; 0 when asked again.
    func release() -> Int {
        defer { charged = 0 }
        return charged
    }

    /// Whether further requests may follow on the connection.
    ///
    /// NIO's decoder reads nothing behind a request that asks for an upgrade, so such a connection ends with its answer.
    var keepsAlive: Bool { head.isKeepAlive && !head.headers.contains(name: "Upgrade") }

    /// Whether the client waits for leave to send the body (RFC 9110, 10.1.1).
    var expectsContinue: Bool {
        head.version == .http1_1 && head.headers["Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Why the request cannot be taken, as far as its head tells.
    func refusal(limits: ServerLimits) -> ServiceError? {
        if let length = head.headers.first(name: "Content-Length").flatMap(Int.init), length > limits.bodyBytes {
            return .tooLarge(limit: limits.bodyBytes)
        }
        let codings = head.headers["Content-Encoding"].map { $0.lowercased() }
        return codings.allSatisfy { $0 == "identity" || $0.isEmpty } ? nil : .encodedBody
    }
}

extension ServerReply {
    /// The header of an answer.
    func fields(for request: IncomingRequest) -> HTTPHeaders {
        var fields = HTTPHeaders()
        fields.reserveCapacity(6 + headers.count)
        fields.add(name: "Content-Type", value: type.description)
        // What has not changed has no length of its own here (RFC 9110, section 15.4.5).
        if status != .notModified { fields.add(name: "Content-Length", value: String(body.readableBytes)) }
        fields.add(name: "X-Request-Id", value: request.id)
        fields.add(name: "X-Content-Type-Options", value: "nosniff")
        for (name, value) in headers { fields.add(name: name, value: value) }
        if closes {
            fields.add(name: "Connection", value: "close")
        } else if request.head.version == .http1_0 {
            fields.add(name: "Connection", value: "keep-alive")
        }
        return fields
    }
}
