import Synchronization

/// The connections that requests share. Each request is one round trip and a transaction of its own, so that many may be on their way on
/// one connection without knowing of each other.
final class Lanes: Sendable {
    private enum Lane {
        case closed
        case opening(Task<Connection, any Error>)
        case open(Connection)
    }

    private struct State {
        var lanes: [Lane]
        var next = 0
        var failures = 0
        /// Before this nobody but those who would wait anyway tries again.
        var nextTry: UInt64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let open: ConnectionPool.Opener

    /// Requests that may wait on one lane; more are refused, so that memory stays bounded when the server is slow.
    static let maximumPending = 2000

    init(count: Int, open: @escaping ConnectionPool.Opener) {
        state = Mutex(State(lanes: Array(repeating: .closed, count: min(max(count, 1), 64))))
        self.open = open
    }

    /// The next lane in turn, which is opened when it is not. While the server is away it tries again until the deadline.
    func connection(deadline: UInt64) async throws -> Connection {
        while true {
            try Task.checkCancellation()
            let task: Task<Connection, any Error>
            switch try nextLane() {
            case .ready(let connection):
                guard connection.pending < Self.maximumPending else { throw PostgresError.exhausted }
                return connection
            case .opening(let opening): task = opening
            }
            do { return try await task.value } catch let error as PostgresError {
                guard error.isWorthReconnecting else { throw error }
                let failures = state.withLock { $0.failures }
                let pause = Backoff.reconnecting.delay(after: failures)
                guard EventLoop.now + UInt64(pause.milliseconds) * 1_000_000 < deadline else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// The next lane in turn, if it is open; if not, it will be soon. For those who have somebody else to ask.
    func readyConnection() throws -> Connection? {
        let mayOpen = state.withLock { $0.nextTry <= EventLoop.now }
        guard mayOpen, case .ready(let connection) = try nextLane(), connection.pending < Self.maximumPending else {
            return nil
        }
        return connection
    }

    private enum Next {
        case ready(Connection)
        case opening(Task<Connection, any Error>)
    }

    private func nextLane() throws -> Next {
        try state.withLock { state in
            guard !state.isClosed else { throw PostgresError.shutDown }
            let index = state.next
            state.next = (index + 1) % state.lanes.count
            switch state.lanes[index] {
            case .open(let connection) where connection.isOpen: return .ready(connection)
            case .opening(let task): return .opening(task)
            default:
                // One opens it for all who come meanwhile, and goes on when the one who asked first is cancelled.
                let task = Task { try await self.fill(index) }
                state.lanes[index] = .opening(task)
                return .opening(task)
            }
        }
    }

    private func fill(_ index: Int) async throws -> Connection {
        do {
            let connection = try await open()
            state.withLock { state in
                state.lanes[index] = .open(connection)
                (state.failures, state.nextTry) = (0, 0)
            }
            return connection
        } catch {
            state.withLock { state in
                state.lanes[index] = .closed
                state.failures += 1
                let pause = Backoff.reconnecting.delay(after: state.failures)
                state.nextTry = EventLoop.now + UInt64(pause.milliseconds) * 1_000_000
            }
            throw error
        }
    }

    /// Refuses everybody from now on.
    func close() { state.withLock { $0.isClosed = true } }
}
