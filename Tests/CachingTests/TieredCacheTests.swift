@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import Caching

@Suite("Tiered cache", .timeLimit(.minutes(1)))
struct TieredCacheTests {
    let scope = CompanyScope(companyID: CompanyID())
    let clock = SteppingClock()

    /// A level in memory that can be told to fail.
    final class Level: CacheLevel {
        let name: String
        private let state = Mutex(State())

        struct State {
            var entries: [StoredCacheKey: [UInt8]] = [:]
            var stamps: [CompanyScope: CacheStamp] = [:]
            var isDown = false
            var calls = 0
        }

        struct Down: Error {}

        init(_ name: String) { self.name = name }

        var calls: Int { state.withLock { $0.calls } }
        var count: Int { state.withLock { $0.entries.count } }
        func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

        private func use<R>(_ body: (inout State) -> R) throws -> R {
            try state.withLock { state in
                state.calls += 1
                if state.isDown { throw Down() }
                return body(&state)
            }
        }

        func read(_ key: StoredCacheKey) async throws -> CacheReading {
            try use { state in
                guard let stamp = state.stamps[key.key.scope] else {
                    return CacheReading(entry: nil, stamp: CacheStamp())
                }
                let bytes = state.entries[key].flatMap { stamp.unseal($0) }
                return CacheReading(entry: bytes.map { .init(bytes: $0, remaining: .seconds(5)) }, stamp: stamp)
            }
        }

        func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async throws {
            try use { state in
                if stamp.isNew, state.stamps[key.key.scope] == nil {
                    state.stamps[key.key.scope] = CacheStamp(held: stamp.bytes)
                }
                state.entries[key] = stamp.seal(bytes)
            }
        }

        func invalidate(scope: CompanyScope) async throws {
            try use { $0.stamps[scope] = CacheStamp(held: CacheStamp().bytes) }
        }
    }

    func key(_ name: String) -> CompanyCacheKey { CompanyCacheKey(scope: scope, name: name) }

    func cache(_ levels: [Level], memory: Int = 10, limit: Int = 1_000) -> TieredCache<String> {
        TieredCache(
            kind: "test.1",
            policy: CachePolicy(
                ttl: .seconds(10), negativeTTL: .seconds(2), memoryTTL: .seconds(8), memoryCapacity: memory,
                memoryLimit: limit),
            codec: .json, levels: levels.map { GuardedLevel($0, clock: clock) }, clock: clock)
    }

    @Test("without levels it is a cache in memory, and without memory it still computes once at a time")
    func alone() async throws {
        let one = cache([])
        #expect(try await one.value(for: key("a")) { "1" } == "1")
        #expect(try await one.value(for: key("a")) { "2" } == "1")
        clock.advance(by: .seconds(9))
        #expect(try await one.value(for: key("a")) { "2" } == "2")
        let none = cache([], memory: 0)
        #expect(try await none.value(for: key("a")) { "1" } == "1")
        #expect(try await none.value(for: key("a")) { "2" } == "2")
    }

    @Test("memory keeps an answer no longer than the level will")
    func remaining() async throws {
        let level = Level("far")
        _ = try await cache([level]).value(for: key("a")) { "1" }
        let second = cache([level])
        #expect(try await second.value(for: key("a")) { "2" } == "1")
        let asked = level.calls
        clock.advance(by: .seconds(4))
        #expect(try await second.value(for: key("a")) { "2" } == "1")
        #expect(level.calls == asked)
        clock.advance(by: .seconds(1))
        _ = try await second.value(for: key("a")) { "2" }
        #expect(level.calls == asked + 1)
    }

    @Test("that there is nothing is kept for its own time")
    func negative() async throws {
        let one = cache([])
        #expect(try await one.value(for: key("a")) { nil } == nil)
        #expect(try await one.value(for: key("a")) { "1" } == nil)
        clock.advance(by: .seconds(2))
        #expect(try await one.value(for: key("a")) { "1" } == "1")
    }

    @Test("memory is bounded in bytes")
    func bounded() async throws {
        let one = cache([], limit: 30)
        for name in ["a", "b", "c"] {
            // 10 letters, 2 quotes and the byte before them.
            _ = try await one.value(for: key(name)) { String(repeating: name, count: 10) }
        }
        #expect(try await one.value(for: key("c")) { "new" } == "cccccccccc")
        #expect(try await one.value(for: key("b")) { "new" } == "bbbbbbbbbb")
        #expect(try await one.value(for: key("a")) { "new" } == "new")
        _ = try await one.value(for: key("d")) { String(repeating: "d", count: 99) }
        #expect(try await one.value(for: key("d")) { "new" } == "new")
    }

    @Test("an invalidation while computing discards the answer in every level")
    func invalidates() async throws {
        let level = Level("far")
        let one = cache([level])
        _ = try await one.value(for: key("other")) { "0" }
        let old = try await one.value(for: key("a")) {
            await one.invalidate(scope: scope)
            return "1"
        }
        #expect(old == "1")
        #expect(try await one.value(for: key("a")) { "2" } == "2")
        #expect(try await cache([level]).value(for: key("a")) { "3" } == "2")
    }

    @Test("a level that is down is left alone after three failures, and asked by one caller when the pause is over")
    func breaks() async throws {
        let (near, far) = (Level("near"), Level("far"))
        let one = cache([near, far], memory: 0)
        near.setDown(true)
        for number in 0..<6 { #expect(try await one.value(for: key("\(number)")) { "x" } == "x") }
        #expect(near.calls == 3)
        #expect(far.count == 6)
        #expect(one.statistics.map(\.unavailable) == [0, 6, 0])
        clock.advance(by: .milliseconds(500))
        for _ in 0..<2 { _ = try await one.value(for: key("a")) { "x" } }
        #expect(near.calls == 4, "its pause is twice as long now")
        near.setDown(false)
        clock.advance(by: .seconds(1))
        for _ in 0..<2 { _ = try await one.value(for: key("a")) { "x" } }
        #expect(near.count == 1)
        #expect(one.statistics.map(\.hits) == [0, 1, 2])
    }

    @Test("an invalidation that a level missed is made good before it is read again")
    func debts() async throws {
        let level = Level("far")
        let one = cache([level], memory: 0)
        _ = try await one.value(for: key("a")) { "1" }
        level.setDown(true)
        await one.invalidate(scope: scope)
        level.setDown(false)
        #expect(try await one.value(for: key("a")) { "2" } == "2")
        #expect(try await one.value(for: key("a")) { "3" } == "2")
    }

    @Test("errors are not kept")
    func errors() async throws {
        struct Failure: Error {}
        let level = Level("far")
        let one = cache([level])
        await #expect(throws: Failure.self) { _ = try await one.value(for: key("a")) { throw Failure() } }
        #expect(try await one.value(for: key("a")) { "7" } == "7")
    }
}
