import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One request on its way to a handler.
struct Call: Sendable {
    let request: Request
    /// Decoded path parameters by name.
    let parameters: [String: String]
    let query: QueryParameters
    /// Names the request in the reply and in the log.
    let id: String
    let logger: Logger
    /// Where the client is, as far as can be told; throttling counts by it.
    let clientAddress: ClientAddress

    /// A path parameter. The route's template has it, so a missing one is a mistake in the route table.
    func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else { throw GatewayError.inconsistentRoutes("no parameter \(name)") }
        return value
    }

    /// The whole body.
    ///
    /// - Parameters:
    ///   - limit: Bytes, inclusive.
    ///   - contentDigest: What the sender signed; `nil` when nothing was said of the body.
    /// - Throws: 413 as soon as the limit is passed, or announced to be; 400 for another body than was signed.
    func body(limit: Int, contentDigest: String? = nil) async throws -> [UInt8] {
        if let announced = request.headers[.contentLength].flatMap({ Int($0) }), announced > limit {
            throw APIError.tooLarge("The body is larger than \(limit) bytes.")
        }
        do {
            var buffer = try await request.body.collect(upTo: limit)
            let bytes = buffer.readBytes(length: buffer.readableBytes) ?? []
            if let contentDigest, RequestSignature.contentDigest(of: bytes) != contentDigest {
                throw APIError(.badRequest, "content_digest", "The body is not the one that was signed.")
            }
            return bytes
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge("The body is larger than \(limit) bytes.")
        }
    }

    /// A JSON body.
    ///
    /// - Throws: 415 for another content type, 413, and 400 that names the place.
    func json<Value: Decodable>(
        _ type: Value.Type, limit: Int, contentDigest: String? = nil
    ) async throws -> Value {
        guard MediaType.of(request.headers[.contentType]) == "application/json" else {
            throw APIError(.unsupportedMediaType, "unsupported_media_type", "Send application/json.")
        }
        return try JSONBody.decode(type, from: try await body(limit: limit, contentDigest: contentDigest))
    }
}

/// The type and subtype of a content type, without its parameters.
enum MediaType {
    static func of(_ header: String?) -> String? {
        header?.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }
}

/// Where a client is.
struct ClientAddress: Sendable, Hashable, CustomStringConvertible {
    /// Text form of the address; "unknown" when there is none.
    let description: String
    /// Whether the client runs on this machine and came without a proxy.
    let isLoopback: Bool

    /// - Parameter forwarded: Value of `X-Forwarded-For`, when a proxy is trusted; its last entry is the one that proxy saw.
    init(_ address: SocketAddress?, forwarded: String?) {
        if let entry = forwarded?.split(separator: ",").last {
            description = entry.trimmingCharacters(in: .whitespaces)
            isLoopback = false
            return
        }
        let text = address?.ipAddress ?? "unknown"
        description = text
        isLoopback = text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
    }

    /// What throttling counts by: the address, or its /64 for IPv6, of which one client owns at least that much.
    var network: String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, description, &bytes) == 1 else { return description }
        let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return isMapped ? description : bytes.prefix(8).map(String.init).joined(separator: ".")
    }
}
