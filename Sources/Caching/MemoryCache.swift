import Stores
import Synchronization

/// A cache in the memory of this process: bounded, with a time to live, computing each answer once.
public final class MemoryCache<Value: Sendable>: Sendable {
    private let state: Mutex<State>
    private let now: @Sendable () -> Duration
    private let cost: @Sendable (Value) -> Int

    private struct Entry {
        let value: Value
        let expires: Duration
    }

    /// A computation under way.
    private struct Flight {
        let id: UInt64
        let task: Task<Value, any Error>
    }

    private struct State {
        var entries: RecencyMap<Entry>
        var flights: [CompanyCacheKey: Flight] = [:]
        var nextFlight: UInt64 = 0
        var hits = 0
        var misses = 0
    }

    private enum Lookup {
        case hit(Value)
        case flight(Flight)
    }

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - capacity: Most entries, at least 1; the one used longest ago makes room.
    ///   - costLimit: Most that all entries may cost together, in the unit of `cost`.
    ///   - cost: What an answer costs, such as its bytes. Must be quick.
    ///   - clock: Measures the time to live.
    public init<C: Clock>(
        capacity: Int, costLimit: Int = .max, cost: @escaping @Sendable (Value) -> Int = { _ in 0 },
        clock: C = ContinuousClock()
    ) where C.Duration == Duration {
        self.cost = cost
        state = Mutex(State(entries: RecencyMap(capacity: capacity, costLimit: costLimit)))
        let start = clock.now
        now = { start.duration(to: clock.now) }
    }

    /// Entries held, expired ones included until they are asked for or make room.
    public var count: Int { state.withLock { $0.entries.count } }

    /// What the entries cost together.
    public var totalCost: Int { state.withLock { $0.entries.cost } }

    /// How often ``value(for:ttl:compute:)`` was answered from the cache.
    public var hits: Int { state.withLock { $0.hits } }

    /// How often it was not; waiting for a computation under way counts here too.
    public var misses: Int { state.withLock { $0.misses } }

    /// The cached answer, or the computed one, which is then kept.
    ///
    /// Callers that ask for the same key while it is computed wait for that one computation. It runs to its end even when they are
    /// cancelled, since others may wait for it. Errors are given to those who waited and are not kept.
    ///
    /// - Parameters:
    ///   - key: What is asked.
    ///   - ttl: How long the answer may be given, from when it is there; an answer is not kept unless this is positive.
    ///   - compute: Finds the answer.
    /// - Throws: What `compute` throws.
    public func value(
        for key: CompanyCacheKey, ttl: Duration, compute: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await value(for: key) { (try await compute(), ttl) }
    }

    /// The same, where finding the answer also tells how long it may be given.
    func value(
        for key: CompanyCacheKey, compute: @escaping @Sendable () async throws -> (value: Value, ttl: Duration)
    ) async throws -> Value {
        let lookup = state.withLock { state -> Lookup in
            if let entry = state.entries.value(for: key), entry.expires > now() {
                state.hits += 1
                return .hit(entry.value)
            }
            state.misses += 1
            return .flight(state.flights[key] ?? startFlight(key, compute: compute, in: &state))
        }
        switch lookup {
        case .hit(let value): return value
        case .flight(let flight): return try await flight.task.value
        }
    }

    /// Forgets all answers of a company, and those being computed: who asks from now on gets a newer one.
    public func invalidate(scope: CompanyScope) {
        state.withLock { state in
            state.entries.removeAll(in: scope)
            for key in state.flights.keys where key.scope == scope { state.flights[key] = nil }
        }
    }

    private func startFlight(
        _ key: CompanyCacheKey, compute: @escaping @Sendable () async throws -> (value: Value, ttl: Duration),
        in state: inout State
    ) -> Flight {
        state.nextFlight += 1
        let id = state.nextFlight
        // A task of its own, because it belongs to all who wait for it and must outlive the first of them. Each of them awaits it.
        let task = Task {
            do {
                let (value, ttl) = try await compute()
                land(id, key, value, ttl: ttl)
                return value
            } catch {
                land(id, key, nil, ttl: .zero)
                throw error
            }
        }
        let flight = Flight(id: id, task: task)
        state.flights[key] = flight
        return flight
    }

    /// Keeps the answer if there is one, unless the company was invalidated meanwhile.
    private func land(_ id: UInt64, _ key: CompanyCacheKey, _ value: Value?, ttl: Duration) {
        state.withLock { state in
            guard state.flights[key]?.id == id else { return }
            state.flights[key] = nil
            if let value, ttl > .zero {
                state.entries.insert(Entry(value: value, expires: now() + ttl), cost: cost(value), for: key)
            }
        }
    }
}
