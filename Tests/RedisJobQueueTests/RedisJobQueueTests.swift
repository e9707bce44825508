import DataServersTesting
import Foundation
import JobQueue
import Settings
@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import RedisClient
@testable import RedisJobQueue

@Suite("Partitions of the queue") struct QueuePartitionTests {
    @Test("each has its own part of the slots, and all its keys in one of them", arguments: [1, 3, 4, 16])
    func spread(_ count: Int) {
        let partitions = QueuePartition.all(count, prefix: "zerotrace")
        for (index, partition) in partitions.enumerated() {
            let slots = Set(partition.keys.map(RedisSlot.of))
            #expect(slots.count == 1 && Set(partition.keys).count == 18)
            let width = RedisSlot.count / count
            #expect(count == 1 || slots.allSatisfy { $0 / width == index })
        }
        #expect(partitions.map(\.keys) == QueuePartition.all(count, prefix: "zerotrace").map(\.keys))
    }

    @Test("companies are spread over them") func companies() {
        var counts = [0, 0, 0, 0]
        for _ in 0..<4_000 {
            counts[QueuePartition.index(of: CompanyScope(companyID: CompanyID()), count: 4)] += 1
        }
        #expect(counts.allSatisfy { (800...1_200).contains($0) }, "\(counts)")
    }
}

@Suite("The queue in Redis", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(4)))
struct RedisJobQueueTests {
    func hint(_ number: Int = 0, of scope: CompanyScope) -> WorkHint {
        WorkHint(scope: scope, priority: WorkPriority.allCases[number % 4], subject: "\(number)")
    }

