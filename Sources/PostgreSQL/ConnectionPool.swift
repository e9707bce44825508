import Synchronization

/// The connections that transactions have to themselves: at most so many, opened when they are wanted, kept while they work.
///
/// A connection that breaks while it lies idle leaves the pool at once, as the loop watches its socket. When the server is away, whoever
/// wants a connection tries again with growing pauses until its time is over.
final class ConnectionPool: Sendable {
    /// Opens a connection.
    typealias Opener = @Sendable () async throws(PostgresError) -> Connection

    private struct Waiter {
        let deadline: UInt64
        let continuation: CheckedContinuation<Grant, Never>
    }

    /// What somebody who waited gets.
    private enum Grant {
        case connection(Connection)
        /// There is room to open one, or the time is over: look again.
        case lookAgain
    }

    private struct State {
        var idle: [Connection] = []
        /// Idle, lent, and being opened.
        var total = 0
        var waiters: [UInt64: Waiter] = [:]
        var order: ArraySlice<UInt64> = []
        var nextWaiter: UInt64 = 0
        var isClosed = false
        var failures = 0

        /// The one who waits longest.
        mutating func popWaiter() -> Waiter? {
            while let id = order.popFirst() {
                if let waiter = waiters.removeValue(forKey: id) { return waiter }
            }
            return nil
        }
    }

    private enum Step {
        case use(Connection)
        case open
        case wait
        case fail(PostgresError)
    }

    private let state = Mutex(State())
    private let maximum: Int
    private let maximumWaiters: Int
    private let open: Opener

    init(maximum: Int, maximumWaiters: Int, open: @escaping Opener) {
        self.maximum = maximum
        self.maximumWaiters = maximumWaiters
        self.open = open
    }

    /// Lends a connection; give it back with ``release(_:isReusable:)``.
    func acquire(deadline: UInt64) async throws -> Connection {
        while true {
            try Task.checkCancellation()
            switch nextStep(deadline) {
            case .use(let connection): return connection
            case .fail(let error): throw error
            case .open:
                if let connection = try await tryToOpen(deadline) { return connection }
            case .wait:
                if case .connection(let connection) = await wait(deadline) {
                    if !Task.isCancelled { return connection }
                    release(connection, isReusable: true)
                }
            }
        }
    }

    private func nextStep(_ deadline: UInt64) -> Step {
        state.withLock { state in
            if state.isClosed { return .fail(.shutDown) }
            while let connection = state.idle.popLast() {
                if connection.isOpen { return .use(connection) }
                state.total -= 1
            }
            if EventLoop.now >= deadline { return .fail(.exhausted) }
            if state.total < maximum {
                state.total += 1
                return .open
            }
            return state.waiters.count < maximumWaiters ? .wait : .fail(.exhausted)
        }
    }

    /// Opens a connection, or pauses after a failure.
    /// - Returns: `nil` when it is worth another look.
    private func tryToOpen(_ deadline: UInt64) async throws -> Connection? {
        do {
            let connection = try await open()
            state.withLock { $0.failures = 0 }
            return connection
        } catch {
            let failures = giveUpPlace()
            guard error.isWorthReconnecting else { throw error }
            let pause = Backoff.reconnecting.delay(after: failures)
            guard EventLoop.now + UInt64(pause.milliseconds) * 1_000_000 < deadline else { throw error }
            try await Task.sleep(for: pause)
            return nil
        }
    }

    private func giveUpPlace() -> Int {
        let (failures, waiter) = state.withLock { state in
            state.total -= 1
            state.failures += 1
            return (state.failures, state.popWaiter())
        }
        waiter?.continuation.resume(returning: .lookAgain)
        return failures
    }

    private func wait(_ deadline: UInt64) async -> Grant {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTooLate = state.withLock { state in
                    // Between the look and the wait something may have come free, or the task may be cancelled.
                    guard !state.isClosed, state.idle.isEmpty, state.total >= maximum, !Task.isCancelled else {
                        return true
                    }
                    state.waiters[id] = Waiter(deadline: deadline, continuation: continuation)
                    state.order.append(id)
                    return false
                }
                if isTooLate { continuation.resume(returning: .lookAgain) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: .lookAgain)
        }
    }

    /// Takes a connection back.
    /// - Parameter isReusable: False when its state is not known; the caller closes it.
    func release(_ connection: Connection, isReusable: Bool) {
        let (waiter, grant): (Waiter?, Grant) = state.withLock { state in
            guard isReusable, connection.isOpen, !state.isClosed else {
                state.total -= 1
                return (state.popWaiter(), .lookAgain)
            }
            if let waiter = state.popWaiter() { return (waiter, .connection(connection)) }
            state.idle.append(connection)
            return (nil, .lookAgain)
        }
        waiter?.continuation.resume(returning: grant)
    }

    /// Forgets an idle connection that broke; one that is lent comes back through ``release(_:isReusable:)``.
    func noteClosed(_ connection: Connection) {
        let waiter = state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === connection }) else { return Waiter?.none }
            state.idle.remove(at: index)
            state.total -= 1
            return state.popWaiter()
        }
        waiter?.continuation.resume(returning: .lookAgain)
    }

    /// Wakes those whose time is over.
    func expireWaiters() {
        let now = EventLoop.now
        let late = state.withLock { state -> [Waiter] in
            guard !state.waiters.isEmpty else { return [] }
            let ids = state.waiters.filter { $0.value.deadline <= now }.map(\.key)
            return ids.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in late { waiter.continuation.resume(returning: .lookAgain) }
    }

    /// Refuses everybody from now on.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.idle = []
            let waiters = Array(state.waiters.values)
            state.waiters = [:]
            return waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: .lookAgain) }
    }

    /// Lent and idle connections, and those who wait, for metrics.
    var counts: (open: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.total, $0.idle.count, $0.waiters.count) }
    }
}
