import BackendTesting
import Foundation
import HummingbirdTesting
import Notifications
import Stores
import Testing

@testable import Gateway

/// Endpoints that are told of findings, as people make and watch them.
struct NotificationTests {
    @Test(arguments: TestBackend.Kind.available)
    func anEndpointIsMadeWatchedAndRemoved(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let made = try await client.send(
                .post, "/v1/notification-endpoints", token: token,
                json: #"{"url":"https://hooks.example.com/a?key=hidden","label":"chat","minimum_severity":"high"}"#)
            #expect(made.status == .created, "\(made.refusal)")
            #expect(made.json["secret"].text?.hasPrefix("whsec_") == true)
            let id = made.json["id"].text ?? ""
            let list = try await client.send(.get, "/v1/notification-endpoints", token: token)
            #expect(list.json["items"][0]["id"].text == id)
            #expect(list.json["items"][0]["secret"].isNull, "shown once")
            let path = "/v1/notification-endpoints/\(id)"
            let test = try await client.send(.post, "\(path)/test", token: token)
            #expect(test.status == .accepted)
            let waiting = try await client.send(
                .get, "/v1/notifications?state=waiting&endpoint=\(id)", token: token)
            #expect(waiting.json["items"][0]["id"].text == test.json["id"].text)
            #expect(waiting.json["items"][0]["type"].text == "endpoint.test")
            let now = installation.clock.now
            let claim = try #require(
                try await installation.store.claimNotifications(at: now, lease: .seconds(9), limit: 9).first)
            #expect(SecretSeal.isSealed(claim.secret))
            try await installation.store.finishNotification(claim, .dead(reason: "HTTP 410"), at: now)
            let dead = try await client.send(.get, "/v1/notifications?state=dead", token: token)
            #expect(dead.json["items"][0]["failure"].text == "HTTP 410")
            let retry = "/v1/notifications/\(claim.id)/retry"
            #expect(try await client.send(.post, retry, token: token).status == .noContent)
            #expect(try await client.send(.get, "/v1/notifications?state=dead", token: token).json["items"].count == 0)
            #expect(try await client.send(.delete, path, token: token).status == .noContent)
            #expect(try await client.send(.get, "/v1/notifications", token: token).json["items"].count == 0)
            let audit = try await client.send(.get, "/v1/audit?subject=\(id)", token: token)
            #expect(audit.json["items"].count == 3)
            #expect(audit.json["items"][0]["details"]["target"].text == "hooks.example.com")
            #expect(!String(buffer: audit.body).contains("hidden"), "a secret may stand in the path of a URL")
        }
    }

    @Test(arguments: [
        "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://user:word@example.com/", "example.com", "",
    ])
    func aTargetThatCannotBeIsRefused(_ url: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let made = try await client.send(
                .post, "/v1/notification-endpoints", token: token, json: #"{"url":"\#(url)"}"#)
            #expect(made.refusal == "400 invalid_request")
        }
    }

    @Test func anAddressIsToldWhereTheInstallationSendsEMail() async throws {
        let installation = try await Installation { $0.mailRecipients = RecipientPolicy(domains: ["red.example"]) }
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            func make(_ body: String) async throws -> TestResponse {
                try await client.send(.post, "/v1/notification-endpoints", token: token, json: body)
            }
            let made = try await make(#"{"kind":"email","address":"team@red.example","minimum_severity":"high"}"#)
            #expect(made.status == .created, "\(made.refusal)")
            #expect(made.json["kind"].text == "email")
            #expect(made.json["target"].text == "team@red.example")
            #expect(made.json["secret"].isNull)
            for wrong in [
                #"{"kind":"email"}"#, #"{"kind":"email","url":"https://example.com/"}"#,
                #"{"kind":"email","address":"team@blue.example"}"#, #"{"kind":"pigeon","address":"a@red.example"}"#,
                #"{"kind":"email","address":"team@red.example\r\nBcc: x@red.example"}"#,
                #"{"kind":"email","address":"team@red.example","url":"https://example.com/"}"#,
                #"{"address":"team@red.example"}"#, "{}",
            ] {
                #expect(try await make(wrong).refusal == "400 invalid_request", "\(wrong)")
            }
        }
    }

    @Test func withoutARelayThereIsNoEMail() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let made = try await client.send(
                .post, "/v1/notification-endpoints", token: try await installation.token(installation.red.owner),
                json: #"{"kind":"email","address":"team@red.example"}"#)
            #expect(made.refusal == "400 invalid_request")
        }
    }
}
