import DataServersTesting
import Foundation
import JobQueue
import RedisClient
import RedisJobQueue
import Settings
import Testing

@Suite("Leading in Redis", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(4)))
struct RedisLeadershipTests {
    /// Two processes that could do the same, on a server of their own.
    private func withTwo(
        _ body: (RedisClient, RedisLeadership, RedisLeadership) async throws -> Void
    ) async throws {
        let server = try await LocalRedis.start()
        var configuration = RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: server.port)])
        configuration.timeout = .seconds(30)
        let clients = [try RedisClient(configuration), try RedisClient(configuration)]
        defer { for client in clients { client.shutDown() } }
        try await body(
            clients[0], RedisLeadership(client: clients[0], task: "t"), RedisLeadership(client: clients[1], task: "t"))
    }

    @Test("one leads until it resigns, and other work has another leader") func one() async throws {
        try await withTwo { client, first, second async throws in
            #expect(try await first.lead(for: .seconds(600)))
            #expect(try await !second.lead(for: .seconds(600)))
            #expect(try await first.lead(for: .seconds(600)), "keeps what it has")
            #expect(try await RedisLeadership(client: client, task: "u").lead(for: .seconds(600)))
            await second.resign()
            #expect(try await !second.lead(for: .seconds(600)), "resigning takes nothing from the other")
            await first.resign()
            #expect(try await second.lead(for: .seconds(600)))
        }
    }

    @Test("the next one leads when the term of one that died is over") func death() async throws {
        try await withTwo { _, first, second async throws in
            #expect(try await first.lead(for: .milliseconds(1)))
            while try await !second.lead(for: .seconds(600)) {}
            #expect(try await !first.lead(for: .seconds(600)))
        }
    }

    @Test("after a flush whoever asks first leads, and the one before learns of it") func flush() async throws {
        try await withTwo { client, first, second async throws in
            #expect(try await first.lead(for: .seconds(600)))
            try await client.send(RedisCommand("FLUSHALL"), key: nil)
            #expect(try await second.lead(for: .seconds(600)))
            #expect(try await !first.lead(for: .seconds(600)))
        }
    }
}
