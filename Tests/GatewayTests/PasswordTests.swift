import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

/// People change their passwords, and those who may let others do so.
struct PasswordTests {
    private static let new = "another horse battery"

    private static func change(
        _ client: any TestClientProtocol, _ token: String?, from old: String = Installation.password,
        to new: String = new
    ) async throws -> TestResponse {
        try await client.send(
            .put, "/v1/me/password", token: token, json: #"{"old_password":"\#(old)","new_password":"\#(new)"}"#)
    }

    @Test(arguments: TestBackend.Kind.available)
    func whoKnowsTheOldPasswordChangesItAndEndsTheOtherSessions(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let viewer = installation.red.viewer
            let first = try await client.signIn(viewer)
            let second = try await client.signIn(viewer)
            let (token, other) = (first.json["access_token"].text, second.json["access_token"].text)
            #expect(try await Self.change(client, token, from: "wrong").refusal == "403 invalid_credentials")
            #expect(try await Self.change(client, token, to: "short").refusal == "400 invalid_request")
            #expect(try await Self.change(client, nil).refusal == "401 unauthorized")
            #expect(try await Self.change(client, token).status == .noContent)
            #expect(try await client.send(.get, "/v1/me", token: token).status == .ok, "the own session goes on")
            #expect(try await client.send(.get, "/v1/me", token: other).refusal == "401 session_ended")
            #expect(try await client.refresh(second.cookie).refusal == "401 session_ended")
            #expect(try await client.refresh(first.cookie).status == .ok)
            #expect(try await client.signIn(viewer).refusal == "401 invalid_credentials")
            #expect(try await client.signIn(viewer, password: Self.new).status == .ok)
            let audit = try await client.send(
                .get, "/v1/audit?subject=\(viewer.id)", token: try await installation.token(installation.red.owner))
            #expect(String(buffer: audit.body).contains("user.password_changed"))
            #expect(!String(buffer: audit.body).contains("horse"))
        }
    }

    @Test func guessingTheOldPasswordIsThrottledAsSigningInIs() async throws {
        let installation = try await Installation { $0.limits.failedSignInsPerEmail = 2 }
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.viewer)
            for _ in 1...2 {
                #expect(try await Self.change(client, token, from: "wrong").refusal == "403 invalid_credentials")
            }
            #expect(try await Self.change(client, token).refusal == "429 rate_limited")
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func aResetWorksOnceAndEndsAllSessions(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let viewer = installation.red.viewer
            let session = try await client.signIn(viewer)
            let owner = try await installation.token(installation.red.owner)
            let made = try await client.send(.post, "/v1/users/\(viewer.id)/password-reset", token: owner)
            #expect(made.status == .created, "\(made.refusal)")
            let reset = try #require(made.json["token"].text)
            func use(_ token: String, _ password: String = Self.new) async throws -> TestResponse {
                try await client.send(
                    .post, "/v1/auth/password-reset", json: #"{"token":"\#(token)","password":"\#(password)"}"#)
            }
            #expect(try await client.signIn(viewer).status == .ok, "nothing changes until it is used")
            #expect(try await use(reset, "short").refusal == "400 invalid_request")
            #expect(try await use("ztp_other").refusal == "401 invalid_token")
            #expect(try await use(reset).status == .noContent)
            #expect(try await use(reset).refusal == "401 invalid_token")
            #expect(
                try await client.send(.get, "/v1/me", token: session.json["access_token"].text).refusal
                    == "401 session_ended")
            #expect(try await client.signIn(viewer, password: Self.new).status == .ok)
            let late = try await client.send(.post, "/v1/users/\(viewer.id)/password-reset", token: owner)
            installation.clock.advance(seconds: PasswordRoutes.resetLifetime)
            #expect(try await use(late.json["token"].text ?? "").refusal == "401 invalid_token")
        }
    }

    @Test func onlyOwnersResetOwnersAndNobodyReachesAnotherCompany() async throws {
        let installation = try await Installation()
        let (red, blue) = (installation.red, installation.blue)
        let admin = try await installation.store.insertUser(
            email: "admin@red.example", passwordHash: "", role: .admin, companyID: red.company.id,
            at: installation.clock.now)
        try await installation.run { client async throws in
            let token = try await installation.token(admin)
            func reset(_ user: User) async throws -> TestResponse {
                try await client.send(.post, "/v1/users/\(user.id)/password-reset", token: token)
            }
            #expect(try await reset(red.owner).refusal == "403 forbidden")
            #expect(try await reset(red.viewer).status == .created)
            #expect(try await reset(blue.viewer).refusal == "404 not_found")
            let viewer = try await installation.token(red.viewer)
            #expect(
                try await client.send(.post, "/v1/users/\(red.viewer.id)/password-reset", token: viewer).refusal
                    == "403 forbidden")
        }
    }
}
