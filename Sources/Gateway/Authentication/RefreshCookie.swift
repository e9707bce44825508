import HTTPTypes
import Hummingbird

/// The cookie that carries the refresh token: out of reach for scripts, for other sites, and for all paths but those of signing in.
///
/// - Source: RFC 6265bis section 4.1.2.
struct RefreshCookie: Sendable {
    static let name = "zt_refresh"
    let isSecure: Bool

    /// The token of a request; `nil` when there is none of the right form.
    func value(in request: Request) -> String? {
        guard let value = request.cookies[Self.name]?.value, value.utf8.count == 43 else { return nil }
        return value
    }

    /// A `Set-Cookie` value.
    func header(_ token: String, lifetime: Duration) -> String {
        "\(Self.name)=\(token); Max-Age=\(lifetime.seconds); \(attributes)"
    }

    /// A `Set-Cookie` value that removes the cookie.
    var cleared: String { "\(Self.name)=; Max-Age=0; \(attributes)" }

    private var attributes: String { "Path=/v1/auth; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "") }
}
