import HTTPTypes
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import Gateway

/// What the log tells, and what it never does.
struct LogTests {
    /// Keeps lines in memory: "info request code=… route=…", keys sorted.
    private final class Lines: Sendable {
        let all = Mutex([String]())
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            let text = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            lines.all.withLock { $0.append("\(event.level) \(event.message) \(text)") }
        }
    }

    private func record(
        _ test: @Sendable (Installation, any TestClientProtocol) async throws -> Void
    ) async throws -> [String] {
        let installation = try await Installation()
        let lines = Lines()
        let application = try await makeApplication(
            configuration: installation.configuration, services: installation.services,
            logger: Logger(label: "test") { _ in Recorder(lines: lines) })
        try await application.test(.router) { client async throws in try await test(installation, client) }
        return lines.all.withLock { $0 }
    }

    @Test func everyRequestIsALineWithItsTemplate() async throws {
        let lines = try await record { installation, client in
            let token = try await installation.token(installation.red.viewer)
            _ = try await client.send(.get, "/v1/agents/\(installation.red.agentID)?q=x", token: token)
        }
        let line = try #require(lines.first { $0.hasPrefix("info request ") })
        #expect(line.contains("method=GET"))
        #expect(line.contains("route=/v1/agents/{id} "))
        #expect(line.contains("status=200"))
        #expect(line.contains(" us="))
    }

    @Test func aRefusedBodyIsNotedWithItsRequest() async throws {
        let lines = try await record { _, client in
            let reply = try await client.send(.post, "/v1/auth/login", json: #"{"email":7}"#)
            #expect(reply.status == .badRequest)
        }
        let line = try #require(lines.first { $0.hasPrefix("notice request refused ") })
        #expect(line.contains("code=invalid_request"))
        #expect(line.contains("route=/v1/auth/login"))
        #expect(line.contains("request_id="))
    }

    @Test func theLogHoldsNoSecrets() async throws {
        let secrets = Lines()
        let lines = try await record { installation, client in
            let session = try await client.signIn(installation.red.owner)
            let token = session.json["access_token"].text ?? ""
            secrets.all.withLock { $0 = [Installation.password, token, session.cookie ?? "", "wrong password 77"] }
            _ = try await client.signIn(installation.red.owner, password: "wrong password 77")
            _ = try await client.refresh(session.cookie)
            _ = try await client.refresh(session.cookie)
            _ = try await client.send(.get, "/v1/me", token: token + "x")
            _ = try await client.send(.post, "/v1/auth/logout", token: token)
        }
        #expect(!lines.isEmpty)
        for secret in secrets.all.withLock({ $0 }) {
            #expect(secret.count > 8)
            #expect(!lines.contains { $0.contains(secret) })
        }
    }
}
