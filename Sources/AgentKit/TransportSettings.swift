import AsyncHTTPClient
import NIOSSL

/// How the agent connects.
enum TransportSettings {
    /// TLS 1.2 or newer, the administrator's authorities when given, one connection, closed soon after use so that an idle agent
    /// holds nothing open.
    static func make(_ configuration: AgentConfiguration) throws(AgentError) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file = configuration.certificateAuthorities {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
            } catch {
                throw .state(path: file, reason: "holds no certificates that can be read")
            }
        }
        var settings = HTTPClient.Configuration(tlsConfiguration: tls)
        if let proxy = configuration.proxy {
            settings.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.account.map { .basic(username: $0.name, password: $0.password) })
        }
        settings.connectionPool.idleTimeout = .seconds(5)
        // The agent's own back-off spreads the agents that lost one server; the client's retries would not.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .seconds(10)
        // Between two pieces of an answer; without it a server that falls silent half-way would hold the agent for good.
        settings.timeout.read = .seconds(30)
        return settings
    }
}
