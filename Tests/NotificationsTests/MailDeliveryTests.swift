import BackendTesting
import Foundation
import Logging
import Mail
import MailTesting
import Stores
import Testing

@testable import Notifications

/// E-mail through a real relay, from the same outbox as webhooks.
@Suite(.enabled(if: LocalRelay.isAvailable, "aiosmtpd is missing"))
struct MailDeliveryTests {
    @Test(arguments: TestBackend.Kind.available)
    func eachFindingFirstSeenIsToldOnce(_ kind: TestBackend.Kind) async throws {
        let (place, server) = (try await Place(kind), try await LocalRelay(.none))
        try await place.mailbox("ann@example.com")
        for number in 1...3 {
            let agent = try await place.enroll(UInt8(number))
            // Twice, as when a processor is killed.
            for _ in 1...2 { try await place.apply("package", to: agent) }
        }
        let deliverer = try place.deliverer(relay: server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...3 { group.addTask { _ = try await deliverer.deliverOnce() } }
            try await group.waitForAll()
        }
        let text = server.messages.map(\.text).joined()
        for host in 1...3 {
            for vulnerability in 1...3 {
                let title = "CVE-package-\(vulnerability) (unknown) on host-\(host)"
                #expect(text.components(separatedBy: title + "\n").count == 2, "\(title)")
            }
        }
        #expect(server.messages.allSatisfy { $0.recipients == ["ann@example.com"] })
        let notifications = try await place.notifications()
        #expect(notifications.count == 9)
        #expect(notifications.allSatisfy { $0.state == .delivered && text.contains("msg_\($0.id)") })
        #expect(try await deliverer.deliverOnce() == 0)
    }

    @Test func whatWaitsTogetherIsOneMessageWithAnIDOfItsOwn() async throws {
        let (place, server) = (try await Place(), try await LocalRelay(.none))
        try await place.mailbox("ann@example.com")
        try await place.apply("package", to: try await place.enroll(1))
        #expect(try await place.deliverer(relay: server).deliverOnce() == 3)
        let message = try #require(server.messages.first)
        #expect(server.messages.count == 1)
        #expect(message.headers["Subject"]?.hasPrefix("ZeroTrace: 3 new, first CVE-package-") == true)
        #expect(message.headers["Message-ID"]?.hasSuffix("@example.com>") == true)
    }

    @Test func mailWaitsUntilThereIsARelayAndDiesWithItsMailbox() async throws {
        let (place, server) = (try await Place(), try await LocalRelay(.none))
        _ = try await place.notify(mailbox: "later@example.com")
        place.clock.advance(seconds: 1)
        _ = try await place.notify(mailbox: "nobody@example.com")
        #expect(try await place.deliverer().deliverOnce() == 2)
        #expect(try await place.notifications().allSatisfy { $0.failure == "no mail relay (SMTP_HOST)" })
        place.clock.advance(seconds: 3_600)
        #expect(try await place.deliverer(relay: server).deliverOnce() == 2)
        let found = try await place.notifications()
        #expect(found.map(\.state) == [.dead, .waiting])
        #expect(found[0].failure == "SMTP 550: no such mailbox")
        #expect(found[1].failure?.hasPrefix("SMTP 451") == true)
        #expect(server.messages.isEmpty)
    }

    /// A hostname is what an agent says.
    @Test func aHostnameAddsNoHeader() async throws {
        let (place, server) = (try await Place(), try await LocalRelay(.none))
        try await place.mailbox("ann@example.com")
        let agent = try await place.enroll(1, hostname: "web\r\nBcc: eve@example.com")
        try await place.apply("package", to: agent, vulnerabilities: 1)
        _ = try await place.deliverer(relay: server).deliverOnce()
        let message = try #require(server.messages.first)
        #expect(message.headers["Bcc"] == nil)
        #expect(message.recipients == ["ann@example.com"])
    }

    @Test func theOperatorSaysWhomMailMayGoTo() async throws {
        let policy = RecipientPolicy(domains: ["Example.com"])
        #expect(policy.fault(in: "ann@example.com") == nil)
        #expect(policy.fault(in: "ann@example.com.evil.example") != nil)
        let (place, server) = (try await Place(), try await LocalRelay(.none))
        _ = try await place.notify(mailbox: "ann@elsewhere.example")
        _ = try await place.deliverer(relay: server, domains: ["example.com"]).deliverOnce()
        #expect(try await place.notifications()[0].state == .dead)
        #expect(server.messages.isEmpty)
    }
}

extension Place {
    @discardableResult
    fileprivate func mailbox(_ address: String) async throws -> NotificationEndpoint {
        try await store.insertEndpoint(
            scope: scope,
            EndpointDraft(
                kind: .email, target: address, label: "", minimumSeverity: nil, exploitedOnly: false, secret: []),
            by: user, at: clock.now)
    }

    fileprivate func notify(mailbox address: String) async throws -> NotificationID {
        try await store.insertTestNotification(
            scope: scope, endpoint: try await mailbox(address).id, at: clock.now)
    }

    fileprivate func deliverer(relay server: LocalRelay, domains: [String] = []) throws -> NotificationDeliverer {
        var configuration = NotificationDeliverer.Configuration()
        configuration.timeout = .seconds(60)
        configuration.recipients = RecipientPolicy(domains: domains)
        configuration.relay = try MailRelay(environment: [
            "SMTP_HOST": "localhost", "SMTP_PORT": "\(server.port)", "SMTP_TLS": "none",
            "SMTP_FROM": "zt@example.com",
        ])
        return NotificationDeliverer(
            store: store, configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { [clock] in clock.now })
    }
}
