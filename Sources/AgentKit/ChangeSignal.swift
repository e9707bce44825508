import Synchronization

/// Whether something happened, and a way to wait for it.
///
/// An `AsyncStream` would not do: it ends for good when a task that waits for it is cancelled, as every wait with a deadline is.
final class ChangeSignal: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isRaised = false
        var nextID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    /// Whether it happened since the last ``clear()``.
    var isRaised: Bool { state.withLock { $0.isRaised } }

    /// It happened. Stays so until ``clear()``, so that nothing is lost between two waits.
    func raise() {
        let waiters = state.withLock { state in
            state.isRaised = true
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// What happened until now has been seen to.
    func clear() { state.withLock { $0.isRaised = false } }

    /// Returns when the signal is raised, or when the task is cancelled.
    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isRaised || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
