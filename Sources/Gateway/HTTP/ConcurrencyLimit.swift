import Synchronization

/// Bounds how many of something run at once, and how many wait for their turn.
final class ConcurrencyLimit: Sendable {
    private let waiting: Int
    private let state: Mutex<State>

    private struct State {
        let limit: Int
        var running = 0
        /// In the order in which they came.
        var queue: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
        var nextTicket: UInt64 = 0

        init(limit: Int) { self.limit = limit }

        /// Whether there was a place.
        mutating func take() -> Bool {
            guard running < limit else { return false }
            running += 1
            return true
        }
    }

    /// - Parameters:
    ///   - limit: How many run at once.
    ///   - waiting: How many more wait for a place; ``enter()`` never does.
    init(_ limit: Int, waiting: Int = 0) {
        self.waiting = waiting
        state = Mutex(State(limit: limit))
    }

    /// How many wait.
    var waitingCount: Int { state.withLock(\.queue.count) }

    /// Runs something in a place of its own, after those that came before.
    ///
    /// - Throws: 429 when as many are waiting already; `CancellationError` for whoever gave up while waiting.
    func run<Value>(_ operation: () async throws -> Value) async throws -> Value {
        try await wait()
        defer { leave() }
        return try await operation()
    }

    /// Takes a place that ``leave()`` gives back.
    ///
    /// - Throws: 429 when there is none.
    func enter() throws {
        guard state.withLock({ $0.take() }) else { throw Self.tooMany }
    }

    /// Gives a place back, to whoever has waited longest.
    func leave() {
        let next = state.withLock { state in
            let next = state.queue.isEmpty ? nil : state.queue.removeFirst()
            if next == nil { state.running -= 1 }
            return next
        }
        next?.continuation.resume()
    }

    private func wait() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<Void, any Error>? in
                    // Here, under the lock: whoever is cancelled from now on is found in the queue.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.take() { return .success(()) }
                    guard state.queue.count < waiting else { return .failure(Self.tooMany) }
                    state.queue.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.queue.firstIndex { $0.ticket == ticket }.map { state.queue.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private static var tooMany: APIError {
        .rateLimited("Too many at once. Try again in a moment.", retryAfter: .seconds(5))
    }
}
