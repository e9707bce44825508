import CPq
import Synchronization

/// A connection in pipeline mode.
///
/// `@unchecked Sendable`: everything but ``isOpen`` and ``pending`` is touched by the loop's thread alone, which also makes every call of
/// libpq.
final class Connection: @unchecked Sendable {
    let pointer: OpaquePointer
    let descriptor: Int32
    /// Called once, on the loop's thread, when the connection is gone.
    var onClose: (@Sendable () -> Void)?
    private let open = Atomic<Bool>(true)
    private let pendingCount = Atomic<Int>(0)

    /// What the next results belong to.
    private enum Expected {
        /// Whether the server prepared this text.
        case preparation(String)
        case statement
        case end
    }

    private enum Preparation {
        /// On its way: until the answer is there, the text is sent without a name.
        case pending
        case done(name: String, types: [PostgresType])
    }

    private var requests: ArraySlice<Request> = []
    private var expected: ArraySlice<Expected> = []
    private var hasAnswer = false
    private var preparations: [String: Preparation] = [:]
    private var pendingNames: [String: (name: String, types: [PostgresType])] = [:]
    private var nextName = 0
    var wantsToWrite = false

    /// Texts beyond these are sent without preparing them; a program has a few hundred.
    private static let maximumPreparations = 1000

    /// Takes a session over and puts it into pipeline mode.
    init(_ session: Session) throws(PostgresError) {
        let pointer = session.pointer
        guard PQsetnonblocking(pointer, 0) == 0, PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1
        else { throw .connectionLost }
        descriptor = PQsocket(pointer)
        self.pointer = session.take()
    }

    deinit { PQfinish(pointer) }

    /// False once it broke or was closed.
    var isOpen: Bool { open.load(ordering: .acquiring) }

    /// Requests that were handed over and not answered yet.
    var pending: Int { pendingCount.load(ordering: .relaxed) }

    /// Counts a request before it is handed to the loop.
    func notePending() { pendingCount.add(1, ordering: .relaxed) }

    // MARK: - On the loop's thread

    /// The earliest time by which an answer must be there.
    var deadline: UInt64? { requests.lazy.map(\.deadline).min() }

    /// Puts a request on its way.
    /// - Returns: False when the connection broke.
    func send(_ request: Request) -> Bool {
        requests.append(request)
        for statement in request.statements {
            guard send(statement) else { return false }
        }
        guard PQpipelineSync(pointer) == 1 else { return false }
        expected.append(.end)
        return true
    }

    private func send(_ statement: PostgresStatement) -> Bool {
        let types = statement.parameters.map(\.type)
        switch preparations[statement.sql] {
        case .done(let name, types): return send(statement, name: name)
        case nil where preparations.count < Self.maximumPreparations:
            guard let name = prepare(statement.sql, types) else { return false }
            return send(statement, name: name)
        default: return send(statement, name: nil)
        }
    }

    private func prepare(_ sql: String, _ types: [PostgresType]) -> String? {
        let name = "s\(nextName)"
        nextName += 1
        let numbers = types.map(\.rawValue)
        guard PQsendPrepare(pointer, name, sql, Int32(numbers.count), numbers) == 1 else { return nil }
        preparations[sql] = .pending
        pendingNames[sql] = (name, types)
        expected.append(.preparation(sql))
        return name
    }

    private func send(_ statement: PostgresStatement, name: String?) -> Bool {
        expected.append(.statement)
        return BoundParameters.with(statement.parameters) { bound in
            if let name {
                PQsendQueryPrepared(
                    pointer, name, bound.count, bound.values, bound.lengths, bound.formats, 1)
            } else {
                PQsendQueryParams(
                    pointer, statement.sql, bound.count, bound.types, bound.values, bound.lengths, bound.formats, 1)
            }
        } == 1
    }

    /// Sends what is buffered.
    /// - Returns: False when the connection broke.
    func flush() -> Bool {
        let rest = PQflush(pointer)
        wantsToWrite = rest == 1
        return rest >= 0
    }

    /// Reads what arrived and answers the requests that are complete.
    /// - Returns: False when the connection broke.
    func receive() -> Bool {
        guard PQconsumeInput(pointer) == 1 else { return false }
        while let next = expected.first {
            guard PQisBusy(pointer) == 0 else { break }
            guard let result = PQgetResult(pointer) else {
                // Null ends the answers to one statement; a second one in a row says that nothing is left to read.
                guard hasAnswer else { break }
                hasAnswer = false
                expected.removeFirst()
                continue
            }
            guard take(result, for: next) else { return false }
        }
        return PQstatus(pointer) == CONNECTION_OK
    }

    private func take(_ result: OpaquePointer, for next: Expected) -> Bool {
        let status = PQresultStatus(result)
        if status == PGRES_PIPELINE_SYNC {
            PQclear(result)
            return finishRequest()
        }
        hasAnswer = true
        let succeeded = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
        if case .preparation(let sql) = next {
            notePreparation(sql, succeeded)
            if status == PGRES_FATAL_ERROR { requests.first?.fail(Session.error(result)) }
            PQclear(result)
        } else if succeeded {
            requests.first?.add(PostgresResult(result))
        } else {
            if status != PGRES_PIPELINE_ABORTED { requests.first?.fail(Session.error(result)) }
            PQclear(result)
        }
        return true
    }

    private func notePreparation(_ sql: String, _ succeeded: Bool) {
        guard let made = pendingNames.removeValue(forKey: sql) else { return }
        preparations[sql] = succeeded ? .done(name: made.name, types: made.types) : nil
    }

    private func finishRequest() -> Bool {
        guard case .end = expected.popFirst(), let request = requests.popFirst() else { return false }
        pendingCount.subtract(1, ordering: .relaxed)
        request.finish()
        return true
    }

    /// Answers everybody who waits, and closes the socket when the last user lets go.
    func close(_ error: PostgresError) {
        guard open.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let waiting = requests
        (requests, expected) = ([], [])
        pendingCount.subtract(waiting.count, ordering: .relaxed)
        for request in waiting { request.abandon(error) }
        let onClose = onClose
        self.onClose = nil
        onClose?()
    }

    /// Gives up whatever is late: nobody waits for it any longer, and the server is asked to stop.
    func expire(at now: UInt64) -> Bool {
        guard let deadline, deadline <= now else { return false }
        for request in requests where request.deadline <= now { request.abandon(.timedOut) }
        cancelStatement()
        return true
    }

    /// Asks the server to stop what it does on this connection. The asking blocks, hence a thread of its own.
    func cancelStatement() {
        guard let cancel = PQgetCancel(pointer) else { return }
        let address = UInt(bitPattern: cancel)
        let started = DetachedThread.run {
            guard let cancel = OpaquePointer(bitPattern: address) else { return }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(cancel, &message, Int32(message.count))
            PQfreeCancel(cancel)
        }
        if !started { PQfreeCancel(cancel) }
    }
}
