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
    private let calls: GuardedCalls
    /// Companies whose invalidation is owed.
    private let owed = Mutex<Set<CompanyScope>>([])

    /// Most companies whose invalidation is owed. With so many the level is not read here until some are made good, and what could not be
    /// noted any more is given until its time is over.
    private static let debtLimit = 10_000

    /// Guards a level.
    ///
    /// - Parameter clock: Measures pauses.
    public init<C: Clock>(_ level: any CacheLevel, clock: C = ContinuousClock()) where C.Duration == Duration {
        self.level = level
        name = level.name
        var pauses = CircuitBreaker.Settings()
        pauses.longestPause = .seconds(30)
        calls = GuardedCalls(pauses, clock: clock)
    }

    /// Whether it is not asked at the moment.
    public var isDown: Bool { calls.isDown }

    /// Calls that failed.
    public var failures: Int { calls.failures }

    /// Calls that were not made, because the level is down.
    public var skipped: Int { calls.skipped }

    /// See ``CacheLevel/read(_:)``; `nil` when the level cannot be used.
    func read(_ key: StoredCacheKey) async -> CacheReading? {
        let scope = key.key.scope
        // Its own debt, or else any one, so that all are paid in time.
        let debt = owed.withLock { $0.contains(scope) ? scope : $0.first }
        if let debt { await invalidate(scope: debt) }
        let isUsable = owed.withLock { !$0.contains(scope) && $0.count < Self.debtLimit }
        guard isUsable else { return nil }
        return await calls.run { try await level.read(key) }
    }

    /// See ``CacheLevel/write(_:for:ttl:stamp:)``.
    func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async {
        await calls.run { try await level.write(bytes, for: key, ttl: ttl, stamp: stamp) }
    }

    /// See ``CacheLevel/invalidate(scope:)``.
    func invalidate(scope: CompanyScope) async {
        owed.withLock { owed in
            if owed.count < Self.debtLimit { owed.insert(scope) }
        }
        let isDone: Void? = await calls.run { try await level.invalidate(scope: scope) }
        if isDone != nil { owed.withLock { _ = $0.remove(scope) } }
    }
}
