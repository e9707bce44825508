import NIOCore
import Synchronization

/// What a role knows, and how long it waits for something else.
struct IndexWait: Sendable {
    /// The digest that it knows; `nil` when it knows that there is none yet.
    let known: String?
    let seconds: Int64
}

/// Requests whose answers are held back until another index comes into use.
///
/// It looks ten times a second instead of being told: an index comes into use once an hour, and looking costs one lock.
final class IndexWatch: Sendable {
    private struct State {
        var waiting: [UInt64: (known: String?, wake: @Sendable () -> Void)] = [:]
        var next: UInt64 = 0
        var isStopped = false
    }

    private let digest: @Sendable () -> String?
    private let state = Mutex(State())

    static let interval = TimeAmount.milliseconds(100)

    /// - Parameter digest: The index in use.
    init(digest: @escaping @Sendable () -> String?) { self.digest = digest }

    /// How many wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Has the closure called once when another index is in use than that.
    ///
    /// - Returns: A number to withdraw by; `nil` when the service is stopping and nobody waits any more.
    func add(known: String?, _ wake: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            state.next += 1
            state.waiting[state.next] = (known, wake)
            return state.next
        }
    }

    func remove(_ number: UInt64) { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }

    /// Wakes those who know another index than the one in use.
    func look() {
        guard state.withLock({ !$0.waiting.isEmpty }) else { return }
        let present = digest()
        wake { $0 != present }
    }

    /// Wakes everybody and lets nobody wait any more.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake { _ in true }
    }

    private func wake(_ isDue: (String?) -> Bool) {
        let due = state.withLock { state in
            let due = state.waiting.filter { isDue($0.value.known) }
            for number in due.keys { state.waiting[number] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake() }
    }
}
