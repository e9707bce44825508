import Synchronization

/// A client of one database: a primary server and replicas that may answer reads.
///
/// Single requests share a few connections and travel in pipelines, ``run(_:on:timeout:isRepeatable:)``; a transaction with steps has a
/// connection to itself, ``withTransaction(_:_:)``; what libpq can only do blocking (COPY, scripts) runs on a thread of its own,
/// ``withDedicatedSession(_:)``. Connections are made when they are first wanted and again when they break.
public final class PostgresClient: Sendable {
    /// Which server answers.
    public enum Route: Sendable, Hashable {
        /// The one that takes writes.
        case primary
        /// A replica that has carried out at least what stood at this position, else the primary. Only for what writes nothing.
        case replica(atLeast: PostgresPosition)
    }

    private let configuration: PostgresConfiguration
    private let loop: EventLoop
    private let lanes: Lanes
    private let replicas: [Replica]
    private let pool: ConnectionPool
    private let nextReplicaNumber = Atomic<Int>(0)
    private let dedicatedSessions = Atomic<Int>(0)

    /// A server that follows the primary, and connections to it.
    private struct Replica: Sendable {
        let lanes: Lanes
        let pool: ConnectionPool
    }

    /// Blocking sessions at a time.
    private static let maximumDedicatedSessions = 4

    private let noteReplicaRead: @Sendable (Bool) -> Void

    /// Makes a client; no connection is made yet.
    /// - Parameter noteReplicaRead: Called for each read that a replica might answer, with whether one did.
    /// - Throws: ``PostgresError/exhausted`` when the system has no thread or descriptor left.
    public init(
        _ configuration: PostgresConfiguration, noteReplicaRead: @escaping @Sendable (Bool) -> Void = { _ in }
    ) throws(PostgresError) {
        self.configuration = configuration
        self.noteReplicaRead = noteReplicaRead
        let later = WeakPool()
        let laterReplicas = configuration.replicas.map { _ in WeakPool() }
        let loop = try EventLoop(tick: {
            later.pool?.expireWaiters()
            for replica in laterReplicas { replica.pool?.expireWaiters() }
        })
        self.loop = loop
        @Sendable func opener(
            _ endpoint: PostgresConfiguration.Endpoint, writable: Bool, _ note: (@Sendable (Connection) -> Void)? = nil
        )
            -> ConnectionPool.Opener
        {
            { () async throws(PostgresError) -> Connection in
                let connection = try await Self.connect(configuration, endpoint, writable: writable)
                if let note {
                    connection.onClose = { [weak connection] in if let connection { note(connection) } }
                }
                loop.adopt(connection)
                return connection
            }
        }
        lanes = Lanes(count: configuration.lanes, open: opener(configuration.primary, writable: true))
        let most = min(max(configuration.maximumTransactions, 1), 1000)
        replicas = zip(configuration.replicas, laterReplicas).map { endpoint, later in
            let pool = ConnectionPool(
                maximum: most, maximumWaiters: most * 64,
                open: opener(endpoint, writable: false) { later.pool?.noteClosed($0) })
            later.set(pool)
            return Replica(
                lanes: Lanes(count: configuration.lanes, open: opener(endpoint, writable: false)), pool: pool)
        }
        pool = ConnectionPool(
            maximum: most, maximumWaiters: most * 64,
            open: opener(configuration.primary, writable: true) { later.pool?.noteClosed($0) })
        later.set(pool)
    }

    /// Breaks the circle between loop and pool.
    private final class WeakPool: Sendable {
        private let reference = Mutex<Reference>(Reference())
        private struct Reference { weak var pool: ConnectionPool? }
        var pool: ConnectionPool? { reference.withLock { $0.pool } }
        func set(_ pool: ConnectionPool) { reference.withLock { $0.pool = pool } }
    }

    /// Closes all connections; requests under way fail, later ones as well.
    public func shutDown() {
        lanes.close()
        for replica in replicas {
            replica.lanes.close()
            replica.pool.close()
        }
        pool.close()
        loop.stop()
    }

    /// Connections of transactions that are open and idle, and how many wait for one.
    public var transactionConnections: (open: Int, idle: Int, waiting: Int) { pool.counts }

    // MARK: - Requests

