import DataServersTesting
import Foundation
import HummingbirdTesting
import Logging
import RedisClient
import Settings
import Stores
import Synchronization
import Testing
import Wire

@testable import Gateway

/// Two gateways of one installation: what one has seen the other knows.
@Suite(.enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(3)))
struct SharedMemoryTests {
    /// A Redis of its own.
    private static func withRedis(_ test: (LocalServer, RedisClient) async throws -> Void) async throws {
        let server = try await LocalRedis.start()
        let client = try RedisClient(
            RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: server.port)]))
        defer { client.shutDown() }
        try await test(server, client)
    }

    /// Both gateways serve the same store.
    private static func withTwoGateways(
        _ client: RedisClient, _ change: (inout GatewayConfiguration) -> Void = { _ in },
        _ test: @Sendable (Installation, any TestClientProtocol, any TestClientProtocol) async throws -> Void
    ) async throws {
        let installation = try await Installation(sharing: RedisSharedMemory(client), change)
        let other = try await installation.application()
        try await installation.run { here in
            try await other.test(.router) { there in try await test(installation, here, there) }
        }
    }

    @Test func wrongPasswordsCountOverAllGatewaysAndTheRightOneForgetsThem() async throws {
        try await Self.withRedis { server, client in
            try await Self.withTwoGateways(client, { $0.limits.failedSignInsPerEmail = 3 }) {
                installation, here, there in
                let (owner, viewer) = (installation.red.owner, installation.red.viewer)
                for gateway in [here, there, here] {
                    #expect(try await gateway.signIn(owner, password: "wrong").refusal == "401 invalid_credentials")
                }
                for gateway in [there, here] {
                    let refused = try await gateway.signIn(owner)
                    #expect(refused.refusal == "429 rate_limited")
                    #expect((Int(refused.headers[.retryAfter] ?? "") ?? 0) > 0)
                }
                for gateway in [here, there] {
                    #expect(try await gateway.signIn(viewer, password: "wrong").refusal == "401 invalid_credentials")
                }
                #expect(try await there.signIn(viewer).status == .ok)
                for gateway in [here, there] {
                    #expect(try await gateway.signIn(viewer, password: "wrong").refusal == "401 invalid_credentials")
                }
                #expect(try await here.signIn(viewer).status == .ok, "the count began anew")
                let keys = try await client.send(RedisCommand("KEYS", ["zt:*"]), key: nil)
                #expect(!"\(keys)".contains("red.example"), "no e-mail is told")
                #expect(!(keys.array ?? []).isEmpty)
            }
        }
    }

    @Test func aProofThatOneGatewayHasSeenIsRefusedByTheOther() async throws {
        try await Self.withRedis { server, client in
            try await Self.withTwoGateways(client) { installation, here, there in
                let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
                let token = try await agent.token(here, installation.red.agentID)
                let proof = try agent.proof("POST", AgentProtocol.heartbeatPath, token: token)
                func beat(_ gateway: any TestClientProtocol, _ proof: String? = nil) async throws -> TestResponse {
                    try await agent.send(
                        gateway, .post, AgentProtocol.heartbeatPath, token: token, body: agent.heartbeat(nil),
                        proof: proof)
                }
                #expect(try await beat(here, proof).status == .ok)
                #expect(try await beat(there, proof).refusal == "401 proof_replayed")
                #expect(try await beat(there).status == .ok)
            }
        }
    }

    @Test func withoutRedisEachGatewayGoesOnAlone() async throws {
        try await Self.withRedis { server, client in
            try await Self.withTwoGateways(client, { $0.limits.failedSignInsPerEmail = 2 }) {
                installation, here, there in
                let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
                server.kill()
                #expect(try await here.signIn(installation.red.owner).status == .ok)
                let token = try await agent.token(here, installation.red.agentID)
                let proof = try agent.proof("POST", AgentProtocol.heartbeatPath, token: token)
                for expected in ["ok", "401 proof_replayed"] {
                    let reply = try await agent.send(
                        here, .post, AgentProtocol.heartbeatPath, token: token, body: agent.heartbeat(nil),
                        proof: proof)
                    #expect((reply.status == .ok ? "ok" : reply.refusal) == expected)
                }
                for expected in ["401 invalid_credentials", "401 invalid_credentials", "429 rate_limited"] {
                    let refused = try await there.signIn(installation.red.viewer, password: "wrong")
                    #expect(refused.refusal == expected)
                }
            }
        }
    }

    @Test func attemptsAndNotesEndWithTheirTime() async throws {
        try await Self.withRedis { server, client in
            let memory = RedisSharedMemory(client)
            #expect(try await memory.noteOnce("a", for: .seconds(3_600)))
            #expect(try await !memory.noteOnce("a", for: .seconds(3_600)))
            #expect(try await memory.countAttempt("k", limit: 2, window: .seconds(100)) == nil)
            #expect(try await memory.countAttempt("k", limit: 2, window: .seconds(100)) == nil)
            let wait = try #require(try await memory.countAttempt("k", limit: 2, window: .seconds(100)))
            #expect(wait > .seconds(1) && wait <= .seconds(100))
            try await memory.takeBackAttempt("k")
            #expect(try await memory.countAttempt("k", limit: 2, window: .seconds(100)) == nil)
            try await memory.forgetAttempts("k")
            try await memory.takeBackAttempt("k")
            #expect(try await memory.countAttempt("k", limit: 1, window: .seconds(100)) == nil, "not below none")
            for key in ["zt:once:a", "zt:attempts:k"] {
                let left = try await client.send(RedisCommand("PTTL", [.text(key)]), key: key).integer ?? -1
                #expect(left > 0, "\(key) ends by itself")
            }
        }
    }
}
