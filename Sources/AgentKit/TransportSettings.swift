import AsyncHTTPClient
import Glibc
import NIOCore
import NIOSSL

/// How the agent connects.
enum TransportSettings {
    /// The connection rests between heartbeats, as a handshake costs more bytes than they do. Longer than the longest rest of an agent whose server asks for a
    /// heartbeat each 5 minutes.
    static let rest = TimeAmount.seconds(360)

    /// TLS 1.2 or newer, the administrator's authorities when given, one connection.
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
        settings.connectionPool.idleTimeout = rest
        // The agent's own back-off spreads the agents that lost one server; the client's retries would not.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .seconds(10)
        // Between two pieces of an answer; without it a server that falls silent half-way would hold the agent for good.
        settings.timeout.read = .seconds(30)
        settings.http1_1ConnectionDebugInitializer = { prepare($0) }
        settings.http2ConnectionDebugInitializer = settings.http1_1ConnectionDebugInitializer
        return settings
    }

    /// Never fails.
    private static func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
        // A few bytes now and then, by the kernel: routers keep in mind what they would forget, and a connection that is dead is known to be before it is needed.
        let options: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.init(level: .socket, name: .so_keepalive), 1),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), 120),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), 20),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), 3),
        ]
        // What the system does not take of it is no reason not to report.
        for (option, value) in options { _ = channel.setOption(option, value: value) }
        return channel.eventLoop.makeSucceededVoidFuture()
    }
}
