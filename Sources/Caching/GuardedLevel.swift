import CircuitBreaking
import Stores
import Synchronization

/// A level that may be down: it then costs a little time, and no errors.
///
/// After some failures in a row it is not asked for a while, and then by one caller first. An invalidation that fails is owed: until it was
/// made good, nothing of that company is read from the level here.
public final class GuardedLevel: Sendable {
    /// The level's.
    public let name: String

    private let level: any CacheLevel
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Most companies whose invalidation is owed. With so many the level is not read here until some are made good, and what could not be
    /// noted any more is given until its time is over.
    private static let debtLimit = 10_000

    private struct State {
        var breaker: CircuitBreaker
        var owed: Set<CompanyScope> = []
        var failures = 0
        var skipped = 0
    }

    /// Guards a level.
    ///
    /// - Parameter clock: Measures pauses.
    public init<C: Clock>(_ level: any CacheLevel, clock: C = ContinuousClock()) where C.Duration == Duration {
        self.level = level
        name = level.name
        var pauses = CircuitBreaker.Settings()
        pauses.longestPause = .seconds(30)
        state = Mutex(State(breaker: CircuitBreaker(pauses)))
        let start = clock.now
        now = { start.duration(to: clock.now) }
    }

    /// Whether it is not asked at the moment.
    public var isDown: Bool { state.withLock { $0.breaker.condition(now: now()) != .closed } }

    /// Calls that failed.
    public var failures: Int { state.withLock { $0.failures } }

    /// Calls that were not made, because the level is down.
    public var skipped: Int { state.withLock { $0.skipped } }

    /// See ``CacheLevel/read(_:)``; `nil` when the level cannot be used.
    func read(_ key: StoredCacheKey) async -> CacheReading? {
        let scope = key.key.scope
        // Its own debt, or else any one, so that all are paid in time.
        let debt = state.withLock { $0.owed.contains(scope) ? scope : $0.owed.first }
        if let debt { await invalidate(scope: debt) }
        let isUsable = state.withLock { !$0.owed.contains(scope) && $0.owed.count < Self.debtLimit }
        guard isUsable else { return nil }
        return await call { try await $0.read(key) }
    }

    /// See ``CacheLevel/write(_:for:ttl:stamp:)``.
    func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async {
        await call { try await $0.write(bytes, for: key, ttl: ttl, stamp: stamp) }
    }

    /// See ``CacheLevel/invalidate(scope:)``.
    func invalidate(scope: CompanyScope) async {
        state.withLock { state in
            if state.owed.count < Self.debtLimit { state.owed.insert(scope) }
        }
        let isDone: Void? = await call { try await $0.invalidate(scope: scope) }
        if isDone != nil { state.withLock { _ = $0.owed.remove(scope) } }
    }

    @discardableResult
    private func call<R>(_ body: (any CacheLevel) async throws -> R) async -> R? {
        let mayAsk = state.withLock { state in
            let mayAsk = state.breaker.allows(now: now())
            if mayAsk { state.breaker.began(now: now()) } else { state.skipped += 1 }
            return mayAsk
        }
        guard mayAsk else { return nil }
        do {
            let result = try await body(level)
            state.withLock { $0.breaker.succeeded() }
            return result
        } catch {
            state.withLock { state in
                state.failures += 1
                state.breaker.failed(now: now())
            }
            return nil
        }
    }
}
