import CPq
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The thread that talks to all servers: it waits with epoll until a socket is ready or somebody hands it a request.
///
/// libpq and Swift's concurrency do not know each other; NIO cannot watch a socket that it does not read itself. One thread for all
/// connections costs the least processor time of what was measured, and takes no thread from the pool of Swift's tasks.
final class EventLoop: Sendable {
    private enum Command {
        case adopt(Connection)
        case send(Connection, Request)
        case close(Connection, PostgresError, cancelling: Bool)
    }

    private struct Inbox {
        var commands: [Command] = []
        var isStopped = false
        /// Nobody reads the commands any longer.
        var isFinished = false
    }

    private let inbox = Mutex(Inbox())
    private let epoll: Int32
    private let wake: Int32
    private let tick: @Sendable () -> Void

    /// How often time limits are looked at, in milliseconds.
    private static let tickMilliseconds: Int32 = 50

    /// Starts the thread.
    /// - Parameter tick: Called on it about twenty times a second.
    /// - Throws: ``PostgresError/exhausted`` when the system has no descriptor or thread left.
    init(tick: @escaping @Sendable () -> Void) throws(PostgresError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        self.tick = tick
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: wake))
        guard epoll >= 0, wake >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) == 0 else { throw .exhausted }
        guard DetachedThread.run({ [self] in run() }) else { throw .exhausted }
    }

    deinit {
        _ = Glibc.close(epoll)
        _ = Glibc.close(wake)
    }

    /// Nanoseconds of the monotonic clock.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Watches a connection from now on.
    func adopt(_ connection: Connection) { post(.adopt(connection)) }

    /// Sends a request; its completion is called on the loop's thread.
    func send(_ request: Request, on connection: Connection) {
        connection.notePending()
        post(.send(connection, request))
    }

    /// Closes a connection, answering those who wait with this error.
    /// - Parameter cancelling: Whether the server is asked to stop what it does there.
    func close(_ connection: Connection, _ error: PostgresError, cancelling: Bool = false) {
        post(.close(connection, error, cancelling: cancelling))
    }

    /// Closes every connection and ends the thread.
    func stop() {
        inbox.withLock { $0.isStopped = true }
        ring()
    }

    private func post(_ command: Command) {
        let (isFirst, isFinished) = inbox.withLock { inbox in
            guard !inbox.isFinished else { return (false, true) }
            inbox.commands.append(command)
            return (inbox.commands.count == 1, false)
        }
        if isFinished { return refuse(command) }
        // Whoever comes later finds the bell already rung.
        if isFirst { ring() }
    }

    /// What becomes of a command after the end.
    private func refuse(_ command: Command) {
        switch command {
        case .adopt(let connection), .close(let connection, _, _): connection.close(.shutDown)
        case .send(_, let request): request.abandon(.shutDown)
        }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    // MARK: - The thread

    private func run() {
        var connections: [Int32: Connection] = [:]
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), Self.tickMilliseconds)
            for event in events.prefix(Int(max(0, count))) { handle(event, &connections) }
            let inbox = takeInbox()
            for command in inbox.commands { obey(command, &connections) }
            for connection in connections.values where !flush(connection) {
                drop(connection, .connectionLost, &connections)
            }
            expire(&connections)
            tick()
            guard inbox.isStopped else { continue }
            for connection in connections.values { drop(connection, .shutDown, &connections) }
            let rest = self.inbox.withLock { inbox in
                inbox.isFinished = true
                return inbox.commands
            }
            return rest.forEach(refuse)
        }
    }

    private func takeInbox() -> Inbox {
        inbox.withLock { inbox in
            let taken = inbox
            inbox.commands = []
            return taken
        }
    }

    private func handle(_ event: epoll_event, _ connections: inout [Int32: Connection]) {
        if event.data.fd == wake {
            var count: UInt64 = 0
            _ = read(wake, &count, 8)
            return
        }
        guard let connection = connections[event.data.fd] else { return }
        if !connection.receive() { drop(connection, .connectionLost, &connections) }
    }

    private func obey(_ command: Command, _ connections: inout [Int32: Connection]) {
        switch command {
        case .adopt(let connection):
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: connection.descriptor))
            guard epoll_ctl(epoll, EPOLL_CTL_ADD, connection.descriptor, &event) == 0 else {
                return connection.close(.connectionLost)
            }
            connections[connection.descriptor] = connection
        case .send(let connection, let request):
            guard connections[connection.descriptor] === connection else {
                // It broke before the request was sent.
                return request.abandon(.connectionLost)
            }
            if !connection.send(request) { drop(connection, .connectionLost, &connections) }
        case .close(let connection, let error, let cancelling):
            guard connections[connection.descriptor] === connection else { return }
            if cancelling { connection.cancelStatement() }
            drop(connection, error, &connections)
        }
    }

    /// Sends what is buffered, and watches for room in the socket while something is left.
    private func flush(_ connection: Connection) -> Bool {
        let before = connection.wantsToWrite
        guard connection.flush() else { return false }
        if connection.wantsToWrite != before {
            let interest = EPOLLIN.rawValue | (connection.wantsToWrite ? EPOLLOUT.rawValue : 0)
            var event = epoll_event(events: interest, data: epoll_data_t(fd: connection.descriptor))
            return epoll_ctl(epoll, EPOLL_CTL_MOD, connection.descriptor, &event) == 0
        }
        return true
    }

    private func expire(_ connections: inout [Int32: Connection]) {
        let now = Self.now
        for connection in connections.values where connection.expire(at: now) {
            drop(connection, .connectionLost, &connections)
        }
    }

    private func drop(_ connection: Connection, _ error: PostgresError, _ connections: inout [Int32: Connection]) {
        connections[connection.descriptor] = nil
        var event = epoll_event()
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, connection.descriptor, &event)
        connection.close(error)
    }
}
