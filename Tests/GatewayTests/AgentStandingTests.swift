import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing
import Wire

@testable import Gateway

/// Agents that are kept out cannot do anything from that moment on, whatever tokens they hold.
struct AgentStandingTests {
    private func beat(
        _ client: any TestClientProtocol, _ agent: TestAgent, _ token: String, boot: Int? = nil
    ) async throws -> String {
        var body = String(decoding: agent.heartbeat(nil), as: UTF8.self)
        if let boot { body = body.replacing(#""hostname":"db""#, with: #""hostname":"db","boot_time":\#(boot)"#) }
        let reply = try await agent.send(
            client, .post, AgentProtocol.heartbeatPath, token: token, body: Array(body.utf8))
        return reply.status == .ok ? "ok" : reply.refusal
    }

    @Test(arguments: TestBackend.Kind.available)
    func tokensOfAnAgentThatIsKeptOutEndAtOnce(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
        let path = "/v1/agents/\(installation.red.agentID)/standing"
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            func set(_ standing: String) async throws -> String {
                let reply = try await client.send(
                    .put, path, token: owner, json: #"{"standing":"\#(standing)","reason":"looks odd"}"#)
                return reply.status == .noContent ? "ok" : reply.refusal
            }
            let token = try await agent.token(client, installation.red.agentID)
            #expect(try await beat(client, agent, token) == "ok")
            #expect(try await set("quarantined") == "ok")
            #expect(try await beat(client, agent, token) == "401 unknown_agent")
            await #expect(throws: Unexpected.self, "no new token either") {
                _ = try await agent.token(client, installation.red.agentID)
            }
            let list = try await client.send(.get, "/v1/barred-agents", token: owner)
            #expect(list.json["items"][0]["reason"].text == "looks odd")
            #expect(try await set("active") == "ok")
            #expect(try await beat(client, agent, token) == "ok")
            #expect(try await set("revoked") == "ok")
            #expect(try await set("active") == "409 agent_revoked")
            #expect(try await beat(client, agent, token) == "401 unknown_agent")
            let enroll = Array(
                #"{"token":"\#(installation.red.invitationSecret)","facts":\#(TestAgent.facts)}"#.utf8)
            let again = try await agent.send(client, .post, AgentProtocol.enrollPath, body: enroll)
            #expect(again.refusal == "403 agent_barred")
            #expect(
                try await client.send(.put, path, token: owner, json: #"{"standing":"active","reason":""}"#).status
                    == .badRequest)
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func whatAnotherGatewayKeptOutIsNoticedWithinTheInterval(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
        try await installation.run { client async throws in
            let token = try await agent.token(client, installation.red.agentID)
            #expect(try await beat(client, agent, token) == "ok")
            try await installation.store.setStanding(
                scope: installation.red.scope, agentID: installation.red.agentID, standing: .revoked, reason: "stolen",
                at: installation.clock.now)
            installation.clock.advance(seconds: 1)
            #expect(try await beat(client, agent, token) == "401 unknown_agent")
            let other = TestAgent(key: installation.blue.agentKey, clock: installation.clock)
            let theirs = try await other.token(client, installation.blue.agentID)
            #expect(try await beat(client, other, theirs) == "ok", "nobody else is concerned")
        }
    }

    @Test(arguments: [Int.min, -1, 253_402_300_800, .max])
    func aBootTimeThatIsNoneIsRefused(boot: Int) async throws {
        let installation = try await Installation()
        let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
        try await installation.run { client async throws in
            let token = try await agent.token(client, installation.red.agentID)
            #expect(try await beat(client, agent, token, boot: 1_789_000_000) == "ok")
            #expect(try await beat(client, agent, token, boot: boot).hasPrefix("400 "))
            #expect(try await beat(client, agent, token, boot: 1_789_000_000) == "ok")
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func oneKeyOnTwoMachinesShutsBothOut(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
        try await installation.run { client async throws in
            let (first, second) = (
                try await agent.token(client, installation.red.agentID),
                try await agent.token(client, installation.red.agentID)
            )
            #expect(try await beat(client, agent, first, boot: 1_789_000_000) == "ok")
            #expect(try await beat(client, agent, second, boot: 1_789_900_000) == "ok", "may have booted again")
            #expect(try await beat(client, agent, first, boot: 1_789_000_000) == "401 unknown_agent")
            #expect(try await beat(client, agent, second, boot: 1_789_900_000) == "401 unknown_agent")
            let owner = try await installation.token(installation.red.owner)
            let list = try await client.send(.get, "/v1/barred-agents", token: owner)
            #expect(list.json["items"][0]["standing"].text == "quarantined")
            #expect(list.json["items"][0]["reason"].text?.hasPrefix("one key on two machines") == true)
        }
    }
}