    /// Runs statements in one round trip and one transaction: all of it happens or nothing.
    ///
    /// Cancelling the task ends the waiting; the statements may be carried out all the same.
    ///
    /// - Parameters:
    ///   - statements: Begin with ``PostgresStatement/setting(_:to:)`` for what must hold for all of them.
    ///   - route: Which server answers.
    ///   - timeout: For the whole, with the wait for a connection.
    ///   - isRepeatable: Whether it may be sent again when the connection breaks and nobody knows whether it was carried out: true for
    ///     reads and for what gives the same result twice.
    /// - Returns: As many results as there are statements.
    /// - Throws: ``PostgresError``, or `CancellationError`.
    public func run(
        _ statements: [PostgresStatement], on route: Route = .primary, timeout: Duration? = nil,
        isRepeatable: Bool = false
    ) async throws -> [PostgresResult] {
        guard !statements.isEmpty else { return [] }
        if case .replica(let position) = route {
            let results = try await runOnReplica(statements, position, timeout)
            noteReplicaRead(results != nil)
            if let results { return results }
        }
        let deadline = EventLoop.now + nanoseconds(configuration.acquireTimeout)
        var attempt = 1
        while true {
            let connection = try await lanes.connection(deadline: deadline)
            do {
                return try await perform(statements, on: connection, timeout: timeout, isExclusive: false)
            } catch let error as PostgresError where attempt < 5 && Self.mayRepeat(error, isRepeatable) {
                if error.state == .readOnlyTransaction { loop.close(connection, .connectionLost) }
                try await Task.sleep(for: Backoff.retrying.delay(after: attempt))
                attempt += 1
            }
        }
    }

    /// Nothing was done when the server says so; when the connection broke, only what may be done twice is tried again.
    private static func mayRepeat(_ error: PostgresError, _ isRepeatable: Bool) -> Bool {
        switch error {
        case .server(let error):
            error.state.isRetryable || error.state == .invalidStatementName || error.state == .readOnlyTransaction
                || (error.state.endsConnection && isRepeatable)
        case .connectionLost: isRepeatable
        default: false
        }
    }

    // MARK: - Replicas

    /// Whether there are replicas at all.
    public var hasReplicas: Bool { !replicas.isEmpty }
    /// How many there are.
    public var replicaCount: Int { replicas.count }

    /// How many replicas answer and receive what the primary does. One that is the primary itself counts: where either of two servers may
    /// take over from the other, both are named as replicas.
    public func replicasThatFollow() async throws -> Int {
        let primary = try? await startOfPrimary()
        var count = 0
        for replica in replicas {
            do {
                let connection = try await replica.lanes.connection(
                    deadline: EventLoop.now + nanoseconds(configuration.connectTimeout))
                let statement = PostgresStatement(
                    """
                    select case when pg_is_in_recovery() then exists (select from pg_stat_wal_receiver)
                        else coalesce(pg_postmaster_start_time()::text = $1::text, false) end
                    """, primary ?? "")
                let results = try await perform([statement], on: connection, timeout: .seconds(5), isExclusive: false)
                if try results.first?.value(as: Bool.self) == true { count += 1 }
            } catch is PostgresError { continue }
        }
        return count
    }

    private func startOfPrimary() async throws -> String {
        guard let result = try await run([.startOfServer], timeout: .seconds(5), isRepeatable: true).first else {
            throw PostgresError.missingRow
        }
        return try result.value()
    }

    /// How far the primary is: whatever was committed before this was called stands at or before it (with `synchronous_commit` on, which is
    /// PostgreSQL's default).
    public func currentPosition() async throws -> PostgresPosition {
        let statement = PostgresStatement("select pg_current_wal_flush_lsn()::text")
        let results = try await run([statement], timeout: .seconds(5), isRepeatable: true)
        guard let result = results.first else { throw PostgresError.missingRow }
        return PostgresPosition(text: try result.value())
    }

    /// The next replica in turn, if a connection to it is open: one that is away must not cost time.
    private func nextReplica() throws -> (Replica, Connection)? {
        guard !replicas.isEmpty else { return nil }
        let turn = nextReplicaNumber.add(1, ordering: .relaxed).oldValue
        let replica = replicas[Int(UInt(bitPattern: turn) % UInt(replicas.count))]
        return try replica.lanes.readyConnection().map { (replica, $0) }
    }

