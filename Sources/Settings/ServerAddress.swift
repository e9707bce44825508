/// Where a server listens.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address.
    public let host: String
    /// 1...65535.
    public let port: Int

    /// Makes one from its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ServerAddress {
    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`; an IPv6 address without brackets has no port.
    public init?(_ text: String, defaultPort: Int) {
        var host = Substring(text)
        var port = Substring("")
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.dropFirst()
            guard rest.isEmpty == port.isEmpty else { return nil }
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !port.isEmpty else { return nil }
        }
        guard !host.isEmpty else { return nil }
        guard let number = port.isEmpty ? defaultPort : Int(port), (1...65_535).contains(number) else { return nil }
        self.init(host: String(host), port: number)
    }
}
