import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

/// Accepting a risk, from the request of one person to its end.
struct ExceptionTests {
    private static let end = "2026-12-31T00:00:00Z"

    @Test(arguments: TestBackend.Kind.available)
    func twoPeopleAcceptARiskForATimeAndItOpensAgain(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let analyst = try await installation.store.insertUser(
            email: "analyst@red.example", passwordHash: "", role: .analyst, companyID: installation.red.company.id,
            at: installation.clock.now)
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            let (asks, agent) = (try await installation.token(analyst), installation.red.agentID)
            let asked = try await client.send(
                .post, "/v1/exceptions", token: asks,
                json: #"{"vulnerability":"DSA-5417-1","reason":"not reachable","expires_at":"\#(Self.end)"}"#)
            #expect(asked.status == .created, "\(asked.refusal)")
            #expect(asked.json["state"].text == "requested")
            #expect(asked.json["vulnerability"].text == "CVE-2023-0464", "an alias leads to the vulnerability")
            let path = "/v1/exceptions/\(asked.json["id"].text ?? "")"
            let yes = #"{"approved":true,"comment":"until the next release"}"#
            func state() async throws -> [String?] {
                let one = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464", token: asks)
                let list = try await client.send(.get, "/v1/vulnerabilities?state=open", token: asks)
                let found = try await client.send(.get, "/v1/agents/\(agent)/findings", token: asks)
                let hidden = try await client.send(.get, "/v1/agents/\(agent)/findings?state=open", token: asks)
                let shown = try await client.send(.get, "/v1/vulnerabilities?state=accepted", token: asks)
                let who = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464/agents", token: asks)
                #expect(who.json["items"][0]["state"].text == one.json["state"].text)
                return [
                    one.json["state"].text, "\(list.json["items"].count ?? -1) open",
                    found.json["items"][0]["state"].text, "\(hidden.json["items"].count ?? -1) open here",
                    "\(shown.json["items"].count ?? -1) accepted",
                    found.json["items"][0]["exceptions"][0]["decision"]["name"].text,
                ]
            }
            let open: [String?] = ["open", "1 open", "open", "1 open here", "0 accepted", nil]
            #expect(try await state() == open)
            #expect(try await client.send(.put, "\(path)/decision", token: asks, json: yes).refusal == "403 forbidden")
            let decided = try await client.send(.put, "\(path)/decision", token: owner, json: yes)
            #expect(decided.json["state"].text == "active")
            #expect(
                try await state() == [
                    "accepted", "0 open", "accepted", "0 open here", "1 accepted", installation.red.owner.email,
                ])
            let counted = try await client.send(.get, "/v1/agents/\(agent)", token: asks)
            #expect(counted.json["counts"]["total"].int == 1)
            #expect(counted.json["accepted"]["total"].int == 1)
            #expect(
                try await client.send(.put, "\(path)/decision", token: owner, json: yes).refusal == "409 decided")
            let lifetime = try #require(try? Date.ISO8601FormatStyle().parse(Self.end))
            installation.clock.advance(seconds: lifetime.timeIntervalSince(installation.clock.now))
            // Sessions ended meanwhile; nothing else had to happen.
            let later = try await installation.token(analyst)
            let reopened = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464", token: later)
            #expect(reopened.json["state"].text == "open")
            let list = try await client.send(.get, "/v1/exceptions?state=expired", token: later)
            #expect(list.json["items"][0]["id"].text == asked.json["id"].text)
        }
    }

    @Test func nobodyApprovesAnOwnRequestAndNoProgramDecides() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            let body = #"{"package":"pkg:deb/debian/openssl","reason":"x","expires_at":"\#(Self.end)"}"#
            let asked = try await client.send(.post, "/v1/exceptions", token: owner, json: body)
            #expect(asked.json["package"].text == "pkg:deb/debian/openssl")
            let path = "/v1/exceptions/\(asked.json["id"].text ?? "")"
            let yes = #"{"approved":true}"#
            #expect(
                try await client.send(.put, "\(path)/decision", token: owner, json: yes).refusal == "403 own_request")
            let made = try await client.send(
                .post, "/v1/api-tokens", token: owner,
                json: #"{"name":"ci","scopes":["exceptions:write","findings:read"],"expires_in":3600}"#)
            let program = try #require(made.json["token"].text)
            #expect(
                try await client.send(.put, "\(path)/decision", token: program, json: yes).refusal == "403 forbidden")
            #expect(try await client.send(.post, "/v1/exceptions", token: program, json: body).status == .created)
            #expect(try await client.send(.delete, "\(path)?reason=mistake", token: owner).status == .noContent)
            let one = try await client.send(.get, path, token: owner)
            #expect(one.json["state"].text == "revoked")
            #expect(one.json["revocation"]["comment"].text == "mistake")
            #expect(try await client.send(.delete, path, token: owner).status == .noContent, "again")
        }
    }

    @Test(arguments: [
        (#"{"reason":"x","expires_at":"2026-12-31T00:00:00Z"}"#, "a vulnerability or a package"),
        (#"{"vulnerability":"CVE-1999-1","reason":"x","expires_at":"2026-12-31T00:00:00Z"}"#, "one that is known"),
        (#"{"vulnerability":"CVE-2023-0464","reason":"","expires_at":"2026-12-31T00:00:00Z"}"#, "a reason"),
        (#"{"vulnerability":"CVE-2023-0464","reason":"x","expires_at":"2020-01-01T00:00:00Z"}"#, "a time ahead"),
        (#"{"vulnerability":"CVE-2023-0464","reason":"x","expires_at":"2036-01-01T00:00:00Z"}"#, "within a year"),
        (#"{"vulnerability":"CVE-2023-0464","reason":"x","expires_at":"tomorrow"}"#, "a time"),
        (#"{"vulnerability":"CVE-2023-0464","reason":"x"}"#, "an end"),
        (#"{"package":"pkg:deb/debian/a@1","reason":"x","expires_at":"2026-12-31T00:00:00Z"}"#, "no version"),
        (#"{"package":"openssl","reason":"x","expires_at":"2026-12-31T00:00:00Z"}"#, "a package URL"),
        (
            #"{"vulnerability":"CVE-2023-0464","label":" a","reason":"x","expires_at":"2026-12-31T00:00:00Z"}"#,
            "a label that can be set"
        ),
    ])
    func aRequestNeeds(_ body: String, _ what: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let reply = try await client.send(.post, "/v1/exceptions", token: token, json: body)
            #expect(reply.refusal == "400 invalid_request", "\(what)")
        }
    }

    @Test func labelsAreSetAndShown() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let path = "/v1/agents/\(installation.red.agentID)"
            let set = try await client.send(
                .put, "\(path)/labels", token: token, json: #"{"labels":["lab","edge","lab"]}"#)
            #expect(set.status == .noContent, "\(set.refusal)")
            let detail = try await client.send(.get, path, token: token)
            #expect(detail.json["labels"].count == 2)
            #expect(detail.json["labels"][0].text == "edge")
            let list = try await client.send(.get, "/v1/agents", token: token)
            #expect(list.json["items"][0]["labels"][1].text == "lab")
            for labels in [
                #"["a,b"]"#, #"[""]"#,
                "[\(Array(repeating: 0, count: 51).indices.map { "\"l\($0)\"" }.joined(separator: ","))]",
            ] {
                let reply = try await client.send(
                    .put, "\(path)/labels", token: token, json: #"{"labels":\#(labels)}"#)
                #expect(reply.refusal == "400 invalid_request", "\(labels)")
            }
        }
    }
}
