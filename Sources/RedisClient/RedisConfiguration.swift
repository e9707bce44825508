import PipelinedConnections
import Settings

/// Where Redis is and how to speak to it.
public struct RedisConfiguration: Sendable {
    /// One server, or some nodes of the cluster, of which one must answer.
    public var addresses: [ServerAddress]
    /// Whether the addresses are nodes of a Redis Cluster.
    public var isCluster = false
    /// The user of an access control list; `nil` stands for the default user.
    public var username: String?
    /// Of the user.
    public var password: Secret?
    /// 0...15 or what the server allows. A cluster has only 0.
    public var database = 0
    /// `nil` stands for no TLS.
    public var tls: TransportSecurity.Options?
    /// What all keys and channels begin with, so that several installations can share a server.
    public var prefix = "zerotrace"
    /// For connecting, and for a reply.
    public var timeout = Duration.seconds(2)
    /// How long a cluster may take to say who holds a slot, fail-over included, before a command fails.
    public var patience = Duration.seconds(10)

    /// One server without TLS and password.
    public init(addresses: [ServerAddress]) { self.addresses = addresses }

    /// Reads `REDIS_HOST`, `REDIS_PORT` (6379), `REDIS_USERNAME`, `REDIS_PASSWORD` or `REDIS_PASSWORD_FILE`, `REDIS_DATABASE` (0),
    /// `REDIS_CLUSTER` (false), `REDIS_TLS` (false), `REDIS_TLS_CA_FILE`, `REDIS_TLS_CERT_FILE`, `REDIS_TLS_KEY_FILE`,
    /// `REDIS_TLS_SERVER_NAME`, `REDIS_TLS_VERIFY_HOST` (true), `REDIS_PREFIX` (`zerotrace`), `REDIS_TIMEOUT` (milliseconds, 2000).
    ///
    /// - Returns: `nil` when `REDIS_HOST` is not set: the installation has no Redis.
    public init?(environment: [String: String]) throws(ConfigurationError) {
        let variables = EnvironmentVariables(environment, family: "REDIS_")
        let addresses = try variables.addresses(defaultPort: 6_379)
        guard !addresses.isEmpty else { return nil }
        self.init(addresses: addresses)
        isCluster = try variables.flag("CLUSTER", default: false)
        username = variables.text("USERNAME")
        password = try variables.secret("PASSWORD")
        database = try variables.number("DATABASE", in: 0...(isCluster ? 0 : 65_535), default: 0)
        tls = try Self.tls(variables)
        prefix = variables.text("PREFIX") ?? prefix
        timeout = .milliseconds(try variables.number("TIMEOUT", in: 1...60_000, default: 2_000))
        guard prefix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) }) else {
            throw ConfigurationError(variable: "REDIS_PREFIX", expected: "letters, digits, -, _, . and :")
        }
        guard isCluster || addresses.count == 1 else {
            throw ConfigurationError(variable: "REDIS_HOST", expected: "one host unless REDIS_CLUSTER is true")
        }
    }

    private static func tls(_ variables: EnvironmentVariables) throws(ConfigurationError) -> TransportSecurity.Options?
    {
        guard try variables.flag("TLS", default: false) else { return nil }
        var tls = TransportSecurity.Options()
        tls.authorities = variables.text("TLS_CA_FILE")
        tls.certificate = variables.text("TLS_CERT_FILE")
        tls.key = variables.text("TLS_KEY_FILE")
        tls.serverName = variables.text("TLS_SERVER_NAME")
        tls.checksHost = try variables.flag("TLS_VERIFY_HOST", default: true)
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw ConfigurationError(variable: "REDIS_TLS_KEY_FILE", expected: "set together with REDIS_TLS_CERT_FILE")
        }
        return tls
    }

    var limits: PipelineLimits { PipelineLimits(connect: timeout, reply: timeout) }

    /// Introduces a fresh connection.
    @Sendable func greet(_ connection: PipelinedConnection<RESPParser>) async throws(ConnectionError) {
        var commands: [RedisCommand] = []
        if let password {
            commands.append(RedisCommand("AUTH", (username.map { [.text($0)] } ?? []) + [.text(password.revealed)]))
        }
        if database != 0 { commands.append(RedisCommand("SELECT", [.number(Int64(database))])) }
        for command in commands {
            let reply = try await connection.send(command.bytes, replies: 1).first
            // The server repeats neither password nor user in what it says.
            if case .error(let message) = reply { throw .unreachable(message) }
        }
    }
}
