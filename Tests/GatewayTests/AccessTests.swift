import BackendTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
@_spi(Minting) import Stores
import Testing

@testable import Gateway

/// People of a company, their sessions, and the tokens of their programs.
struct AccessTests {
    private func user(_ installation: Installation, _ role: Role) async throws -> User {
        try await installation.store.insertUser(
            email: "\(role.rawValue)-\(UUID().uuidString)@red.example", passwordHash: "", role: role,
            companyID: installation.red.company.id, at: installation.clock.now)
    }

    @Test(arguments: TestBackend.Kind.available)
    func ownersAloneDecideAboutOwners(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let admin = try await user(installation, .admin)
        try await installation.run { client async throws in
            let token = try await installation.token(admin)
            let owner = "/v1/users/\(installation.red.owner.id)"
            let viewer = "/v1/users/\(installation.red.viewer.id)"
            #expect(
                try await client.send(.patch, owner, token: token, json: #"{"role":"viewer"}"#).refusal
                    == "403 forbidden")
            #expect(
                try await client.send(.patch, viewer, token: token, json: #"{"role":"owner"}"#).refusal
                    == "403 forbidden")
            #expect(try await client.send(.delete, owner, token: token).refusal == "403 forbidden")
            let made = #"{"email":"x@red.example","role":"owner","password":"\#(Installation.password)"}"#
            #expect(try await client.send(.post, "/v1/users", token: token, json: made).refusal == "403 forbidden")
            let changed = try await client.send(.patch, viewer, token: token, json: #"{"role":"analyst"}"#)
            #expect(changed.json["role"].text == "analyst")
            let own = try await installation.token(installation.red.owner)
            let last = try await client.send(.patch, owner, token: own, json: #"{"role":"viewer"}"#)
            #expect(last.refusal == "409 last_owner")
            #expect(try await client.send(.delete, owner, token: own).refusal == "409 last_owner")
        }
    }

    @Test func anotherRoleAndRemovalEndWhatIsOpen() async throws {
        let installation = try await Installation()
        let analyst = try await user(installation, .analyst)
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            for change in ["role", "removal"] {
                let token = try await installation.token(analyst)
                #expect(try await client.send(.get, "/v1/me", token: token).status == .ok)
                let path = "/v1/users/\(analyst.id)"
                let reply =
                    change == "role"
                    ? try await client.send(.patch, path, token: owner, json: #"{"role":"viewer"}"#)
                    : try await client.send(.delete, path, token: owner)
                #expect(reply.status.kind == .successful)
                #expect(try await client.send(.get, "/v1/me", token: token).refusal == "401 session_ended", "\(change)")
            }
            #expect(try await client.send(.get, "/v1/users/\(analyst.id)/sessions", token: owner).status == .notFound)
        }
    }

    @Test func sessionsAreListedAndEndedOneByOne() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let viewer = installation.red.viewer
            let first = try #require(try await client.signIn(viewer).json["access_token"].text)
            let second = try #require(try await client.signIn(viewer).json["access_token"].text)
            let list = try await client.send(.get, "/v1/sessions", token: first)
            #expect(list.json["items"].count == 2)
            let other = try #require(
                (0...1).first { list.json["items"][$0]["current"].value as? Bool == false }.flatMap {
                    list.json["items"][$0]["id"].text
                })
            #expect(list.json["items"][0]["address"].text != nil)
            #expect(try await client.send(.delete, "/v1/sessions/\(other)", token: first).status == .noContent)
            #expect(try await client.send(.get, "/v1/me", token: second).refusal == "401 session_ended")
            #expect(try await client.send(.get, "/v1/me", token: first).status == .ok)
            let owner = try await installation.token(installation.red.owner)
            let path = "/v1/users/\(viewer.id)/sessions"
            let left = try #require(try await client.send(.get, path, token: owner).json["items"][0]["id"].text)
            #expect(try await client.send(.delete, "\(path)/\(left)", token: owner).status == .noContent)
            #expect(try await client.send(.get, "/v1/me", token: first).refusal == "401 session_ended")
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func aProgramMayWhatItsScopesAndItsPersonsRoleAllow(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let admin = try await user(installation, .admin)
        try await installation.run { client async throws in
            let token = try await installation.token(admin)
            func make(_ scopes: String, _ seconds: Int = 3600) async throws -> TestResponse {
                try await client.send(
                    .post, "/v1/api-tokens", token: token,
                    json: #"{"name":"ci","scopes":[\#(scopes)],"expires_in":\#(seconds)}"#)
            }
            let made = try await make(#""findings:read","enrollment:write""#)
            let secret = try #require(made.json["token"].text)
            #expect(secret.hasPrefix("zta_"))
            func call(_ method: HTTPRequest.Method, _ path: String, json: String? = nil) async throws -> String {
                let reply = try await client.send(method, path, token: secret, json: json)
                return reply.status.kind == .successful ? "ok" : reply.refusal
            }
            #expect(try await call(.get, "/v1/agents") == "ok")
            #expect(try await call(.get, "/v1/me") == "ok")
            let invitation = #"{"label":"x","maximum_uses":1,"expires_in":60}"#
            #expect(try await call(.post, "/v1/enrollment-tokens", json: invitation) == "ok")
            for path in ["/v1/events", "/v1/enrollment-tokens", "/v1/users", "/v1/sessions", "/v1/api-tokens"] {
                #expect(try await call(.get, path) == "403 forbidden", "\(path)")
            }
            let listed = try await client.send(.get, "/v1/api-tokens", token: token)
            #expect(listed.json["items"][0]["token"].isNull)
            #expect(listed.json["items"][0]["last_used_at"].text != nil)
            let owner = try await installation.token(installation.red.owner)
            let log = try await client.send(.get, "/v1/audit?action=enrollment_token.created", token: owner)
            #expect(log.json["items"][0]["actor"]["kind"].text == "api_token")
            #expect(log.json["items"][0]["actor"]["id"].text == made.json["id"].text)
            // What the person may not do any more, the program may not either.
            _ = try await installation.store.setRole(
                scope: installation.red.scope, userID: admin.id, role: .viewer, at: installation.clock.now)
            #expect(try await call(.post, "/v1/enrollment-tokens", json: invitation) == "403 forbidden")
            #expect(try await call(.get, "/v1/agents") == "ok")
            let id = try #require(made.json["id"].text)
            #expect(try await client.send(.delete, "/v1/api-tokens/\(id)", token: owner).status == .noContent)
            #expect(try await call(.get, "/v1/agents") == "401 unauthorized")
        }
    }

    @Test func apiTokensRunOutAndNobodyGivesAwayWhatTheyDoNotHave() async throws {
        let installation = try await Installation()
        let admin = try await user(installation, .admin)
        try await installation.run { client async throws in
            func make(_ user: User, _ scopes: String, _ seconds: Int = 60) async throws -> TestResponse {
                try await client.send(
                    .post, "/v1/api-tokens", token: try await installation.token(user),
                    json: #"{"name":"ci","scopes":[\#(scopes)],"expires_in":\#(seconds)}"#)
            }
            #expect(try await make(admin, #""audit:read""#).refusal == "403 forbidden")
            for (scopes, seconds) in [("", 60), (#""users:write""#, 60), (#""findings:read""#, 59)] {
                #expect(try await make(admin, scopes, seconds).refusal == "400 invalid_request")
            }
            let secret = try await make(installation.red.owner, #""audit:read""#).json["token"].text
            #expect(try await client.send(.get, "/v1/audit", token: secret).status == .ok)
            installation.clock.advance(seconds: 60)
            #expect(try await client.send(.get, "/v1/audit", token: secret).refusal == "401 unauthorized")
        }
    }

    /// A stream would not notice that a token was revoked.
    @Test func streamsTakeNoAPIToken() async throws {
        let installation = try await Installation()
        let secret = Secret.makeAPIToken()
        _ = try await installation.store.insertAPIToken(
            scope: installation.red.scope, userID: installation.red.owner.id, token: Secret.hash(secret), name: "ci",
            scopes: ["events:read"], expiresAt: installation.clock.now.addingTimeInterval(60),
            at: installation.clock.now)
        try await installation.run(.live) { client async throws in
            #expect(try await client.send(.get, "/v1/events", token: secret).status == .ok)
            try await StreamClient.with(port: try #require(client.port)) { session async throws in
                try await session.subscribe(secret)
                #expect(try await session.document()["code"].text == "unauthorized")
            }
        }
    }
}
