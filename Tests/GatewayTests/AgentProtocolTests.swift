import BoundedInput
import Crypto
import HTTPTypes
import HummingbirdTesting
import Inventory
import JobQueue
import PackageIdentity
import Stores
import Testing
import Wire

@testable import Gateway

struct AgentProtocolTests {
    private let full = ["Content-Type": AgentProtocol.inventoryMediaType, "Content-Encoding": "gzip"]
    private let delta = ["Content-Type": AgentProtocol.inventoryDeltaMediaType, "Content-Encoding": "gzip"]

    @Test func anAgentEnrollsReportsAndStaysInSync() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: .init(), clock: installation.clock)
            let enrolled = try await agent.enroll(client, installation.red.invitationSecret)
            #expect(enrolled.status == .created)
            #expect(enrolled.json["company"].text == "red")
            let again = try await agent.enroll(client, installation.red.invitationSecret)
            #expect(again.json["agent_id"].text == enrolled.json["agent_id"].text)

            let id = try #require(AgentID(enrolled.json["agent_id"].text ?? ""))
            let token = try await agent.token(client, id)
            let inventory = Inventory(Sample.packages)
            let beat = try await agent.beat(client, token, inventory.digest.description)
            #expect(beat.json["action"].text == "send_full")
            let put = try await agent.put(client, token, inventory.encoded(), full)
            #expect(put.status == .accepted)
            #expect(put.json["digest"].text == inventory.digest.description)
            #expect(try await agent.beat(client, token, inventory.digest.description).json["action"].text == "in_sync")
            let lease = try #require(try await installation.queue.lease(for: .seconds(10)))
            #expect(lease.scope == installation.red.scope && lease.hint.priority == .firstInventory)
            #expect(AgentID(lease.hint.subject) != nil, "each agent's work can fail on its own")
        }
    }

    @Test func aDeltaLeadsFromWhatTheServerHolds() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let (old, new) = (Inventory(Sample.packages), Inventory(Sample.packages.prefix(1)))
            let beat = try await agent.beat(client, token, new.digest.description)
            #expect(beat.json["action"].text == "send_delta")
            #expect(beat.json["base"].text == old.digest.description)
            let put = try await agent.put(client, token, new.delta(from: old).encoded(), delta)
            #expect(put.status == .accepted)
            let lease = try #require(try await installation.queue.lease(for: .seconds(10)))
            #expect(lease.hint.priority == .change)
        }
    }

    @Test func aDeltaThatDoesNotFitIsRefused() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let (held, unheld) = (Inventory(Sample.packages), Inventory(Sample.packages.prefix(1)))
            let unknown = try await agent.put(client, token, held.delta(from: unheld).encoded(), delta)
            #expect(unknown.refusal == "409 base_unknown")
            let lying = InventoryDelta(base: held.digest, target: held.digest, added: [], removed: [held.packages[0]])
            #expect(try await agent.put(client, token, lying.encoded(), delta).refusal == "400 digest_mismatch")
        }
    }

    @Test func aProofWorksOnceInItsTimeForItsRequest() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let path = AgentProtocol.heartbeatPath
            func send(_ proof: String) async throws -> TestResponse {
                try await agent.send(
                    client, .post, path, token: token, body: agent.heartbeat(nil), proof: proof)
            }
            let proof = try agent.proof("POST", path, token: token)
            #expect(try await send(proof).status == .ok)
            #expect(try await send(proof).refusal == "401 proof_replayed")
            let early = try await send(try agent.proof("POST", path, token: token, skew: -301))
            #expect(early.refusal == "401 clock_skew")
            #expect(early.json["server_time"].int == 1_790_000_000)
            #expect(try await send(try agent.proof("POST", path, token: token, skew: 300)).status == .ok)
            #expect(try await send(try agent.proof("POST", path, token: token, skew: 301)).refusal == "401 clock_skew")
            #expect(try await send(try agent.proof("PUT", path, token: token)).refusal == "401 invalid_proof")
            #expect(try await send(try agent.proof("POST", "/x", token: token)).refusal == "401 invalid_proof")
            #expect(try await send(try agent.proof("POST", path)).refusal == "401 invalid_proof")
            #expect(try await send("x.y.z").refusal == "401 invalid_proof")
        }
    }

    @Test func aStolenTokenIsOfNoUseWithoutTheKey() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let thief = TestAgent(key: .init(), clock: installation.clock)
            #expect(try await thief.beat(client, token, nil).refusal == "401 unauthorized")
            let body = Array(#"{"agent_id":"\#(installation.red.agentID)"}"#.utf8)
            let reply = try await thief.send(client, .post, AgentProtocol.tokenPath, body: body)
            #expect(reply.refusal == "401 unknown_agent")
        }
    }

    @Test func enrollmentTokensEnd() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let tenant = installation.red
            #expect(
                try await TestAgent(key: .init(), clock: installation.clock).enroll(client, "zte_x").refusal
                    == "403 token_unknown")
            for expected in ["201 -", "201 -", "403 enrollment_token_used_up"] {
                let agent = TestAgent(key: .init(), clock: installation.clock)
                #expect(try await agent.enroll(client, tenant.invitationSecret).refusal == expected)
            }
            installation.clock.advance(seconds: 86401)
            let late = TestAgent(key: .init(), clock: installation.clock)
            #expect(
                try await late.enroll(client, installation.blue.invitationSecret).refusal
                    == "403 enrollment_token_expired")
        }
    }

    @Test(arguments: [
        (nil, nil, HeartbeatReply.Action.inSync), (nil, Self.one, .inSync), (Self.one, nil, .sendFull),
        (Self.one, Self.one, .inSync), (Self.one, Self.two, .sendDelta),
    ])
    func theHeartbeatSaysWhatToSend(
        _ announced: InventoryDigest?, _ received: InventoryDigest?, _ expected: HeartbeatReply.Action
    ) {
        let (action, base) = AgentProtocolRoutes.action(announced: announced, received: received)
        #expect(action == expected)
        #expect(base == (expected == .sendDelta ? received : nil))
    }

    private static let one = Inventory([]).digest
    private static let two = Inventory(Sample.packages).digest
}

extension TestAgent {
    func enroll(_ client: any TestClientProtocol, _ secret: String) async throws -> TestResponse {
        try await send(
            client, .post, AgentProtocol.enrollPath, body: Array(#"{"token":"\#(secret)","facts":\#(Self.facts)}"#.utf8)
        )
    }

    func beat(_ client: any TestClientProtocol, _ token: String, _ digest: String?) async throws -> TestResponse {
        try await send(client, .post, AgentProtocol.heartbeatPath, token: token, body: heartbeat(digest))
    }

    func put(
        _ client: any TestClientProtocol, _ token: String, _ text: [UInt8], _ headers: [String: String]
    ) async throws -> TestResponse {
        try await send(
            client, .put, AgentProtocol.inventoryPath, token: token, body: Gzip.compress(text), headers: headers)
    }
}
