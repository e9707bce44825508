import Foundation
import MailTesting
import Testing

@testable import Mail

/// Against a real server.
@Suite(.enabled(if: LocalRelay.isAvailable, "aiosmtpd is missing"))
struct MailRelayTests {
    @Test(arguments: LocalRelay.Security.allCases)
    func aMessageArrivesOverEveryKindOfConnection(_ security: LocalRelay.Security) async throws {
        let server = try await LocalRelay(security, password: security == .none ? nil : "open sesame")
        let text = "one\n.\ntwo ☃\n" + String(repeating: "a long line ", count: 9_000)
        let outcome = try await relay(server, security).send(
            message(to: "ann@example.com", subject: "naïve\r\nBcc: eve@example.com", text: text), timeout: .seconds(60))
        #expect(outcome == .taken)
        let taken = try #require(server.messages.first)
        #expect(server.messages.count == 1)
        #expect(taken.sender == "zt@example.com")
        #expect(taken.recipients == ["ann@example.com"])
        #expect(taken.headers["Subject"] == "naïve  Bcc: eve@example.com")
        #expect(taken.headers["Bcc"] == nil)
        #expect(taken.headers["To"] == "<ann@example.com>" || taken.headers["To"] == "ann@example.com")
        #expect(taken.text.trimmingCharacters(in: .newlines) == text)
        #expect(taken.user == (security == .none ? nil : "relay-user"))
        #expect(taken.encrypted == (security != .none))
    }

    @Test func aRelayThatCannotProveItsNameGetsNoPassword() async throws {
        let server = try await LocalRelay(.starttls, password: "open sesame")
        let strange = try await relay(server, .starttls, trusts: false).send(message(), timeout: .seconds(60))
        #expect(isRefused(strange), "a certificate from nowhere")
        let named = try await relay(server, .starttls, host: "127.0.0.1").send(message(), timeout: .seconds(60))
        #expect(isRefused(named), "a certificate of another name")
        #expect(server.messages.isEmpty)
    }

    @Test func withoutSTARTTLSNothingIsSent() async throws {
        let server = try await LocalRelay(.none)
        #expect(isRefused(try await relay(server, .starttls).send(message(), timeout: .seconds(60))))
        #expect(server.messages.isEmpty)
    }

    @Test func whatTheRelaySaysDecidesWhetherToTryAgain() async throws {
        let server = try await LocalRelay(.none)
        let relay = try relay(server, .none)
        #expect(
            try await relay.send(message(to: "nobody@example.com"), timeout: .seconds(60)) == .noSuchMailbox("SMTP 550")
        )
        let later = try await relay.send(message(to: "later@example.com"), timeout: .seconds(60))
        #expect(isRefused(later))
        #expect("\(later)".contains("SMTP 451"), "\(later)")
        let silent = try await relay.send(message(to: "silent@example.com"), timeout: .milliseconds(700))
        #expect(isRefused(silent), "a relay that says nothing ends by itself")
        let signedIn = try await LocalRelay(.tls, password: "another")
        let wrong = try await self.relay(signedIn, .tls).send(message(), timeout: .seconds(60))
        #expect(isRefused(wrong))
        #expect("\(wrong)".contains("denied"), "\(wrong)")
        #expect(!"\(wrong)".contains("sesame"))
        #expect(server.messages.isEmpty && signedIn.messages.isEmpty)
    }

    @Test func whoIsToldToEndEnds() async throws {
        let server = try await LocalRelay(.none)
        let relay = try relay(server, .none)
        let task = Task { try await relay.send(message(to: "silent@example.com"), timeout: .seconds(3_600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func relay(
        _ server: LocalRelay, _ security: LocalRelay.Security, host: String = "localhost", trusts: Bool = true
    ) throws -> MailRelay {
        var variables = [
            "SMTP_HOST": host, "SMTP_PORT": "\(server.port)", "SMTP_TLS": security.rawValue,
            "SMTP_FROM": "zt@example.com",
        ]
        if trusts { variables["SMTP_TLS_CA_FILE"] = server.certificate }
        if security != .none {
            variables["SMTP_USER"] = "relay-user"
            variables["SMTP_PASSWORD"] = "open sesame"
        }
        return try #require(try MailRelay(environment: variables))
    }

    private func message(
        to recipient: String = "ann@example.com", subject: String = "x", text: String = "y"
    ) throws -> MailMessage {
        MailMessage(
            to: try #require(MailAddress(recipient)), subject: subject, text: text, id: "1",
            date: Date(timeIntervalSince1970: 1_795_413_600))
    }

    private func isRefused(_ outcome: MailOutcome) -> Bool {
        if case .refused = outcome { true } else { false }
    }
}
