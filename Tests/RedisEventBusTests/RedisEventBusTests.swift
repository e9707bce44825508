import DataServersTesting
import Events
import EventsTesting
import Foundation
import RedisClient
import RedisEventBus
import Settings
@_spi(Minting) import Stores
import Testing

@Suite("Event buses do what they owe", .timeLimit(.minutes(5)))
struct EventBusTests {
    @Test("embedded", arguments: BusConformanceCase.all)
    func embedded(_ one: BusConformanceCase) async throws {
        let bus = EmbeddedEventBus()
        try await one.run(bus, bus)
    }

    @Test("Redis", .enabled(if: LocalRedis.isInstalled, "no redis-server"), arguments: BusConformanceCase.all)
    func redis(_ one: BusConformanceCase) async throws {
        let server = try await LocalRedis.start()
        try await withBuses(configuration([server])) { here, there in try await one.run(here, there) }
    }

    @Test(
        "Redis Cluster: published on one node, heard on another",
        .enabled(if: LocalRedis.isInstalled, "no redis-server"))
    func cluster() async throws {
        let password = "secret of the cluster"
        let nodes = try await LocalRedis.startCluster(password: password)
        for node in nodes {
            var configuration = configuration([node])
            configuration.isCluster = true
            configuration.password = Secret(password)
            try await withBuses(configuration) { here, there in
                for one in BusConformanceCase.all { try await one.run(here, there) }
            }
        }
    }

    @Test(
        "after Redis was killed and is back, subscribers catch up and then hear again",
        .enabled(if: LocalRedis.isInstalled, "no redis-server"))
    func restarts() async throws {
        let server = try await LocalRedis.start()
        try await withBuses(configuration([server])) { here, there in
            let scope = CompanyScope(companyID: CompanyID())
            var iterator = there.subscribe(scope: scope, buffer: 10_000).makeAsyncIterator()
            func hear(_ wanted: EventHint) async throws {
                while let hint = try await iterator.next(), hint != wanted {}
            }
            await here.publish(Self.event(1), scope: scope)
            try await hear(.missed)
            server.kill()
            // While there is no connection, subscribers are told to look by themselves; what is published meanwhile is sent later.
            try await hear(.missed)
            await here.publish(Self.event(7), scope: scope)
            try await server.start()
            await here.publish(Self.event(8), scope: scope)
            try await hear(.missed)
            await here.publish(Self.event(9), scope: scope)
            try await hear(.appended(EventID(rawValue: 9)))
        }
    }

    @Test(
        "a company that nobody watches any more is listened to no more",
        .enabled(if: LocalRedis.isInstalled, "no redis-server"))
    func forgets() async throws {
        let server = try await LocalRedis.start()
        try await withBuses(configuration([server])) { _, there in
            for _ in 0..<3 {
                var iterator = there.subscribe(scope: CompanyScope(companyID: CompanyID()), buffer: 1)
                    .makeAsyncIterator()
                _ = try await iterator.next()
            }
            let probe = try RedisClient(configuration([server]))
            defer { probe.shutDown() }
            var channels = 1
            while channels > 0 {
                channels = try await probe.send(RedisCommand("PUBSUB", ["CHANNELS"]), key: nil).array?.count ?? 0
            }
            #expect(there.subscriberCount == 0)
        }
    }

    private static func event(_ id: Int64) -> Event {
        Event(
            id: EventID(rawValue: id), at: Date(timeIntervalSince1970: 0),
            kind: .agentEnrolled(agent: AgentID(), hostname: "host"))
    }

    private func configuration(_ servers: [LocalServer]) -> RedisConfiguration {
        RedisConfiguration(addresses: servers.map { ServerAddress(host: "127.0.0.1", port: $0.port) })
    }

    /// Lends two buses that are at work, as two processes would have them.
    private func withBuses(
        _ configuration: RedisConfiguration,
        _ body: @escaping @Sendable (RedisEventBus, RedisEventBus) async throws -> Void
    ) async throws {
        let clients = try (0..<2).map { _ in try RedisClient(configuration) }
        defer { for client in clients { client.shutDown() } }
        let buses = clients.map { RedisEventBus(client: $0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for bus in buses {
                group.addTask {
                    try await bus.run()
                    return false
                }
            }
            group.addTask {
                try await body(buses[0], buses[1])
                return true
            }
            while try await group.next() == false {}
            group.cancelAll()
        }
    }
}
