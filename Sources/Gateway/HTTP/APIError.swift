import HTTPTypes

/// A refusal as the client sees it.
struct APIError: Error, Sendable {
    let status: HTTPResponse.Status
    /// A word that programs act upon.
    let code: String
    /// A sentence for people; holds no secret and no other company's data.
    let message: String
    var headers = HTTPFields()
    /// Unix seconds; told to agents whose clock is off.
    var serverTime: Int64?

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    static func invalid(_ message: String) -> APIError { APIError(.badRequest, "invalid_request", message) }
    static let notFound = APIError(.notFound, "not_found", "There is nothing here.")
    static let forbidden = APIError(.forbidden, "forbidden", "Your role does not allow this.")

    /// 401, with the scheme that the client should use.
    static func unauthorized(
        _ message: String, code: String = "unauthorized", scheme: String = "Bearer"
    ) -> APIError {
        var error = APIError(.unauthorized, code, message)
        error.headers[.wwwAuthenticate] = scheme
        return error
    }

    static func tooLarge(_ message: String) -> APIError { APIError(.contentTooLarge, "too_large", message) }

    /// 429; the wait is rounded up to whole seconds, at least 1.
    static func rateLimited(_ message: String, retryAfter: Duration) -> APIError {
        var error = APIError(.tooManyRequests, "rate_limited", message)
        error.headers[.retryAfter] = String(max(1, retryAfter.seconds))
        return error
    }

    static func unavailable(_ message: String) -> APIError {
        var error = APIError(.serviceUnavailable, "unavailable", message)
        error.headers[.retryAfter] = "5"
        return error
    }
}

extension Duration {
    /// Whole seconds, rounded up.
    var seconds: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds + 1 : seconds
    }

    /// Seconds with fractions.
    var timeInterval: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
