import NIOCore
import NIOHTTP1

/// A whole request.
struct ServerRequest: Sendable {
    let method: HTTPMethod
    /// The path, still percent-encoded, without the query.
    let path: Substring
    /// Behind the question mark, still percent-encoded; empty when there is none.
    let query: Substring
    let body: ByteBuffer
    /// Names the request in the log and the answer.
    let id: String
    /// Who asks.
    let client: RequestClient
    /// What stands in `Authorization`.
    let authorization: String?
    /// What stands in `If-None-Match`.
    let knownTags: String?

    init(_ head: HTTPRequestHead, body: ByteBuffer, id: String, client: RequestClient) {
        method = head.method
        authorization = head.headers.first(name: "Authorization")
        knownTags = head.headers.first(name: "If-None-Match")
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first ?? ""
        query = parts.count > 1 ? parts[1] : ""
        self.body = body
        self.id = id
        self.client = client
    }

    /// Whether it comes from this machine.
    var isLocal: Bool { client.isLocal }

    /// The first value of a query parameter, decoded; `nil` when it is missing or not percent-encoded UTF-8.
    func parameter(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == name { return PercentDecoding.decode(parts[1]) }
        }
        return nil
    }
}

/// Percent-decoding of paths and parameters (RFC 3986, section 2.1).
enum PercentDecoding {
    /// - Returns: `nil` when a `%` is not followed by two hexadecimal digits, or the bytes are no UTF-8.
    static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