    @Test("two processes on a cluster share the partitions: every hint once, no company twice at once")
    func processes() async throws {
        let configuration = try await QueueBackends.clusterConfiguration()
        let scopes = (0..<12).map { _ in CompanyScope(companyID: CompanyID()) }
        let hints = Set(scopes.flatMap { scope in (0..<10).map { hint($0, of: scope) } })
        try await QueueBackends.withQueue(configuration, partitions: 4) { here in
            try await QueueBackends.withQueue(configuration, partitions: 4) { there in
                for hint in hints { try await here.enqueue(hint) }
                #expect(
                    try await there.statistics().pending == [
                        .routine: 36, .change: 36, .firstInventory: 24, .knownExploitedChange: 24,
                    ])
                var served: [WorkHint] = []
                while served.count < hints.count {
                    // Later, one company may be all that is left, and one lease all that can be had.
                    let isForTwo = served.count < hints.count / 2
                    async let first = here.lease(upTo: 3, for: .seconds(60))
                    async let second = isForTwo ? there.lease(upTo: 3, for: .seconds(60)) : nil
                    let leases = try await [first, second].compactMap { $0 }
                    #expect(Set(leases.map(\.scope)).count == leases.count)
                    for lease in leases {
                        served += lease.hints
                        try await there.complete(lease)
                    }
                }
                #expect(served.count == hints.count && Set(served) == hints)
                #expect(try await here.statistics().totals[.completed] == hints.count)
            }
        }
    }

    @Test("a queue that was flushed starts anew, and gives no lease the name of an older one") func flushed()
        async throws
    {
        let server = try await LocalRedis.start()
        let scope = CompanyScope(companyID: CompanyID())
        try await QueueBackends.withQueue(own(server)) { queue in
            try await queue.enqueue(hint(of: scope))
            let old = try #require(try await queue.lease(for: .seconds(60)))
            let client = try RedisClient(own(server))
            try await client.send(RedisCommand("FLUSHALL"), key: nil)
            client.shutDown()
            try await queue.enqueue(hint(of: scope))
            let new = try #require(try await queue.lease(for: .seconds(60)))
            #expect(new.hints == old.hints && new.id > old.id)
            try await queue.complete(old)
            #expect(try await queue.statistics().leases == 1)
            try await queue.complete(new)
            #expect(try await queue.statistics().leases == 0)
        }
    }

    @Test("whichever of its keys is lost, after tidying all work that is hinted at again is done") func evicted()
        async throws
    {
        let server = try await LocalRedis.start()
        let scopes = (0..<3).map { _ in CompanyScope(companyID: CompanyID()) }
        let hints = scopes.flatMap { scope in (0..<5).map { hint($0, of: scope) } }
        let client = try RedisClient(own(server))
        defer { client.shutDown() }
        for place in QueuePartition.all(1, prefix: "x")[0].keys.indices {
            var configuration = own(server)
            configuration.prefix = "eviction-\(place)"
            let key = QueuePartition.all(1, prefix: configuration.prefix)[0].keys[place]
            try await QueueBackends.withQueue(configuration) { queue in
                for hint in hints { try await queue.enqueue(hint) }
                let failed = try #require(try await queue.lease(upTo: 1, for: .seconds(60)))
                try await queue.finish(failed, failures: [WorkFailure(subject: failed.hint.subject, reason: "broken")])
                let held = try #require(try await queue.lease(upTo: 1, for: .seconds(60)))
                try await client.send(RedisCommand("DEL", [.text(key)]), key: nil)
                try await queue.tidy()
                try await queue.complete(held)
                for hint in hints { try await queue.enqueue(hint) }
                var served: Set<WorkHint> = []
                while try await queue.statistics().pending.values.reduce(0, +) > 0 {
                    let lease = try #require(try await queue.lease(upTo: 9, for: .seconds(60)))
                    served.formUnion(lease.hints)
                    try await queue.complete(lease)
                }
                // What failed rests, unless all was forgotten.
                #expect(served.union([failed.hint]) == Set(hints), "\(key)")
                try await queue.tidy()
            }
        }
    }

    @Test("while the server is away calls fail, and afterwards they work") func restarted() async throws {
        let server = try await LocalRedis.start()
        let scope = CompanyScope(companyID: CompanyID())
        try await QueueBackends.withQueue(own(server)) { queue in
            try await queue.enqueue(hint(of: scope))
            server.kill()
            await #expect(throws: JobQueueError.self) { try await queue.enqueue(hint(of: scope)) }
            await #expect(throws: JobQueueError.self) { _ = try await queue.lease(for: .seconds(60)) }
            try await server.start()
            while (try? await queue.enqueue(hint(of: scope))) == nil { await Task.yield() }
            #expect(try await queue.lease(for: .seconds(60))?.hint == hint(of: scope))
        }
    }

    @Test("a worker that waits in another process is woken by the channel") func woken() async throws {
        let server = try await LocalRedis.start()
        let scope = CompanyScope(companyID: CompanyID())
        let configuration = own(server)
        // By this clock nobody ever asks again by himself.
        let clock = StoppedClock()
        try await QueueBackends.withQueue(configuration) { here in
            let client = try RedisClient(configuration)
            defer { client.shutDown() }
            let there = RedisJobQueue(client: client, clock: clock)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await there.run() }
                async let lease = there.lease(for: .seconds(60))
                try await here.enqueue(hint(of: scope))
                #expect(try await lease?.hint == hint(of: scope))
                group.cancelAll()
            }
        }
    }

    @Test("killed and emptied in the middle of work, again and again: with a sweep, all of it is done") func chaos()
        async throws
    {
        let server = try await LocalRedis.start()
        let scopes = (0..<5).map { _ in CompanyScope(companyID: CompanyID()) }
        let store = Store(scopes.flatMap { scope in (0..<200).map { hint($0, of: scope) } })
        try await QueueBackends.withQueue(own(server)) { queue in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while !store.isEmpty, !Task.isCancelled {
                            // Calls fail while the server is away. Workers and sweeps just go on.
                            guard let lease = try? await queue.lease(upTo: 7, for: .seconds(5)) else {
                                try await Self.rest()
                                continue
                            }
                            store.remove(lease.hints)
                            try? await queue.complete(lease)
                        }
                    }
                }
                group.addTask {
                    while !store.isEmpty {
                        for hint in store.some(100) { try? await queue.enqueue(hint) }
                        try await Self.rest()
                    }
                }
                for left in [800, 500, 200] {
                    while store.count > left { try await Self.rest() }
                    server.kill()
                    try await server.start()
                }
                while !store.isEmpty { try await Self.rest() }
                group.cancelAll()
            }
        }
        #expect(store.isEmpty)
    }

    /// Between two looks at something that takes a while.
    private static func rest() async throws { try await Task.sleep(for: .milliseconds(5)) }

    private func own(_ server: LocalServer) -> RedisConfiguration {
        var configuration = RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: server.port)])
        configuration.timeout = .seconds(30)
        return configuration
    }
}

/// What there is to do, as a database would know it.
private final class Store: Sendable {
    private let pending: Mutex<Set<WorkHint>>
    init(_ hints: [WorkHint]) { pending = Mutex(Set(hints)) }
    var count: Int { pending.withLock { $0.count } }
    var isEmpty: Bool { count == 0 }
    func some(_ count: Int) -> [WorkHint] { pending.withLock { Array($0.prefix(count)) } }
    func remove(_ hints: [WorkHint]) { pending.withLock { $0.subtract(hints) } }
}

/// Stands still; who sleeps by it sleeps until cancelled.
private struct StoppedClock: Clock {
    typealias Instant = ContinuousClock.Instant
    let now = ContinuousClock.now
    var minimumResolution: Duration { .zero }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await Task.sleep(for: .seconds(86_400))
    }
}
