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
        await ask(when: interval, at: now)
        return state.withLock { $0.ids.contains(id) }
    }

    /// Asks before it is time to, for those who cannot wait for an answer.
    func refresh(at now: Date) async { await ask(when: interval / 2, at: now) }

    private func ask(when age: TimeInterval, at now: Date) async {
        let isDue = state.withLock { state in
            guard abs(now.timeIntervalSince(state.askedAt)) >= age else { return false }
            // Whoever comes first asks; the others go on with what is known.
            state.askedAt = now
            return true
        }
        guard isDue, let ids = try? await store.fetchBarredAgentIDs(since: now.addingTimeInterval(-memory)) else {
            return
        }
        state.withLock { $0.ids = ids }
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
