import Synchronization

/// Lets so many operations run at the same time and refuses more, so that memory is bounded and nobody waits in a line that grows.
final class ConcurrencyLimit: Sendable {
    private let limit: Int
    private let running = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// - Throws: 429 when as many are running already.
    func run<Value>(_ operation: () async throws -> Value) async throws -> Value {
        try enter()
        defer { leave() }
        return try await operation()
    }

    /// Takes a place that ``leave()`` gives back.
    func enter() throws {
        let isAdmitted = running.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw APIError.rateLimited("Too many at once. Try again in a moment.", retryAfter: .seconds(5))
        }
    }

    /// Gives a place back.
    func leave() { running.withLock { $0 -= 1 } }
}
