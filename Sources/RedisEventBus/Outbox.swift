import Stores
import Synchronization

/// The newest id of each company that has to be sent. Bounded by the number of companies. For one sender.
final class Outbox: Sendable {
    private let state = Mutex(State())

    private struct State {
        var letters: [CompanyScope: EventID] = [:]
        var sender: CheckedContinuation<Void, Never>?
    }

    var isEmpty: Bool { state.withLock { $0.letters.isEmpty } }

    /// Notes an id, unless a later one of the company is noted already.
    func put(_ id: EventID, _ scope: CompanyScope) {
        let sender = state.withLock { state in
            defer { state.sender = nil }
            state.letters[scope] = max(state.letters[scope] ?? id, id)
            return state.sender
        }
        sender?.resume()
    }

    func takeAll() -> [CompanyScope: EventID] {
        state.withLock { state in
            defer { state.letters = [:] }
            return state.letters
        }
    }

    /// Returns when there is something, or when the task is cancelled.
    func untilFilled() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.letters.isEmpty, !Task.isCancelled else { return true }
                    state.sender = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let sender = state.withLock { state in
                defer { state.sender = nil }
                return state.sender
            }
            sender?.resume()
        }
    }
}
