import AsyncHTTPClient
import Crypto
import Foundation
import Inventory
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Wire

@testable import AgentKit

/// Real connections with TLS, as the agent makes them.
@Suite(.timeLimit(.minutes(5))) struct SecuredConnectionTests {
    private static let otherPin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("ca.pem", SecuredServer.certificate.utf8)
    }

    /// Makes requests one after the other, as agents enroll.
    private func enroll(
        at server: SecuredServer, times: Int = 1, pin: String? = nil, trusts: Bool = true
    ) async throws {
        let pins = try pin.map { try #require(ServerKeyPins($0)) }
        let configuration = AgentConfiguration(
            server: server.url, stateFolder: "", certificateAuthorities: trusts ? folder.file("ca.pem") : nil,
            pins: pins)
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: try TransportSettings.make(configuration))
        let client = GatewayClient(server: configuration.server, http: http, key: Curve25519.Signing.PrivateKey()) { 0 }
        let facts = AgentFacts(
            host: HostFacts(hostname: "host", architecture: "x86_64"), agentVersion: "1", droppedReports: 0,
            warnings: [])
        do {
            for _ in 0..<times { _ = try await client.enroll(EnrollRequest(token: "token", facts: facts)) }
            try await http.shutdown()
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    @Test(arguments: [nil, SecuredServer.pin, "\(otherPin);\(SecuredServer.pin)"])
    func aServerWithAKeyThatIsPinnedIsServed(pin: String?) async throws {
        try await SecuredServer.with { server in
            try await enroll(at: server, pin: pin)
            #expect(server.requests == 1)
        }
    }

    @Test func aServerWithAnotherKeyIsSentNothingThoughItsCertificateIsTrusted() async throws {
        try await SecuredServer.with { server in
            await #expect(throws: AgentError.unreachable("the server's key is none of the pinned ones")) {
                try await enroll(at: server, pin: Self.otherPin)
            }
            #expect(server.connections == 1 && server.requests == 0)
        }
    }

    @Test func aPinnedKeyMakesNoCertificateTrusted() async throws {
        try await SecuredServer.with { server in
            await #expect(throws: AgentError.self) {
                try await enroll(at: server, pin: SecuredServer.pin, trusts: false)
            }
            #expect(server.requests == 0)
        }
    }

    @Test(arguments: [(.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true)] as [(TLSVersion, Bool)])
    func nothingOlderThanTLS12IsSpoken(newest: TLSVersion, isSpoken: Bool) async throws {
        try await SecuredServer.with(newest: newest) { server in
            if isSpoken {
                try await enroll(at: server)
            } else {
                await #expect(throws: AgentError.self) { try await enroll(at: server) }
            }
            #expect(server.requests == (isSpoken ? 1 : 0))
        }
    }

    @Test func requestsShareAConnection() async throws {
        try await SecuredServer.with { server in
            try await enroll(at: server, times: 3)
            #expect(server.requests == 3 && server.connections == 1)
        }
    }

    @Test(arguments: [
        "", ";", "sha256//", "sha256//AAAA", "sha256//not base64", "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "\(SecuredServer.pin);AAAA", String(SecuredServer.pin.dropFirst(8)),
    ])
    func aPinThatIsNoneIsRefused(text: String) {
        #expect(ServerKeyPins(text) == nil)
        var settings = AgentSettings()
        (settings.server, settings.pin) = ("https://s", text)
        #expect {
            try settings.configuration(environment: [:])
        } throws: {
            "\($0)".hasPrefix("pin must be")
        }
    }

    @Test func aPinWithoutTLSIsRefused() throws {
        var settings = AgentSettings()
        (settings.server, settings.pin) = ("http://s", SecuredServer.pin)
        #expect(throws: AgentSettingsError.self) { try settings.configuration(environment: [:]) }
        settings.server = "https://s"
        #expect(try settings.configuration(environment: [:]).pins?.description == SecuredServer.pin)
    }

    @Test func theDoctorSaysThatTheKeyIsAnother() async throws {
        try await SecuredServer.with { server in
            var settings = AgentSettings()
            settings.server = server.url
            settings.stateFolder = folder.path
            settings.certificateAuthorities = folder.file("ca.pem")
            (settings.pin, settings.proxy) = (Self.otherPin, "none")
            let configuration = try settings.configuration(environment: [:])
            let found = await Doctor(settings: settings, configuration: .success(configuration), now: { 0 }).examine()
            let server = try #require(found.first { $0.check == .server })
            #expect(server.outcome == .failed && server.finding == "the server's key is none of the pinned ones")
        }
    }
}

/// Takes everybody's enrollment over TLS, and counts.
private final class SecuredServer: Sendable {
    private struct Counts {
        var connections = 0
        var requests = 0
    }

    private let channel: any Channel
    private let counts: Shared

    /// What handlers and test see.
    private final class Shared: Sendable {
        let counts = Mutex(Counts())
    }

    var connections: Int { counts.counts.withLock { $0.connections } }
    var requests: Int { counts.counts.withLock { $0.requests } }
    var url: String { "https://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Lends one and closes it.
    static func with(newest: TLSVersion = .tlsv13, _ body: (SecuredServer) async throws -> Void) async throws {
        let server = try await SecuredServer(newest: newest)
        do {
            try await body(server)
            try await server.channel.close()
        } catch {
            try await server.channel.close()
            throw error
        }
    }

    private init(newest: TLSVersion) async throws {
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(Self.certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(Self.key.utf8), format: .pem)))
        settings.minimumTLSVersion = .tlsv1
        settings.maximumTLSVersion = newest
        let context = try NIOSSLContext(configuration: settings)
        let shared = Shared()
        counts = shared
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    shared.counts.withLock { $0.connections += 1 }
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Registrar(shared: shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Registrar: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        let shared: Shared

        init(shared: Shared) { self.shared = shared }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            shared.counts.withLock { $0.requests += 1 }
            let reply = EnrollReply(agentID: "a", company: "Example", heartbeatSeconds: 60, serverTime: 0)
            let body = (try? JSONEncoder().encode(reply)) ?? Data()
            let head = HTTPResponseHead(
                version: .http1_1, status: .created, headers: ["Content-Length": "\(body.count)"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        /// Handshakes that fail are what is tested.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// Of the key below, as `openssl x509 -pubkey`, `openssl pkey -outform der` and `openssl dgst -sha256` give it.
    static let pin = "sha256//HuE0ycBTXiuHAO+yVVZ54NOxj9u9ZwrZ7oK0midy0VA="

    /// For localhost, from 2020 to 2120. Made for this test and used nowhere else, as its key.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBRzCB7qADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
        bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETSx9lMrRbVfAsGBa
        uAXl4EYghHIAxz1Fz0U7dtL1m43+L5Leds04qVpGTKkp2c25iKAB4/RWa7/wBQDL
        L9gWXqMvMC0wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB/wQF
        MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhANGQr4vRuxDsIIJF96FtrK96cGOdRxgc
        SVAMNoxqeAWEAiBLUzKL8k/hCDu0uMtB8ZSgid6c9om0x6zSi3Is4iCWoA==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvzZSxkRIXPButVi6
        AG/Q7hlBReXm6jNgKby6LJV6/+2hRANCAARNLH2UytFtV8CwYFq4BeXgRiCEcgDH
        PUXPRTt20vWbjf4vkt52zTipWkZMqSnZzbmIoAHj9FZrv/AFAMsv2BZe
        -----END PRIVATE KEY-----
        """
}
