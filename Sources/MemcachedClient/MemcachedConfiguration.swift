import Settings

/// Where memcached is.
public struct MemcachedConfiguration: Sendable {
    /// One or more servers. All processes must name the same ones; their order does not matter.
    public var addresses: [ServerAddress]
    /// What all keys begin with, so that several installations can share a server.
    public var prefix = "zerotrace"
    /// For connecting, and for a reply.
    public var timeout = Duration.milliseconds(250)

    /// Servers with the usual prefix and time limit.
    public init(addresses: [ServerAddress]) { self.addresses = addresses }

    /// Reads `MEMCACHED_HOST` (parted by commas), `MEMCACHED_PORT` (11211), `MEMCACHED_PREFIX` (`zerotrace`), `MEMCACHED_TIMEOUT`
    /// (milliseconds, 250).
    ///
    /// - Returns: `nil` when `MEMCACHED_HOST` is not set: the installation has no memcached.
    public init?(environment: [String: String]) throws(ConfigurationError) {
        let variables = EnvironmentVariables(environment, family: "MEMCACHED_")
        let addresses = try variables.addresses(defaultPort: 11_211)
        guard !addresses.isEmpty else { return nil }
        self.init(addresses: addresses)
        prefix = variables.text("PREFIX") ?? prefix
        timeout = .milliseconds(try variables.number("TIMEOUT", in: 1...60_000, default: 250))
        guard prefix.utf8.count <= 64, MemcachedCommand.isKey(prefix) else {
            throw ConfigurationError(variable: "MEMCACHED_PREFIX", expected: "up to 64 visible ASCII characters")
        }
    }
}
