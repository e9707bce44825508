import HTTPTypes

/// Headers that tell browsers to be strict, on every reply.
struct SecurityHeaders: Sendable {
    private let fields: [(HTTPField.Name, String)]

    /// Scripts, styles, fonts and connections come from here alone, nothing is inline, and nobody frames the dashboard.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    init(isServedOverTLS: Bool) {
        var texts = [
            ("Content-Security-Policy", Self.contentSecurityPolicy),
            ("X-Content-Type-Options", "nosniff"),
            // What frame-ancestors says, for browsers and scanners that look for nothing else.
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if isServedOverTLS { texts.append(("Strict-Transport-Security", "max-age=31536000")) }
        fields = texts.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
    }

    /// Sets them all; replies of the API are not to be kept by anybody unless they say otherwise.
    func apply(to headers: inout HTTPFields) {
        for (name, value) in fields { headers[name] = value }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }
}
