@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import Caching

@Suite("Memory cache")
struct MemoryCacheTests {
    let scope = CompanyScope(companyID: CompanyID())
    let other = CompanyScope(companyID: CompanyID())

    /// Counts how often it is asked.
    final class Source: Sendable {
        let calls = Mutex(0)
        func next() -> Int {
            calls.withLock { calls in
                calls += 1
                return calls
            }
        }
    }

    func key(_ name: String) -> CompanyCacheKey { CompanyCacheKey(scope: scope, name: name) }

    @Test("computes once and answers from then on, until the time is over")
    func ttl() async throws {
        let clock = SteppingClock()
        let cache = MemoryCache<Int>(capacity: 4, clock: clock)
        let source = Source()
        for expected in [1, 1, 2, 2] {
            let value = try await cache.value(for: key("a"), ttl: .seconds(10)) { source.next() }
            #expect(value == expected)
            clock.advance(by: .seconds(5))
        }
        #expect([cache.hits, cache.misses] == [2, 2])
    }

    @Test("what was used longest ago makes room")
    func evicts() async throws {
        let cache = MemoryCache<Int>(capacity: 2)
        let source = Source()
        for (name, expected) in [("a", 1), ("b", 2), ("a", 1), ("c", 3), ("a", 1), ("b", 4)] {
            let value = try await cache.value(for: key(name), ttl: .seconds(100)) { source.next() }
            #expect(value == expected, "\(name)")
        }
        #expect(cache.count == 2)
    }

    @Test("companies do not see each other, and are invalidated apart")
    func scopes() async throws {
        let cache = MemoryCache<Int>(capacity: 9)
        let source = Source()
        func ask(_ scope: CompanyScope) async throws -> Int {
            try await cache.value(for: CompanyCacheKey(scope: scope, name: "a"), ttl: .seconds(100)) { source.next() }
        }
        #expect(try await [ask(scope), ask(other)] == [1, 2])
        cache.invalidate(scope: scope)
        #expect(try await [ask(scope), ask(other)] == [3, 2])
    }

    @Test("those who ask at once share one computation")
    func singleFlight() async throws {
        let cache = MemoryCache<Int>(capacity: 9)
        let source = Source()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let values = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await cache.value(for: key("a"), ttl: .seconds(100)) {
                        for await _ in gate { break }
                        return source.next()
                    }
                }
            }
            while cache.misses < 8 { await Task.yield() }
            opener.yield()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == [Int](repeating: 1, count: 8))
    }

    @Test("an invalidation discards what is being computed")
    func invalidatesFlights() async throws {
        let cache = MemoryCache<Int>(capacity: 9)
        let source = Source()
        let old = try await cache.value(for: key("a"), ttl: .seconds(100)) {
            cache.invalidate(scope: scope)
            return source.next()
        }
        let new = try await cache.value(for: key("a"), ttl: .seconds(100)) { source.next() }
        #expect([old, new] == [1, 2])
    }

    @Test("errors are not kept")
    func errors() async throws {
        struct Failure: Error {}
        let cache = MemoryCache<Int>(capacity: 9)
        await #expect(throws: Failure.self) {
            _ = try await cache.value(for: key("a"), ttl: .seconds(100)) { throw Failure() }
        }
        #expect(try await cache.value(for: key("a"), ttl: .seconds(100)) { 7 } == 7)
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
