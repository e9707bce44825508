import PostgreSQL
import Stores
import Synchronization

/// Decides which reads a replica may answer.
///
/// How far behind a standby is cannot be asked of it: one that is cut off believes that it has everything. So the primary is asked how far it
/// is, now and then, and a replica must have got that far. What was read there is then never older than the answer of the primary, by this
/// process's clock, and that is never older than the staleness. After a change of a company by this process, its reads go to the primary until
/// the primary was asked again: nobody misses what they wrote.
final class ReplicaReads: Sendable {
    private struct State {
        /// A position, and when the primary was asked for it.
        var known: (position: PostgresPosition, at: ContinuousClock.Instant)?
        var isAsking = false
        /// When this process last changed something of a company, and of any.
        var changed: [Int32: ContinuousClock.Instant] = [:]
        var anyChanged: ContinuousClock.Instant?
    }

    /// Companies whose changes are told apart; beyond, a change counts as one of all.
    private static let companies = 10_000

    private let client: PostgresClient
    private let staleness: Duration
    private let state = Mutex(State())

    /// - Parameter staleness: How old an answer of a replica may be.
    init(_ client: PostgresClient, staleness: Duration) {
        self.client = client
        self.staleness = staleness
    }

    /// Where a read of a company goes, or one of no company.
    func route(_ company: Int32?) -> PostgresClient.Route {
        guard client.hasReplicas, ReadFreshness.mayLag else { return .primary }
        let now = ContinuousClock.now
        let (route, mustAsk) = state.withLock { state -> (PostgresClient.Route, Bool) in
            let changes = [state.anyChanged, company.flatMap { state.changed[$0] }].compactMap(\.self)
            let usable = state.known.flatMap { known in
                known.at > now - staleness && changes.allSatisfy { known.at > $0 } ? known.position : nil
            }
            // Asked again in time, so that nobody who reads all the time finds it too old.
            let isDue = usable == nil || state.known.map { $0.at < now - staleness / 2 } ?? true
            let mustAsk = isDue && !state.isAsking
            if mustAsk { state.isAsking = true }
            return (usable.map { .replica(atLeast: $0) } ?? .primary, mustAsk)
        }
        if mustAsk { Task { await self.ask() } }
        return route
    }

    /// Notes that this process has changed something; `nil` stands for any company.
    func noteChange(_ company: Int32?) {
        guard client.hasReplicas else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            if let company, state.changed.count < Self.companies || state.changed[company] != nil {
                state.changed[company] = now
            } else {
                (state.anyChanged, state.changed) = (now, [:])
            }
        }
    }

    /// Asks the primary how far it is. When it does not answer, what is known grows too old, and reads go to the primary.
    private func ask() async {
        let asked = ContinuousClock.now
        let position = try? await client.currentPosition()
        state.withLock { state in
            state.isAsking = false
            if let position { state.known = (position, asked) }
        }
    }
}
