import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes replies in the API's forms.
enum Reply {
    /// A JSON document with times in RFC 3339, UTC, whole seconds, and names in a stable order.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return bytes(try encoder.encode(value), type: "application/json", status: status)
    }

    /// Bytes of a type.
    static func bytes(
        _ bytes: some Sequence<UInt8>, type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Text in UTF-8.
    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        bytes(text.utf8, type: type)
    }

    /// 204.
    static func nothing() -> Response { Response(status: .noContent) }
}
