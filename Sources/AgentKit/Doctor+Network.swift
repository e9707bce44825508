import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import Wire

extension Doctor {
    /// Milliseconds that a connection may take.
    private static let connectTime: Int32 = 5_000
    /// Seconds that two clocks may differ. The protocol allows 300 and corrects itself; logs and due dates are wrong before.
    static let clockTolerance: Int64 = 60

    /// From the machine outwards: each check rests on the one before.
    func examineNetwork(_ configuration: AgentConfiguration) async -> [Diagnosis] {
        guard let url = URL(string: configuration.server), let serverHost = url.host else { return [] }
        let serverPort = url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80)
        let host = configuration.proxy?.host ?? serverHost.filter { $0 != "[" && $0 != "]" }
        let port = configuration.proxy?.port ?? serverPort
        var result = [
            Diagnosis.ok(.proxy, configuration.proxy.map { "through \($0)" } ?? "none: a direct connection")
        ]
        let addresses = Self.addresses(of: host, port: port)
        guard case .success(let found) = addresses else {
            if case .failure(let reason) = addresses {
                result.append(
                    .failed(
                        .name, "\(host): \(reason.text)", "Correct the address, or this machine's /etc/resolv.conf."))
            }
            return result + [.connection, .server, .clock].map { .skipped($0, because: "\(host) is not known") }
        }
        result.append(.ok(.name, "\(host) has \(found.count) address\(found.count == 1 ? "" : "es")"))
        var reasons: [String] = []
        let isOpen = found.contains { address in
            guard let reason = address.connect(within: Self.connectTime) else { return true }
            reasons.append(reason)
            return false
        }
        guard isOpen else {
            let what =
                configuration.proxy == nil
                ? "the server runs, and that firewalls" : "the proxy runs, and that firewalls"
            result.append(
                .failed(
                    .connection, "port \(port) of \(host): \(reasons.last ?? "no address")",
                    "See that \(what) let this machine out to port \(port)."))
            return result + [.server, .clock].map { .skipped($0, because: "there is no connection") }
        }
        result.append(.ok(.connection, "port \(port) of \(host) is open"))
        return result + (await examineServer(configuration))
    }

    // MARK: TLS, the server and its clock

    private func examineServer(_ configuration: AgentConfiguration) async -> [Diagnosis] {
        let settings: HTTPClient.Configuration
        do { settings = try TransportSettings.make(configuration) } catch {
            return [
                .failed(.server, "\(error)", "Name a file of certificates in PEM as ca."),
                .skipped(.clock, because: "the server was not asked"),
            ]
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let answer: (status: UInt, date: String?, body: [UInt8])
        do {
            // No agent asks this way, so that whatever answers, it is no agent's business: a server of ours explains why not, as JSON.
            let reply = try await http.execute(
                HTTPClientRequest(url: configuration.server + AgentProtocol.tokenPath), timeout: .seconds(15))
            let body = try await reply.body.collect(upTo: 64 << 10)
            answer = (reply.status.code, reply.headers.first(name: "Date"), Array(body.readableBytesView))
            try await http.shutdown()
        } catch {
            try? await http.shutdown()
            return [
                .failed(.server, Self.reason(error), Self.advice(error)),
                .skipped(.clock, because: "the server did not answer"),
            ]
        }
        let isOurs = (try? JSONDecoder().decode(ErrorReply.self, from: Data(answer.body))) != nil
        let secured = configuration.server.lowercased().hasPrefix("https") ? ", and its certificate is trusted" : ""
        let server: Diagnosis =
            answer.status >= 500
            ? .failed(
                .server, "it answers with status \(answer.status)",
                "Look at the server's log and at the proxy before it.")
            : isOurs
                ? .ok(.server, "it answers\(secured)")
                : .warning(
                    .server, "status \(answer.status), and not in the words of a ZeroTrace server",
                    "See that the address is the server's: a portal or another site may answer in its place.")
        return [server, examineClock(answer.date)]
    }

    private func examineClock(_ date: String?) -> Diagnosis {
        guard let date, let theirs = HTTPDate.seconds(date) else {
            return .skipped(.clock, because: "the server's answer had no date")
        }
        let difference = now().subtractingReportingOverflow(theirs).partialValue
        guard difference.magnitude > UInt64(Self.clockTolerance) else {
            return .ok(.clock, "within a minute of the server's")
        }
        return .warning(
            .clock, "\(difference.magnitude) seconds \(difference > 0 ? "ahead of" : "behind") the server's",
            "Let this machine keep its time, as with systemd-timesyncd. The agent reports all the same: it takes the server's."
        )
    }

    private static func asksForAccount(_ error: any Error) -> Bool {
        error as? HTTPClientError == .proxyAuthenticationRequired
    }

    static func reason(_ error: any Error) -> String {
        let text = "\(error)"
        if Self.asksForAccount(error) { return "the proxy asks for a name and password" }
        if error is UnpinnedKey { return text }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
        if text.contains("unableToValidateCertificate") || text.contains("hostname") {
            return "its certificate is for another name"
        }
        if text.contains("handshakeFailed") || text.contains("BoringSSL") { return "no TLS connection: \(text)" }
        return text
    }

    private static func advice(_ error: any Error) -> String {
        if asksForAccount(error) { return "Give them as proxy: http://name:password@host:port" }
        if error is UnpinnedKey {
            return
                "Compare the server's key with the pin; if it was replaced, name the new one. If not, somebody is in between."
        }
        let text = "\(error)"
        return text.contains("CERTIFICATE_VERIFY_FAILED")
            ? "Name the authority's PEM file as ca, or install it for the system; see that this machine's clock is right."
            : "See that the server speaks TLS 1.2 or newer at this address, and that nothing on the way breaks into it."
    }

    // MARK: Names and connections

    struct LookUpFailure: Error { let text: String }

    /// An address to connect to.
    struct Address {
        fileprivate let bytes: [UInt8]
        fileprivate let family: Int32

        /// Connects and closes.
        ///
        /// - Returns: `nil` when it was possible, else the reason.
        func connect(within milliseconds: Int32) -> String? {
            let descriptor = socket(
                family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { return String(cString: strerror(errno)) }
            defer { close(descriptor) }
            let begun = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map {
                    Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
                } ?? -1
            }
            if begun == 0 { return nil }
            guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, milliseconds) == 1 else { return "no answer within \(milliseconds / 1_000) s" }
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            return code == 0 ? nil : String(cString: strerror(code))
        }
    }

    static func addresses(of host: String, port: Int) -> Result<[Address], LookUpFailure> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &first)
        guard code == 0 else { return .failure(LookUpFailure(text: String(cString: gai_strerror(code)))) }
        defer { freeaddrinfo(first) }
        var result: [Address] = []
        var next = first
        while let entry = next?.pointee {
            if let start = entry.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(entry.ai_addrlen))
                result.append(Address(bytes: Array(bytes), family: entry.ai_family))
            }
            next = entry.ai_next
        }
        return .success(result)
    }
}
