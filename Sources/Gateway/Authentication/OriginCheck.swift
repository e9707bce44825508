import Foundation
import HTTPTypes
import Hummingbird

/// Refuses requests that a page of another site made a browser send.
///
/// Browsers send `Origin` with every POST and every WebSocket handshake, and `Sec-Fetch-Site` with everything; programs send neither
/// and have no cookies that could be abused.
struct OriginCheck: Sendable {
    let isServedOverTLS: Bool

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    /// - Throws: 403.
    func check(_ request: Request) throws {
        let site = Self.fetchSite.flatMap { request.headers[$0] }
        guard isAllowed(origin: request.headers[.origin], host: request.head.authority),
            site == nil || site == "same-origin" || site == "none"
        else { throw APIError(.forbidden, "forbidden", "Requests from other sites are refused.") }
    }

    /// Whether an `Origin` is that of the host the request was sent to.
    func isAllowed(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let host, let url = URLComponents(string: origin), let name = url.host, let scheme = url.scheme else {
            return false
        }
        guard scheme == "https" || (scheme == "http" && !isServedOverTLS) else { return false }
        let authority = url.port.map { "\(name):\($0)" } ?? name
        return authority.lowercased() == withoutDefaultPort(host.lowercased(), scheme: scheme)
    }

    /// Browsers leave the default port out of both headers; a proxy may write it into `Host`.
    private func withoutDefaultPort(_ host: String, scheme: String) -> String {
        let suffix = scheme == "https" ? ":443" : ":80"
        return host.hasSuffix(suffix) ? String(host.dropLast(suffix.count)) : host
    }
}
