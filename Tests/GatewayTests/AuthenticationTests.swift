import Foundation
import HTTPTypes
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

struct AuthenticationTests {
    @Test func signingInGivesATokenAndACookieOutOfReachOfScripts() async throws {
        let installation = try await Installation { $0.isServedOverTLS = true }
        try await installation.run { client async throws in
            let reply = try await client.signIn(installation.red.owner)
            #expect(reply.status == .ok)
            #expect(reply.json["token_type"].text == "Bearer")
            #expect(reply.json["expires_in"].int == 600)
            #expect(reply.json["user"]["role"].text == "owner")
            #expect(reply.json["company"]["name"].text == "red")
            let attributes = reply.headers[.setCookie]?.split(separator: ";").dropFirst()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(attributes == ["Max-Age=1209600", "Path=/v1/auth", "HttpOnly", "SameSite=Strict", "Secure"])
            #expect(reply.headers[.cacheControl] == "no-store")
            let me = try await client.send(.get, "/v1/me", token: reply.json["access_token"].text)
            #expect(me.json["user"]["email"].text == "owner@red.example")
            #expect(me.json["permissions"].texts == Permission.allCases.map(\.rawValue))
            #expect(reply.json["permissions"].texts == me.json["permissions"].texts)
            let viewer = try await client.signIn(installation.red.viewer)
            #expect(
                viewer.json["permissions"].texts
                    == ["view_self", "view_findings", "view_events", "manage_own_sessions"])
        }
    }

    @Test func wrongPasswordsAndUnknownPeopleLookTheSame() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let wrong = try await client.signIn(installation.red.owner, password: "not the password")
            let unknown = try await client.send(
                .post, "/v1/auth/login", json: #"{"email":"nobody@red.example","password":"not the password"}"#)
            #expect(wrong.refusal == "401 invalid_credentials")
            #expect(unknown.refusal == "401 invalid_credentials")
            #expect(wrong.json["error"]["message"].text == unknown.json["error"]["message"].text)
        }
    }

    @Test func tooManyFailuresAreSentAwayForAWhile() async throws {
        let installation = try await Installation { $0.limits.failedSignInsPerEmail = 3 }
        try await installation.run { client async throws in
            for _ in 1...3 {
                let reply = try await client.signIn(installation.red.owner, password: "not the password")
                #expect(reply.refusal == "401 invalid_credentials")
            }
            let reply = try await client.signIn(installation.red.owner)
            #expect(reply.refusal == "429 rate_limited")
            #expect(reply.headers[.retryAfter] == "900")
            #expect(try await client.signIn(installation.blue.owner).status == .ok)
            installation.clock.advance(seconds: 901)
            #expect(try await client.signIn(installation.red.owner).status == .ok)
        }
    }

    @Test func accessTokensRunOut() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            installation.clock.advance(seconds: 599)
            #expect(try await client.send(.get, "/v1/me", token: token).status == .ok)
            installation.clock.advance(seconds: 1)
            #expect(try await client.send(.get, "/v1/me", token: token).refusal == "401 token_expired")
        }
    }

    @Test(arguments: ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", String(repeating: "a", count: 5000)])
    func madeUpTokensAreRefused(_ token: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let reply = try await client.send(.get, "/v1/me", token: token)
            #expect(reply.refusal == "401 unauthorized")
            #expect(reply.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test func tokensOfAnotherInstallationAreRefused() async throws {
        let (here, there) = (try await Installation(), try await Installation())
        let token = try await there.token(there.red.owner)
        try await here.run { client async throws in
            #expect(try await client.send(.get, "/v1/me", token: token).refusal == "401 unauthorized")
        }
    }

    @Test func aRefreshTokenWorksOnceAndItsSecondUseEndsTheSession() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let first = try await client.signIn(installation.red.owner)
            let second = try await client.refresh(first.cookie)
            #expect(second.status == .ok)
            #expect(second.cookie != first.cookie)
            let token = second.json["access_token"].text
            #expect(try await client.send(.get, "/v1/me", token: token).status == .ok)

            let stolen = try await client.refresh(first.cookie)
            #expect(stolen.refusal == "401 session_ended")
            #expect(stolen.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await client.refresh(second.cookie).refusal == "401 session_ended")
            #expect(try await client.send(.get, "/v1/me", token: token).refusal == "401 session_ended")
        }
    }

    @Test func signingOutCountsAtOnce() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let session = try await client.signIn(installation.red.owner)
            let token = session.json["access_token"].text
            #expect(try await client.send(.get, "/v1/me", token: token).status == .ok)
            #expect(try await client.send(.post, "/v1/auth/logout", token: token).status == .noContent)
            #expect(try await client.send(.get, "/v1/me", token: token).refusal == "401 session_ended")
            #expect(try await client.refresh(session.cookie).refusal == "401 session_ended")
        }
    }

    @Test func signingOutWorksWithTheCookieAlone() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let session = try await client.signIn(installation.red.owner)
            let cookie = ["Cookie": "zt_refresh=\(session.cookie ?? "")"]
            #expect(try await client.send(.post, "/v1/auth/logout", headers: cookie).status == .noContent)
            #expect(
                try await client.send(.get, "/v1/me", token: session.json["access_token"].text).refusal
                    == "401 session_ended")
            #expect(try await client.send(.post, "/v1/auth/logout").status == .noContent)
        }
    }

    @Test(arguments: ["/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout"])
    func otherSitesCannotUseTheCookie(_ path: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            for headers in [["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"], ["Origin": "null"]] {
                #expect(try await client.send(.post, path, headers: headers).refusal == "403 forbidden")
            }
            let own = try await client.send(.post, path, headers: ["Origin": "http://localhost"])
            #expect(own.status != .forbidden)
        }
    }

    @Test func rolesDecide() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let (owner, viewer) = (
                try await installation.token(installation.red.owner),
                try await installation.token(installation.red.viewer)
            )
            let body = #"{"label":"new","maximum_uses":5,"expires_in":3600}"#
            let refused = try await client.send(.post, "/v1/enrollment-tokens", token: viewer, json: body)
            #expect(refused.refusal == "403 forbidden")
            #expect(try await client.send(.get, "/v1/agents", token: viewer).status == .ok)
            let made = try await client.send(.post, "/v1/enrollment-tokens", token: owner, json: body)
            #expect(made.status == .created)
            #expect(made.json["token"].text?.hasPrefix("zte_") == true)
            let list = try await client.send(.get, "/v1/enrollment-tokens", token: owner)
            #expect(list.json["items"].count == 2)
            #expect(list.json["items"][0]["token"].isNull)
            let id = made.json["id"].text ?? ""
            let revoked = try await client.send(.delete, "/v1/enrollment-tokens/\(id)", token: owner)
            #expect(revoked.status == .noContent)
        }
    }
}
