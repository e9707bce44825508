import Stores
import Synchronization

/// How long answers are kept, and how many in this process.
public struct CachePolicy: Sendable, Hashable {
    /// How long an answer may be given.
    public var ttl: Duration
    /// How long "there is no such thing" may be said; zero for not at all.
    public var negativeTTL: Duration
    /// How long an answer is kept in this process, which does not hear of invalidations elsewhere. At most ``ttl`` counts.
    public var memoryTTL: Duration
    /// Most answers in this process; 0 keeps none.
    public var memoryCapacity: Int
    /// Most bytes of them, as written down.
    public var memoryLimit: Int

    /// Makes a policy.
    public init(
        ttl: Duration, negativeTTL: Duration = .zero, memoryTTL: Duration? = nil, memoryCapacity: Int = 10_000,
        memoryLimit: Int = 32 * 1_024 * 1_024
    ) {
        self.ttl = ttl
        self.negativeTTL = negativeTTL
        self.memoryTTL = memoryTTL ?? ttl
        self.memoryCapacity = max(memoryCapacity, 0)
        self.memoryLimit = max(memoryLimit, 0)
    }
}

/// What one level of a cache has done.
public struct CacheLevelStatistics: Sendable, Hashable {
    /// `memory`, or the level's name.
    public let level: String
    /// Answers it had.
    public internal(set) var hits = 0
    /// Answers it did not have.
    public internal(set) var misses = 0
    /// Questions it was not asked, or did not answer, because it is down.
    public internal(set) var unavailable = 0
}

/// Says what a cache has done, whatever it keeps.
public protocol CacheStatisticsSource: Sendable {
    /// Names the cache.
    var kind: String { get }
    /// What each level has done, nearest first.
    var statistics: [CacheLevelStatistics] { get }
}

/// Answers that are costly to compute, kept in this process and in levels outside of it, each optional.
///
/// Asked in order; what a further level has is kept in the nearer ones. What none has is computed, once however many ask at the same
/// time in this process. Levels that are down cost a little time and no errors.
public final class TieredCache<Value: Sendable>: CacheStatisticsSource {
    /// For metrics, and part of the keys outside of this process.
    public let kind: String

    private let policy: CachePolicy
    private let codec: CacheCodec<Value>
    private let memory: MemoryCache<Answer>
    private let levels: [GuardedLevel]
    private let counts: Mutex<[CacheLevelStatistics]>

    /// `nil` stands for "there is no such thing".
    private struct Answer: Sendable {
        let value: Value?
        let cost: Int
    }

    /// Makes a cache.
    ///
    /// - Parameters:
    ///   - kind: See ``StoredCacheKey/kind``.
    ///   - levels: The nearest first; may be shared among caches.
    ///   - clock: Measures the time to live in this process.
    public init<C: Clock>(
        kind: String, policy: CachePolicy, codec: CacheCodec<Value>, levels: [GuardedLevel] = [],
        clock: C = ContinuousClock()
    ) where C.Duration == Duration {
        self.kind = kind
        self.policy = policy
        self.codec = codec
        self.levels = levels
        memory = MemoryCache(
            capacity: policy.memoryCapacity, costLimit: policy.memoryLimit, cost: { $0.cost }, clock: clock)
        counts = Mutex(levels.map { CacheLevelStatistics(level: $0.name) })
    }

    /// The answer that is kept somewhere, or the computed one, which is then kept.
    ///
    /// - Parameter compute: Finds the answer; `nil` when there is none, which is kept too. Runs to its end even when the caller is
    ///   cancelled, since others may wait for it.
    /// - Throws: What `compute` throws; that is not kept.
    public func value(
        for key: CompanyCacheKey, compute: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        try await memory.value(for: key) { try await self.find(key, compute) }.value
    }

    /// Forgets all answers of a company, here and in the levels, and those being computed. What other processes keep in memory they
    /// give until its time there is over.
    public func invalidate(scope: CompanyScope) async {
        memory.invalidate(scope: scope)
        for level in levels { await level.invalidate(scope: scope) }
        // Once more: what was read from a level in between is as old.
        memory.invalidate(scope: scope)
    }

    /// What each level has done, memory first.
    public var statistics: [CacheLevelStatistics] {
        var here = CacheLevelStatistics(level: "memory")
        (here.hits, here.misses) = (memory.hits, memory.misses)
        return [here] + counts.withLock { $0 }
    }

    private func find(
        _ key: CompanyCacheKey, _ compute: @Sendable () async throws -> Value?
    ) async throws -> (value: Answer, ttl: Duration) {
        let stored = StoredCacheKey(kind: kind, key: key)
        var without: [(level: GuardedLevel, stamp: CacheStamp)] = []
        for (place, level) in levels.enumerated() {
            guard let reading = await level.read(stored) else {
                counts.withLock { $0[place].unavailable += 1 }
                continue
            }
            if let entry = reading.entry, let answer = decode(entry.bytes) {
                counts.withLock { $0[place].hits += 1 }
                await keep(entry.bytes, stored, min(entry.remaining, ttl(of: answer)), in: without)
                return (answer, memoryTTL(min(entry.remaining, ttl(of: answer))))
            }
            counts.withLock { $0[place].misses += 1 }
            without.append((level, reading.stamp))
        }
        let value = try await compute()
        let bytes = try encode(value)
        let answer = Answer(value: value, cost: bytes.count)
        await keep(bytes, stored, ttl(of: answer), in: without)
        return (answer, memoryTTL(ttl(of: answer)))
    }

    private func keep(
        _ bytes: [UInt8], _ key: StoredCacheKey, _ ttl: Duration, in levels: [(level: GuardedLevel, stamp: CacheStamp)]
    ) async {
        guard ttl > .zero else { return }
        for (level, stamp) in levels { await level.write(bytes, for: key, ttl: ttl, stamp: stamp) }
    }

    private func ttl(of answer: Answer) -> Duration { answer.value == nil ? policy.negativeTTL : policy.ttl }

    private func memoryTTL(_ ttl: Duration) -> Duration {
        policy.memoryCapacity == 0 ? .zero : min(ttl, policy.memoryTTL)
    }

    // One byte before the answer says whether there is one.

    private func encode(_ value: Value?) throws -> [UInt8] { try value.map { [1] + (try codec.encode($0)) } ?? [0] }

    private func decode(_ bytes: [UInt8]) -> Answer? {
        switch bytes.first {
        case 0: Answer(value: nil, cost: bytes.count)
        case 1: (try? codec.decode(Array(bytes.dropFirst()))).map { Answer(value: $0, cost: bytes.count) }
        default: nil
        }
    }
}
