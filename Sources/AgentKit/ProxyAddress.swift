import FoundationEssentials

/// An HTTP proxy through which the agent reaches the server. Printing one shows no password.
public struct ProxyAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, an IPv6 address without brackets.
    public let host: String
    /// 1...65535.
    public let port: Int
    /// Name and password for the proxy; `nil` when it asks for none.
    let account: Account?

    struct Account: Sendable, Hashable {
        let name: String
        let password: String
    }

    /// Reads `http://[name:password@]host:port`, also without the scheme, as proxies stand in variables. Without a port it is 3128.
    ///
    /// - Returns: `nil` for anything else, also for `https://` and `socks5://`: TLS to the proxy itself and SOCKS are not spoken.
    public init?(_ text: String) {
        guard let url = URL(string: text.contains("://") ? text : "http://" + text), url.scheme?.lowercased() == "http",
            let host = url.host, !host.isEmpty, (1...65_535).contains(url.port ?? 3_128)
        else { return nil }
        self.host = host.filter { $0 != "[" && $0 != "]" }
        port = url.port ?? 3_128
        account = url.user.map { Account(name: $0, password: url.password ?? "") }
    }

    /// `http://host:port`.
    public var description: String { "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

extension ProxyAddress {
    /// What the environment says for a server, as curl reads it: `https_proxy`, `HTTPS_PROXY` or `http_proxy` by the server's scheme, then
    /// `ALL_PROXY`, unless `NO_PROXY` names the host, a domain it is in, or `*`.
    ///
    /// `HTTP_PROXY` in capitals is left alone, because a web server that starts programs sets it from a request's header (httpoxy).
    ///
    /// - Returns: The text as it stands, `nil` for a direct connection.
    /// - Source: <https://everything.curl.dev/usingcurl/proxies/env.html>
    static func text(in environment: [String: String], server: URL) -> String? {
        let names =
            server.scheme?.lowercased() == "http" ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]
        let all = names + ["all_proxy", "ALL_PROXY"]
        guard let text = all.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else { return nil }
        let host = (server.host ?? "").lowercased()
        let exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased()
        for exception in exceptions.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let domain = exception.hasPrefix(".") ? exception.dropFirst() : exception
            if exception == "*" || host == domain || host.hasSuffix("." + domain) { return nil }
        }
        return text
    }
}
