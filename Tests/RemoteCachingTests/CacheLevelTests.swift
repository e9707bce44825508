import Caching
import DataServersTesting
import Foundation
import MemcachedClient
import RedisClient
import RemoteCaching
import Settings
@_spi(Minting) import Stores
import Synchronization
import Testing

/// The levels there are, each on a server of its own.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case redis, memcached
    var testDescription: String { rawValue }

    static let areInstalled = LocalRedis.isInstalled && LocalMemcached.isInstalled

    func start() async throws -> LocalServer {
        switch self {
        case .redis: try await LocalRedis.start()
        case .memcached: try await LocalMemcached.start()
        }
    }

    /// - Parameter timeout: Long where the test is about something else: the machine may be busy.
    func level(_ server: LocalServer, timeout: Duration = .seconds(20)) throws -> any CacheLevel {
        let addresses = [ServerAddress(host: "127.0.0.1", port: server.port)]
        switch self {
        case .redis: return try RedisCacheLevel(RedisConfiguration(addresses: addresses), timeout: timeout)
        case .memcached:
            var configuration = MemcachedConfiguration(addresses: addresses)
            configuration.timeout = timeout
            return MemcachedCacheLevel(configuration)
        }
    }
}

@Suite(
    "Levels of a cache do what they owe", .enabled(if: Backend.areInstalled, "no redis-server or memcached"),
    .timeLimit(.minutes(3)))
struct CacheLevelTests {
    let scope = CompanyScope(companyID: CompanyID())
    let other = CompanyScope(companyID: CompanyID())

    func key(_ name: String, kind: String = "test.1", of scope: CompanyScope? = nil) -> StoredCacheKey {
        StoredCacheKey(kind: kind, key: CompanyCacheKey(scope: scope ?? self.scope, name: name))
    }

    @Test("what is written is read, under its own name, kind and company", arguments: Backend.allCases)
    func reads(_ backend: Backend) async throws {
        let server = try await backend.start()
        let level = try backend.level(server)
        let odd = "a name\r\nwith\u{0} anything and \(String(repeating: "long ", count: 999))"
        let value = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let stamp = try await level.read(key(odd)).stamp
        #expect(stamp.isNew)
        try await level.write(value, for: key(odd), ttl: .seconds(600), stamp: stamp)
        let found = try await level.read(key(odd))
        #expect(found.entry?.bytes == value && !found.stamp.isNew)
        let remaining = try #require(found.entry).remaining
        #expect(remaining > .seconds(300) && remaining <= .seconds(600))
        for key in [key("b"), key(odd, kind: "test.2"), key(odd, of: other)] {
            #expect(try await level.read(key).entry == nil)
        }
        withExtendedLifetime(server) {}
    }

    @Test("an invalidation forgets all of a company, also what was being computed", arguments: Backend.allCases)
    func invalidates(_ backend: Backend) async throws {
        let server = try await backend.start()
        let (level, elsewhere) = (try backend.level(server), try backend.level(server))
        for scope in [scope, other] {
            let stamp = try await level.read(key("a", of: scope)).stamp
            try await level.write([1], for: key("a", of: scope), ttl: .seconds(600), stamp: stamp)
        }
        let before = try await level.read(key("slow")).stamp
        try await elsewhere.invalidate(scope: scope)
        try await level.write([2], for: key("slow"), ttl: .seconds(600), stamp: before)
        #expect(try await level.read(key("a")).entry == nil)
        #expect(try await level.read(key("slow")).entry == nil)
        #expect(try await level.read(key("a", of: other)).entry?.bytes == [1])
    }

    @Test("of two that start at once, one's entries count and none is wrong", arguments: Backend.allCases)
    func races(_ backend: Backend) async throws {
        let server = try await backend.start()
        let level = try backend.level(server)
        let (first, second) = (try await level.read(key("a")).stamp, try await level.read(key("b")).stamp)
        #expect(first.isNew && second.isNew)
        try await level.write([1], for: key("a"), ttl: .seconds(600), stamp: first)
        try await level.write([2], for: key("b"), ttl: .seconds(600), stamp: second)
        #expect(try await level.read(key("a")).entry?.bytes == [1])
        #expect(try await level.read(key("b")).entry == nil)
    }

    @Test("a server that was killed and is back serves again", arguments: Backend.allCases)
    func restarts(_ backend: Backend) async throws {
        let server = try await backend.start()
        let level = try backend.level(server)
        try await level.invalidate(scope: scope)
        server.kill()
        await #expect(throws: (any Error).self) { try await level.read(key("a")) }
        try await server.start()
        var reading: CacheReading?
        while reading == nil { reading = try? await level.read(key("a")) }
        #expect(reading?.entry == nil && reading?.stamp.isNew == true)
    }
}

