import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

/// Who deals with what until when.
struct TriageTests {
    @Test(arguments: TestBackend.Kind.available)
    func dueDatesFollowThePolicyAndTheTime(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            let path = "/v1/vulnerabilities/CVE-2023-0464"
            let before = try await client.send(.get, path, token: owner)
            #expect(before.json["due_at"].isNull, "no policy, no dates")
            let set = try await client.send(
                .put, "/v1/sla-policy", token: owner,
                json: #"{"severity":{"high":30},"decision":{"act":3},"exploited":14}"#)
            #expect(set.json["exploited"].int == 14, "\(set.refusal)")
            let one = try await client.send(.get, path, token: owner)
            let finding = try await client.send(
                .get, "/v1/agents/\(installation.red.agentID)/findings", token: owner)
            let agents = try await client.send(.get, "\(path)/agents", token: owner)
            let due = installation.clock.now.addingTimeInterval(14 * 86_400).formatted(.iso8601)
            #expect(one.json["due_at"].text == due, "exploited, which is due before what is high")
            #expect(finding.json["items"][0]["due_at"].text == due)
            #expect(agents.json["items"][0]["due_at"].text == due)
            let early = try await client.send(.get, "/v1/vulnerabilities?overdue=true", token: owner)
            #expect(early.json["items"].count == 0)
            installation.clock.advance(seconds: 14 * 86_400)
            let token = try await installation.token(installation.red.owner)
            let late = try await client.send(.get, "/v1/vulnerabilities?overdue=true", token: token)
            #expect(late.json["items"].count == 1)
            #expect(late.json["items"][0]["overdue"].value as? Bool == true)
            let overview = try await client.send(.get, "/v1/overview", token: token)
            #expect(overview.json["overdue"].int == 1)
        }
    }

    @Test func theOverviewShowsWhatAPolicyChangesAtOnce() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            installation.clock.advance(seconds: 60)
            let before = try await client.send(.get, "/v1/overview", token: owner)
            #expect(before.json["overdue"].int == 0)
            let set = try await client.send(
                .put, "/v1/sla-policy", token: owner, json: #"{"severity":{},"decision":{},"exploited":0}"#)
            #expect(set.status == .ok, "\(set.refusal)")
            let after = try await client.send(.get, "/v1/overview", token: owner)
            #expect(after.json["overdue"].int == 1)
        }
    }

    @Test(arguments: [
        #"{"severity":{"awful":1}}"#, #"{"severity":{"high":-1}}"#, #"{"decision":{"act":4000}}"#,
        #"{"exploited":"x"}"#, #"{"severity":null}"#, #"[]"#,
    ])
    func aPolicyThatMakesNoSenseIsRefused(_ body: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let reply = try await client.send(.put, "/v1/sla-policy", token: token, json: body)
            #expect(reply.refusal == "400 invalid_request")
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func aVulnerabilityIsGivenToSomebodyAndWrittenAbout(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            let viewer = installation.red.viewer
            let given = try await client.send(
                .put, "/v1/vulnerabilities/DSA-5417-1/assignee", token: owner, json: #"{"user_id":"\#(viewer.id)"}"#)
            #expect(given.status == .noContent, "\(given.refusal)")
            let own = try await installation.token(viewer)
            let mine = try await client.send(.get, "/v1/vulnerabilities?assignee=me", token: own)
            #expect(mine.json["items"][0]["id"].text == "CVE-2023-0464")
            #expect(mine.json["items"][0]["assignee"]["name"].text == viewer.email)
            let others = try await client.send(.get, "/v1/vulnerabilities?assignee=me", token: owner)
            #expect(others.json["items"].count == 0)
            let foreign = try await client.send(
                .put, "/v1/vulnerabilities/CVE-2023-0464/assignee", token: owner,
                json: #"{"user_id":"\#(installation.blue.viewer.id)"}"#)
            #expect(foreign.refusal == "404 not_found", "another company's user")
            let nobody = try await client.send(
                .put, "/v1/vulnerabilities/CVE-2023-0464/assignee", token: owner, json: "{}")
            #expect(nobody.refusal == "400 invalid_request", "only null takes it away")
            let notes = "/v1/vulnerabilities/CVE-2023-0464/notes"
            let note = try await client.send(
                .post, notes, token: owner,
                json: #"{"text":"asked the vendor","package":"pkg:deb/debian/openssl@3.0.9-1"}"#)
            #expect(note.status == .created, "\(note.refusal)")
            #expect(note.json["package"].text == "pkg:deb/debian/openssl")
            let list = try await client.send(.get, "/v1/vulnerabilities/DSA-5417-1/notes", token: own)
            #expect(list.json["items"][0]["text"].text == "asked the vendor", "under an alias as well")
            #expect(list.json["items"][0]["author"].text == installation.red.owner.email)
            #expect(try await client.send(.post, notes, token: owner, json: #"{"text":""}"#).status == .badRequest)
            #expect(try await client.send(.post, notes, token: own, json: #"{"text":"x"}"#).refusal == "403 forbidden")
            #expect(try await client.send(.get, "/v1/vulnerabilities/X/notes", token: own).refusal == "404 not_found")
        }
    }
}
