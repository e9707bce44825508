import AsyncHTTPClient
import Glibc
import NIOCore
import NIOSSL

/// How the agent connects.
enum TransportSettings {
    /// The connection rests between heartbeats, as a handshake costs more bytes than they do. Longer than the longest rest of an agent whose server asks for a
    /// heartbeat each 5 minutes.
    static let rest = TimeAmount.seconds(360)

    /// TLS 1.2 or newer, the administrator's authorities and keys when given, one connection.
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
        // Before anything is sent.
        settings.http1_1ConnectionDebugInitializer = { [pins = configuration.pins] in prepare($0, pins) }
        settings.http2ConnectionDebugInitializer = settings.http1_1ConnectionDebugInitializer
        return settings
    }

    /// Fails when the server's key is none of the pinned ones.
    private static func prepare(_ channel: any Channel, _ pins: ServerKeyPins?) -> EventLoopFuture<Void> {
        // A few bytes now and then, by the kernel: routers keep in mind what they would forget, and a connection that is dead is known to be before it is needed.
        let options: [(ChannelOptions.Types.SocketOption, Int)] = [
            (.init(level: .socket, name: .so_keepalive), 1),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), 120),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), 20),
            (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), 3),
        ]
        // What the system does not take of it is no reason not to report.
        for (option, value) in options { _ = channel.setOption(option, value: value) }
        guard let pins else { return channel.eventLoop.makeSucceededVoidFuture() }
        let isPinned = channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            guard let key = try certificate?.extractPublicKey().toSPKIBytes(), pins.contain(publicKey: key) else {
                throw UnpinnedKey()
            }
        }
        // Not at once: the client has to hear of the failure before it sees the connection go.
        isPinned.whenFailure { _ in
            channel.eventLoop.scheduleTask(in: .milliseconds(100)) { channel.close(promise: nil) }
        }
        return isPinned
    }
}

/// The server's certificate is trusted, and its key is none of those that are pinned: somebody may be in between.
struct UnpinnedKey: Error, CustomStringConvertible {
    var description: String { "the server's key is none of the pinned ones" }
}