@Suite(
    "A tiered cache on real servers", .enabled(if: Backend.areInstalled, "no redis-server or memcached"),
    .timeLimit(.minutes(3)))
struct TieredCacheOnServersTests {
    let scope = CompanyScope(companyID: CompanyID())

    /// Counts how often it is asked.
    final class Source: Sendable {
        private let calls = Mutex(0)
        func next() -> Int {
            calls.withLock { calls in
                calls += 1
                return calls
            }
        }
    }

    func cache(_ levels: [any CacheLevel], memory: Bool = true) -> TieredCache<Int> {
        TieredCache(
            kind: "test.1",
            policy: CachePolicy(ttl: .seconds(600), negativeTTL: .seconds(60), memoryCapacity: memory ? 100 : 0),
            codec: .json, levels: levels.map { GuardedLevel($0) })
    }

    func hits(_ cache: TieredCache<Int>) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: cache.statistics.map { ($0.level, $0.hits) })
    }

    @Test("what one process computed another finds, and the nearer level learns from the further one")
    func shares() async throws {
        let (redis, memcached) = (try await Backend.redis.start(), try await Backend.memcached.start())
        let key = CompanyCacheKey(scope: scope, name: "a")
        let source = Source()
        let first = cache([try Backend.memcached.level(memcached)])
        #expect(try await first.value(for: key) { source.next() } == 1)
        let second = cache([try Backend.redis.level(redis), try Backend.memcached.level(memcached)])
        for _ in 0..<3 { #expect(try await second.value(for: key) { source.next() } == 1) }
        #expect(hits(second) == ["memory": 2, "redis": 0, "memcached": 1])
        let third = cache([try Backend.redis.level(redis)], memory: false)
        for _ in 0..<2 { #expect(try await third.value(for: key) { source.next() } == 1) }
        #expect(hits(third) == ["memory": 0, "redis": 2])
        await second.invalidate(scope: scope)
        #expect(try await second.value(for: key) { source.next() } == 2)
        #expect(try await third.value(for: key) { source.next() } == 2)
    }

    @Test("that there is nothing is kept as well")
    func negative() async throws {
        let server = try await Backend.redis.start()
        let key = CompanyCacheKey(scope: scope, name: "a")
        #expect(try await cache([try Backend.redis.level(server)]).value(for: key) { nil } == nil)
        let again = cache([try Backend.redis.level(server)])
        #expect(try await again.value(for: key) { 7 } == nil)
        #expect(hits(again)["redis"] == 1)
    }

    @Test(
        "a server that is down, or hangs, costs no errors, and an invalidation it missed is made good",
        arguments: Backend.allCases, [true, false])
    func survives(_ backend: Backend, isFrozen: Bool) async throws {
        let server = try await backend.start()
        let level = try backend.level(server, timeout: isFrozen ? .milliseconds(500) : .seconds(20))
        let clock = SteppingClock()
        let guarded = GuardedLevel(level, clock: clock)
        let cache = TieredCache<Int>(
            kind: "test.1", policy: CachePolicy(ttl: .seconds(600), memoryCapacity: 0), codec: .json, levels: [guarded])
        let source = Source()
        func ask(_ name: String) async throws -> Int? {
            try await cache.value(for: CompanyCacheKey(scope: scope, name: name)) { source.next() }
        }
        _ = try await ask("a")
        if isFrozen { server.freeze() } else { server.kill() }
        while !guarded.isDown { _ = try await ask("b") }
        let failures = guarded.failures
        await cache.invalidate(scope: scope)
        for name in ["c", "d", "e"] { #expect(try await ask(name) != nil) }
        #expect(guarded.failures == failures, "while it is down it is not asked")
        let computed = source.next()
        if isFrozen { server.thaw() } else { try await server.start() }
        // What it held from before the invalidation is not given.
        while guarded.isDown {
            clock.advance(by: .seconds(60))
            let answer = try await ask("a")
            #expect(answer ?? 0 > computed)
        }
        #expect(try await ask("a") ?? 0 > computed)
    }
}

/// A clock that goes on only when told to; nobody sleeps by it.
final class SteppingClock: Clock {
    typealias Instant = ContinuousClock.Instant
    private let time = Mutex(ContinuousClock.now)
    var now: Instant { time.withLock { $0 } }
    var minimumResolution: Duration { .zero }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}
