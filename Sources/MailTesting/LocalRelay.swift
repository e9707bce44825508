import Foundation

/// An SMTP server on loopback. Mailboxes whose names begin with `nobody` are none, with `later` refuse for now, with `silent` are never answered for.
public final class LocalRelay: Sendable {
    /// What the server took.
    public struct Message: Sendable, Decodable, Hashable {
        /// Of the envelope.
        public let sender: String
        /// Of the envelope.
        public let recipients: [String]
        /// Headers, each name once.
        public let headers: [String: String]
        /// The text, decoded.
        public let text: String
        /// Who signed in.
        public let user: String?
        /// Whether the connection was encrypted.
        public let encrypted: Bool
    }

    /// How the server wants to be talked to.
    public enum Security: String, Sendable, CaseIterable {
        case starttls, tls, none
    }

    /// Its port on 127.0.0.1.
    public let port: Int
    /// A file with its certificate, which is for `localhost`.
    public let certificate: String
    private let process: Process
    private let folder: URL
    private let output: URL
    /// What it took so far: it is written down before the relay says yes.
    public var messages: [Message] {
        Self.lines(of: output).dropFirst().compactMap { try? JSONDecoder().decode(Message.self, from: Data($0.utf8)) }
    }

    /// Whole lines of what the server prints; the first is its port.
    private static func lines(of output: URL) -> [Substring] {
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private static let python = ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"] ?? "python3"

    /// Whether it can be started on this machine.
    public static let isAvailable: Bool = {
        let process = makeProcess([python, "-c", "import aiosmtpd"])
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Starts one that is ready.
    ///
    /// - Parameter password: Of the user `relay-user`; with one nobody else may send.
    public init(_ security: Security, password: String? = nil) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appendingPathComponent("certificate.pem").path
        output = folder.appendingPathComponent("messages")
        let key = folder.appendingPathComponent("key.pem").path
        let openssl = Self.makeProcess([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ])
        try openssl.run()
        openssl.waitUntilExit()
        process = Self.makeProcess([
            Self.python, "-u", "-c", Self.program, security.rawValue, certificate, key, password ?? "",
        ])
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        while Self.lines(of: output).isEmpty {
            guard process.isRunning else { throw CocoaError(.executableLoad) }
            try await Task.sleep(for: .milliseconds(50))
        }
        port = Int(Self.lines(of: output)[0]) ?? 0
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    private static func makeProcess(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    private static let program = """
        import asyncio, email, email.policy, json, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        mode, certificate, key, password = sys.argv[1:5]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody"): return "550 5.1.1 no such mailbox"
                if address.startswith("later"): return "451 4.3.0 later"
                if address.startswith("silent"): await asyncio.sleep(3600)
                envelope.rcpt_tos.append(address)
                return "250 OK"
            async def handle_DATA(self, server, session, envelope):
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                print(json.dumps({
                    "sender": envelope.mail_from, "recipients": envelope.rcpt_tos,
                    "headers": {name: str(value) for name, value in message.items()}, "text": message.get_content(),
                    "user": session.auth_data and session.auth_data.login.decode(),
                    "encrypted": server.transport.get_extra_info("ssl_object") is not None}))
                return "250 OK"
        def check(server, session, envelope, mechanism, data):
            known = data.login == b"relay-user" and data.password == password.encode()
            return AuthResult(success=known, handled=False, auth_data=data)
        def make():
            return SMTP(
                Handler(), hostname="localhost", tls_context=context if mode == "starttls" else None,
                require_starttls=mode == "starttls", authenticator=check, auth_required=bool(password),
                auth_require_tls=mode != "tls")
        async def main():
            server = await asyncio.get_running_loop().create_server(
                make, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
            print(server.sockets[0].getsockname()[1])
            await server.serve_forever()
        asyncio.run(main())
        """
}
