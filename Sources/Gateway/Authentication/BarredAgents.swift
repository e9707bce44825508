import Foundation
import Logging
import Stores
import Synchronization

/// Knows which agents were kept out while their access tokens have not run out. New tokens are refused by the store itself; this set, asked for
/// every few seconds, ends the tokens given out before, and costs a heartbeat nothing.
final class BarredAgents: Sendable {
    private let store: any Store
    /// How old the set may be.
    private let interval: TimeInterval
    /// For how long somebody who was kept out may still hold a token.
    private let memory: TimeInterval
    private let state = Mutex(State())

    private struct State {
        var ids: Set<AgentID> = []
        var askedAt = Date.distantPast
    }

    init(store: any Store, interval: Duration, tokenLifetime: Duration) {
        self.store = store
        self.interval = interval.timeInterval
        // A minute more, for clocks that differ.
        memory = tokenLifetime.timeInterval + 60
    }

    /// Whether the agent is kept out. While the store does not answer, what was known last holds.
    func contains(_ id: AgentID, at now: Date) async -> Bool {
        let (isKnown, isStale) = state.withLock { state in
            let isStale = abs(now.timeIntervalSince(state.askedAt)) >= interval
            // Whoever comes first asks; the others go on with what is known.
            if isStale { state.askedAt = now }
            return (state.ids.contains(id), isStale)
        }
        guard isStale, let ids = try? await store.fetchBarredAgentIDs(since: now.addingTimeInterval(-memory)) else {
            return isKnown
        }
        state.withLock { $0.ids = ids }
        return ids.contains(id)
    }

    /// The same without asking anybody; `nil` when it is time to ask.
    func recall(_ id: AgentID, at now: Date) -> Bool? {
        state.withLock { state in
            abs(now.timeIntervalSince(state.askedAt)) >= interval ? nil : state.ids.contains(id)
        }
    }

    /// Says at once what this gateway itself did.
    func set(_ id: AgentID, isBarred: Bool) {
        state.withLock { state in
            if isBarred { state.ids.insert(id) } else { state.ids.remove(id) }
        }
    }
}
