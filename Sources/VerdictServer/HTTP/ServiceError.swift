import NIOCore
import NIOHTTP1

/// A refusal, in the form OSV.dev's gateway gives it: a gRPC status code and a sentence.
///
/// The native endpoints use the same form and say more, so that a client of this service reads one kind of error.
struct ServiceError: Error, Sendable, Equatable {
    var status: HTTPResponseStatus
    /// <https://grpc.github.io/grpc/core/md_doc_statuscodes.html>
    var code: Int
    /// A machine word that grows no further meaning.
    var reason: String
    /// For people; holds nothing but what the client sent.
    var message: String
    /// Seconds after which trying again makes sense.
    var retryAfter: Int?
    /// Method that the path takes.
    var allow: String?

    static func invalid(_ message: String) -> ServiceError {
        ServiceError(status: .badRequest, code: 3, reason: "invalid_request", message: message)
    }

    static func notFound(_ message: String) -> ServiceError {
        ServiceError(status: .notFound, code: 5, reason: "not_found", message: message)
    }

    static func methodNotAllowed(_ allow: String) -> ServiceError {
        ServiceError(
            status: .methodNotAllowed, code: 12, reason: "method_not_allowed", message: "This path takes \(allow).",
            allow: allow)
    }

    static let noIndex = ServiceError(
        status: .serviceUnavailable, code: 14, reason: "no_index", message: "No advisories have been loaded yet.",
        retryAfter: 5)
    static let overloaded = ServiceError(
        status: .serviceUnavailable, code: 14, reason: "overloaded", message: "Too much is being asked at the moment.",
        retryAfter: 1)
    static let damagedIndex = ServiceError(
        status: .internalServerError, code: 15, reason: "damaged_index",
        message: "The index is damaged at the place that was read.")

    static let otherIndex = ServiceError(
        status: .conflict, code: 9, reason: "other_index", message: "The index asked for is not held here.")
    static let unauthorized = ServiceError(
        status: .unauthorized, code: 16, reason: "unauthorized", message: "This path is for roles that know the secret."
    )

    static func tooOften(seconds: Int) -> ServiceError {
        ServiceError(
            status: .tooManyRequests, code: 8, reason: "too_many_requests",
            message: "This client asks more often than it may.", retryAfter: seconds)
    }

    static func tooLarge(limit: Int) -> ServiceError {
        ServiceError(
            status: .payloadTooLarge, code: 8, reason: "too_large", message: "A body has at most \(limit) bytes.")
    }

    static let timeout = ServiceError(
        status: .requestTimeout, code: 4, reason: "timeout", message: "The request did not arrive in time.")

    static let noHTTP = ServiceError(
        status: .badRequest, code: 3, reason: "no_http", message: "The bytes are no request.")

    static let encodedBody = ServiceError(
        status: .unsupportedMediaType, code: 3, reason: "unsupported_encoding",
        message: "Bodies are taken without Content-Encoding.")

    /// - Parameter requestID: `nil` leaves out all that OSV.dev does not say; the header names the request all the same.
    func reply(requestID: String?) -> ServerReply {
        let writer = UTF8Writer(capacity: 256)
        writer.raw("{\"code\":")
        writer.integer(Int64(code))
        writer.raw(",\"message\":")
        writer.string(message)
        if let requestID {
            writer.raw(",\"reason\":")
            writer.string(reason)
            writer.raw(",\"request_id\":")
            writer.string(requestID)
        }
        writer.raw("}")
        var reply = ServerReply(status, body: writer.buffer())
        if let retryAfter { reply.headers.append(("Retry-After", "\(retryAfter)")) }
        if let allow { reply.headers.append(("Allow", allow)) }
        return reply
    }
}
