import BackendTesting
import Crypto
import Foundation
import HummingbirdTesting
import Stores
import Testing
import Wire

@testable import Gateway

/// An agent takes another key; the one before ends.
struct AgentKeyTests {
    private static func replace(
        _ client: any TestClientProtocol, _ agent: TestAgent, _ token: String, with next: Curve25519.Signing.PrivateKey,
        proof: String? = nil
    ) async throws -> TestResponse {
        let other = TestAgent(key: next, clock: agent.clock)
        let proof = try proof ?? other.proof("PUT", AgentProtocol.keyPath, token: token)
        return try await agent.send(
            client, .put, AgentProtocol.keyPath, token: token, body: Array(#"{"proof":"\#(proof)"}"#.utf8))
    }

    @Test(arguments: TestBackend.Kind.available)
    func theNewKeyIsTheAgentAndTheOldOneIsNobody(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let id = installation.red.agentID
            let old = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let new = TestAgent(key: .init(), clock: installation.clock)
            let token = try await old.token(client, id)
            for _ in 1...2 {
                let reply = try await Self.replace(client, old, token, with: new.key)
                #expect(reply.status == .ok, "also when the first reply was lost: \(reply.refusal)")
                #expect(
                    reply.json["thumbprint"].text
                        == PossessionProof.thumbprint(publicKey: Array(new.key.publicKey.rawRepresentation)))
            }
            let body = Array(#"{"agent_id":"\#(id)"}"#.utf8)
            #expect(
                try await old.send(client, .post, AgentProtocol.tokenPath, body: body).refusal == "401 unknown_agent")
            #expect(
                try await Self.replace(client, old, token, with: .init()).refusal == "401 unknown_agent",
                "its last token changes nothing")
            let fresh = try await new.token(client, id)
            let beat = try await new.send(
                client, .post, AgentProtocol.heartbeatPath, token: fresh, body: new.heartbeat(nil))
            #expect(beat.status == .ok)
            let audit = try await client.send(
                .get, "/v1/audit?subject=\(id)", token: try await installation.token(installation.red.owner))
            #expect(audit.json["items"][0]["action"].text == "agent.key_replaced")
        }
    }

    @Test func aKeyThatIsNotProvenIsRefused() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let new = TestAgent(key: .init(), clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let path = AgentProtocol.keyPath
            let proofs = [
                "", "a.b.c", try new.proof("POST", path, token: token),
                try new.proof("PUT", AgentProtocol.inventoryPath, token: token), try new.proof("PUT", path),
                try new.proof("PUT", path, token: token, skew: -301),
            ]
            for proof in proofs {
                let reply = try await Self.replace(client, agent, token, with: new.key, proof: proof)
                #expect(["401 invalid_proof", "401 clock_skew"].contains(reply.refusal), "\(reply.refusal)")
            }
            let proof = try new.proof("PUT", path, token: token)
            #expect(try await Self.replace(client, agent, token, with: new.key, proof: proof).status == .ok)
            let again = try await Self.replace(client, agent, token, with: new.key, proof: proof)
            #expect(again.refusal == "401 proof_replayed")
        }
    }

    @Test func theKeyOfAnotherAgentOfTheCompanyIsRefused() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let second = Curve25519.Signing.PrivateKey()
            _ = try await installation.store.enrollAgent(
                token: Secret.hash(installation.red.invitationSecret),
                publicKey: Array(second.publicKey.rawRepresentation), facts: Tenant.facts(hostname: "second"),
                at: installation.clock.now)
            let token = try await agent.token(client, installation.red.agentID)
            #expect(try await Self.replace(client, agent, token, with: second).refusal == "409 already_exists")
            let blue = try await Self.replace(client, agent, token, with: installation.blue.agentKey)
            #expect(blue.status == .ok, "what another company has is nobody's business")
        }
    }
}