    /// Asks a replica, which says in the same round trip, and before it reads, whether it is far enough.
    /// - Returns: `nil` when no replica can answer: the primary does.
    private func runOnReplica(_ statements: [PostgresStatement], _ position: PostgresPosition, _ timeout: Duration?)
        async throws -> [PostgresResult]?
    {
        do {
            guard let (_, connection) = try nextReplica() else { return nil }
            var results = try await perform(
                [position.isReached] + statements, on: connection, timeout: timeout, isExclusive: false)
            return try results.removeFirst().value(as: Bool.self) ? results : nil
        } catch let error as PostgresError where error.isReplicasOwn { return nil }
    }

    /// Runs a transaction that only reads on a replica.
    /// - Returns: `nil` when no replica can carry it out: the primary does.
    private func attemptOnReplica<T: Sendable>(
        _ options: PostgresTransactionOptions, _ position: PostgresPosition,
        _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T? {
        guard let (replica, _) = try? nextReplica() else { return nil }
        let connection: Connection
        do {
            connection = try await replica.pool.acquire(deadline: EventLoop.now + nanoseconds(Self.replicaPatience))
        } catch is PostgresError { return nil }
        let transaction = PostgresTransaction(connection, self, timeout: options.timeout)
        let result: T
        do {
            // What is asked first settles what all of it sees.
            let opening = try await transaction.run(options.opening + [position.isReached])
            guard try opening.last?.value(as: Bool.self) == true else {
                await abort(connection, in: replica.pool)
                return nil
            }
            result = try await body(transaction)
        } catch {
            await abort(connection, in: replica.pool)
            if let error = error as? PostgresError, error.isReplicasOwn { return nil }
            throw error
        }
        // It has read all it wanted; how it ends is nobody's concern.
        await abort(connection, in: replica.pool)
        return result
    }

    /// How long a read waits for a connection to a replica before it goes to the primary.
    private static let replicaPatience = Duration.milliseconds(500)

    // MARK: - Transactions

    /// Runs a transaction on a connection of its own. It is committed when the closure returns and rolled back when it throws.
    ///
    /// When others are in the way (serialization failure, deadlock) or the connection breaks before the commit, everything is run again
    /// from the start, at most `options.attempts` times.
    ///
    /// - Parameter route: Which server; a replica only for a transaction that is said to only read.
    /// - Throws: What the closure throws, ``PostgresError``, or `CancellationError`.
    ///   ``PostgresError/connectionLost`` from the commit leaves open whether it happened.
    @discardableResult
    public func withTransaction<T: Sendable>(
        _ options: PostgresTransactionOptions = .init(), on route: Route = .primary,
        _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        if case .replica(let position) = route, options.isReadOnly {
            let result = try await attemptOnReplica(options, position, body)
            noteReplicaRead(result != nil)
            if let result { return result }
        }
        var attempt = 1
        while true {
            do { return try await attemptTransaction(options, body) } catch let failure as Retryable {
                guard attempt < options.attempts else { throw failure.error }
                try await Task.sleep(for: Backoff.retrying.delay(after: attempt))
                attempt += 1
            }
        }
    }

    /// An attempt that failed without a trace.
    private struct Retryable: Error { let error: PostgresError }

    private func attemptTransaction<T: Sendable>(
        _ options: PostgresTransactionOptions, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let connection = try await pool.acquire(deadline: EventLoop.now + nanoseconds(configuration.acquireTimeout))
        let transaction = PostgresTransaction(connection, self, timeout: options.timeout)
        let result: T
        do {
            try await transaction.run(options.opening)
            result = try await body(transaction)
        } catch {
            await abort(connection, in: pool)
            throw Self.retryable(error)
        }
        try await commit(connection, options.timeout)
        return result
    }

    private static func retryable(_ error: any Error) -> any Error {
        guard let error = error as? PostgresError else { return error }
        switch error {
        case .connectionLost: return Retryable(error: error)
        case .server(let server)
        where server.state.isRetryable || server.state.endsConnection || server.state == .readOnlyTransaction
            || server.state == .invalidStatementName:
            return Retryable(error: error)
        default: return error
        }
    }

    /// Ends a transaction that failed. A connection on which something is still under way is given up.
    private func abort(_ connection: Connection, in pool: ConnectionPool) async {
        guard connection.isOpen, connection.pending == 0 else {
            loop.close(connection, .connectionLost, cancelling: connection.isOpen)
            return pool.release(connection, isReusable: false)
        }
        let isClean = await finish(connection, "rollback", .seconds(5)) == nil
        if !isClean { loop.close(connection, .connectionLost) }
        pool.release(connection, isReusable: isClean)
    }

    private func commit(_ connection: Connection, _ timeout: Duration) async throws {
        let failure = await finish(connection, "commit", timeout)
        guard let failure else { return pool.release(connection, isReusable: true) }
        // A commit that the server refused has rolled back.
        loop.close(connection, .connectionLost)
        pool.release(connection, isReusable: false)
        throw failure.state?.isRetryable == true ? Retryable(error: failure) : failure
    }

    /// Ends a transaction, whether the task is cancelled or not.
    private func finish(_ connection: Connection, _ sql: String, _ timeout: Duration) async -> PostgresError? {
        await withCheckedContinuation { continuation in
            let deadline = EventLoop.now + nanoseconds(timeout)
            let request = Request([PostgresStatement(sql)], deadline: deadline) { result in
                switch result {
                case .success: continuation.resume(returning: nil)
                case .failure(let error): continuation.resume(returning: error)
                }
            }
            loop.send(request, on: connection)
        }
    }

    /// Sends statements and waits for the answers.
    /// - Parameter isExclusive: Whether nobody else uses the connection, so that a cancelled task can give it up.
    func perform(_ statements: [PostgresStatement], on connection: Connection, timeout: Duration?, isExclusive: Bool)
        async throws -> [PostgresResult]
    {
        guard statements.allSatisfy(\.fitsProtocol) else { throw PostgresError.tooLarge }
        try Task.checkCancellation()
        let deadline = EventLoop.now + nanoseconds(timeout ?? configuration.statementTimeout + .seconds(10))
        let once = ResumeOnce()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<[PostgresResult], any Error>) in
                guard once.arm(continuation) else { return continuation.resume(throwing: CancellationError()) }
                let request = Request(statements, deadline: deadline) { once.resume($0.mapError { $0 }) }
                loop.send(request, on: connection)
            }
        } onCancel: {
            once.resume(.failure(CancellationError()))
            if isExclusive { loop.close(connection, .connectionLost, cancelling: true) }
        }
    }

    private func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(duration.milliseconds) * 1_000_000 }

    // MARK: - Connecting

    private static func connect(
        _ configuration: PostgresConfiguration, _ endpoint: PostgresConfiguration.Endpoint, writable: Bool
    ) async throws(PostgresError) -> Connection {
        let result: Result<Connection, PostgresError> = await withCheckedContinuation { continuation in
            let started = DetachedThread.run {
                continuation.resume(
                    returning: Result { () throws(PostgresError) -> Connection in
                        try Connection(try Session(configuration, endpoint, writable: writable))
                    })
            }
            if !started { continuation.resume(returning: .failure(.exhausted)) }
        }
        return try result.get()
    }

    /// Lends a connection that blocks, on a thread of its own: for COPY, for scripts, for locks that outlast a transaction. The connection
    /// is made for it and closed after it.
    ///
    /// - Throws: What the closure throws; ``PostgresError/exhausted`` when four are at work already.
    public func withDedicatedSession<T: Sendable>(
        _ body: @escaping @Sendable (borrowing DedicatedSession) throws -> T
    ) async throws -> T {
        guard dedicatedSessions.add(1, ordering: .relaxed).newValue <= Self.maximumDedicatedSessions else {
            dedicatedSessions.subtract(1, ordering: .relaxed)
            throw PostgresError.exhausted
        }
        defer { dedicatedSessions.subtract(1, ordering: .relaxed) }
        let configuration = configuration
        return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let started = DetachedThread.run {
                continuation.resume(
                    with: Result {
                        try body(DedicatedSession(try Session.connecting(configuration, configuration.primary)))
                    })
            }
            if !started { continuation.resume(throwing: PostgresError.exhausted) }
        }
    }
}

/// A continuation that the answer and the cancellation race for.
private final class ResumeOnce: Sendable {
    private enum State {
        case waiting
        case armed(CheckedContinuation<[PostgresResult], any Error>)
        case done
    }

    private let state = Mutex(State.waiting)

    /// False when the task was cancelled before.
    func arm(_ continuation: CheckedContinuation<[PostgresResult], any Error>) -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .armed(continuation)
            return true
        }
    }

    func resume(_ result: Result<[PostgresResult], any Error>) {
        let before = state.withLock { state in
            let before = state
            state = .done
            return before
        }
        if case .armed(let continuation) = before { continuation.resume(with: result) }
    }
}
