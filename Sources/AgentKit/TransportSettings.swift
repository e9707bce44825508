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
        settings.connectionPool.idleTimeout = .seconds(5)
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .seconds(10)
        return settings
    }
}
