import NIOCore
import NIOSSL
import Settings

/// TLS of a client.
public struct TransportSecurity: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?

    /// What may be chosen.
    public struct Options: Sendable, Hashable {
        /// PEM file with the authorities that may have signed the server's certificate; `nil` stands for those of the system.
        public var authorities: String?
        /// PEM files of the client's own certificate chain and key, when the server asks for one.
        public var certificate: String?
        /// See ``certificate``; both or none.
        public var key: String?
        /// The name in the server's certificate when it is not the host that is connected to.
        public var serverName: String?
        /// Whether the certificate's names must fit the host. Its authority is always checked.
        public var checksHost = true

        /// Authorities of the system, host checked.
        public init() {}
    }

    /// Reads the files.
    /// - Throws: What NIOSSL says about a file that is missing or is none.
    public init(_ options: Options) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities = options.authorities { tls.trustRoots = .file(authorities) }
        if let certificate = options.certificate, let key = options.key {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        tls.certificateVerification = options.checksHost ? .fullVerification : .noHostnameVerification
        context = try NIOSSLContext(configuration: tls)
        serverName = options.serverName
    }

    func handler(for address: ServerAddress) throws -> NIOSSLClientHandler {
        let name = serverName ?? address.host
        // An address is no server name (RFC 6066 section 3); NIOSSL then compares the certificate with the address of the peer.
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
    }
}
