import JobQueue
import Stores

/// Hints at agents that wait, whoever forgot them.
struct WaitingAgents: Sendable {
    let store: any Store
    let queue: any JobQueue

    /// Hints at one page of a company's waiting agents, longest waiting first.
    ///
    /// Routine hints: work that failed again and again stays a dead letter.
    /// - Returns: Where the next page begins; `nil` after the last one.
    /// - Throws: ``StoreError``, ``JobQueueError``.
    func announce(scope: CompanyScope, after: PendingAgent?, limit: Int) async throws -> PendingAgent? {
        let agents = try await store.fetchPendingAgents(scope: scope, after: after, limit: limit)
        // At once, so that a queue over the network gets them in few packets.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for agent in agents {
                group.addTask {
                    try await queue.enqueue(
                        WorkHint(scope: scope, priority: .routine, subject: agent.agentID.description))
                }
            }
            try await group.waitForAll()
        }
        return agents.count == limit ? agents.last : nil
    }
}
