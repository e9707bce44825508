import HTTPTypes
import Hummingbird

/// Lets pages of origins that the operator names call the API from browsers. They send a token in a header; cookies are never allowed across
/// origins, so signing in and prolonging a session stay with the dashboard's own origin.
///
/// - Source: <https://fetch.spec.whatwg.org/#http-cors-protocol>
struct CrossOrigin: Sendable {
    private let origins: Set<String>

    /// How long a browser may remember what it may send.
    private static let maximumAge = "600"
    private static let requestMethod = HTTPField.Name("Access-Control-Request-Method")
    private static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")

    /// - Parameter origins: "https://app.example.com", compared as they are.
    init(origins: [String]) { self.origins = Set(origins) }

    /// Whether the request asks what may be sent, and may be answered. Everything else is answered as without this.
    func isPreflight(_ request: Request) -> Bool {
        guard request.method == .options, let name = Self.requestMethod, request.headers[name] != nil else {
            return false
        }
        return allowed(request) != nil
    }

    /// What may be sent.
    static func preflight(methods: [HTTPRequest.Method]) -> Response {
        var response = Reply.nothing()
        response.headers[.accessControlAllowMethods] = methods.map(\.rawValue).joined(separator: ", ")
        response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type"
        response.headers[.accessControlMaxAge] = maximumAge
        return response
    }

    /// Lets the page that sent the request read the reply, when it may.
    func apply(to response: inout Response, of request: Request) {
        guard !origins.isEmpty, request.uri.path.hasPrefix("/v1/") || request.uri.path == "/openapi.json" else {
            return
        }
        // The reply differs by origin, also for one that may not.
        response.headers[.vary] = "Origin"
        guard let origin = allowed(request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After"
        if let name = Self.resourcePolicy { response.headers[name] = "cross-origin" }
    }

    private func allowed(_ request: Request) -> String? {
        request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
    }

    /// Whether a text has the form of an origin as browsers send it.
    static func isOrigin(_ text: String) -> Bool {
        guard
            let rest = ["https://", "http://"].lazy.compactMap({ text.hasPrefix($0) ? text.dropFirst($0.count) : nil })
                .first
        else { return false }
        return !rest.isEmpty && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@*".utf8.contains($0) }
            && text == text.lowercased()
    }
}
