import BackendTesting
import Crypto
import Foundation
import HummingbirdTesting
import Stores
import Testing
import Wire

@testable import Gateway

/// What becomes of a machine that enrolls again is for its company to say.
struct ReenrollmentTests {
    @Test(arguments: TestBackend.Kind.available)
    func aKnownMachineIsAllowedQuarantinedOrRefused(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let red = installation.red
        try await installation.run { client async throws in
            let owner = try await installation.token(red.owner)
            func set(_ policy: String) async throws -> TestResponse {
                try await client.send(
                    .put, "/v1/enrollment-policy", token: owner, json: #"{"reenrollment":"\#(policy)"}"#)
            }
            func enroll(_ agent: TestAgent) async throws -> TestResponse {
                // The name of the machine that the company has.
                let facts = TestAgent.facts.replacing(#""db""#, with: #""WEB.red""#)
                return try await agent.send(
                    client, .post, AgentProtocol.enrollPath,
                    body: Array(#"{"token":"\#(red.invitationSecret)","facts":\#(facts)}"#.utf8))
            }
            func agent() -> TestAgent { TestAgent(key: Curve25519.Signing.PrivateKey(), clock: installation.clock) }
            let policy = try await client.send(.get, "/v1/enrollment-policy", token: owner)
            #expect(policy.json["reenrollment"].text == "allow")
            #expect(try await set("sometimes").refusal == "400 invalid_request")
            #expect(try await set("refuse").json["reenrollment"].text == "refuse")
            #expect(try await enroll(agent()).refusal == "403 machine_known")
            #expect(try await set("quarantine").status == .ok)
            let kept = agent()
            for _ in 1...2 { #expect(try await enroll(kept).refusal == "403 agent_barred") }
            let barred = try await client.send(.get, "/v1/barred-agents", token: owner)
            #expect(barred.json["items"].count == 1)
            let id = barred.json["items"][0]["id"].text ?? ""
            let standing = try await client.send(
                .put, "/v1/agents/\(id)/standing", token: owner, json: #"{"standing":"active","reason":"looked"}"#)
            #expect(standing.status.kind == .successful, "\(standing.refusal)")
            let reply = try await enroll(kept)
            #expect(reply.status == .created, "\(reply.refusal)")
            #expect(reply.json["agent_id"].text == id)
            #expect(try await set("allow").status == .ok)
            #expect(try await enroll(agent()).status == .created)
        }
    }
}
