import Synchronization

/// Wakes those who wait for something to change, without losing a ring between looking and waiting.
final class Doorbell: Sendable {
    private let state = Mutex(State())

    private struct State {
        var rings: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    /// How often it rang. To be read before looking.
    var rings: UInt64 { state.withLock { $0.rings } }

    /// Wakes all.
    func ring() {
        let woken = state.withLock { state in
            defer { state.waiters.removeAll() }
            state.rings += 1
            return Array(state.waiters.values)
        }
        for waiter in woken { waiter.resume() }
    }

    /// Returns when it has rung more often than `rings`, when the sleep is over, or when the task is cancelled.
    func wait(after rings: UInt64, sleep: @escaping @Sendable () async throws -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(after: rings) }
            // Ends early, by throwing, only when the group is cancelled, and then there is nothing left to wait for.
            group.addTask { try? await sleep() }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(after rings: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    guard state.rings == rings, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
