import NIOCore
import Settings
import Synchronization

/// A server, with a connection to it that is made when it is needed and made anew when it was lost.
public final class PipelinedEndpoint<Parser: ReplyParser>: Sendable {
    /// The connection of such an endpoint.
    public typealias Connection = PipelinedConnection<Parser>

    /// Where the server listens.
    public let address: ServerAddress

    private let connect: @Sendable () async throws(ConnectionError) -> Connection
    private let state = Mutex(State.idle)

    /// After a failed attempt, how long requests fail at once instead of each trying again.
    private static var rest: Duration { .milliseconds(50) }

    fileprivate enum State {
        /// Not connected; the next request connects.
        case idle
        /// Connecting on behalf of all who ask.
        case connecting(Task<Connection, any Error>)
        case connected(Connection)
        /// The last attempt failed.
        case resting(until: ContinuousClock.Instant, ConnectionError)
        /// For good.
        case shutDown
    }

    /// Makes an endpoint; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - makeParser: A fresh parser for each connection.
    ///   - greet: Introduces the client on a fresh connection, before anything else is sent. When it throws, the connection is not used.
    public init(
        address: ServerAddress, security: TransportSecurity?, limits: PipelineLimits,
        makeParser: @escaping @Sendable () -> Parser,
        greet: @escaping @Sendable (Connection) async throws(ConnectionError) -> Void = { _ throws(ConnectionError) in }
    ) {
        self.address = address
        connect = { () async throws(ConnectionError) in
            let connection = try await Connection.connect(
                to: address, security: security, limits: limits, parser: makeParser())
            do {
                try await greet(connection)
            } catch {
                connection.close()
                throw .unreachable("\(address): \(error)")
            }
            return connection
        }
    }

    /// Sends bytes that the server answers with that many replies, connecting first when needed.
    public func send(_ bytes: ByteBuffer, replies: Int) async throws(ConnectionError) -> [Parser.Reply] {
        try await connection().send(bytes, replies: replies)
    }

    /// Ends the connection; requests that wait fail, the next one connects anew.
    public func disconnect() {
        let connection = state.withLock { state -> Connection? in
            guard case .connected(let connection) = state else { return nil }
            state = .idle
            return connection
        }
        connection?.close()
    }

    /// Ends the connection; requests that wait and those to come fail.
    public func shutDown() {
        let last = state.withLock { state in
            defer { state = .shutDown }
            return state
        }
        switch last {
        case .connected(let connection): connection.close()
        case .connecting(let task): task.cancel()
        case .idle, .resting, .shutDown: break
        }
    }

    private func connection() async throws(ConnectionError) -> Connection {
        let task: Task<Connection, any Error>
        switch state.withLock({ $0.step(connect: startConnecting) }) {
        case .success(.left(let connection)): return connection
        case .success(.right(let attempt)): task = attempt
        case .failure(let error): throw error
        }
        do {
            return try await task.value
        } catch {
            throw error as? ConnectionError ?? .unreachable("\(error)")
        }
    }

    /// A task of its own, because it belongs to all who wait for the connection and must outlive the first of them.
    private func startConnecting() -> Task<Connection, any Error> {
        Task {
            do {
                let connection = try await self.connect()
                try self.finishConnecting(.connected(connection), connection)
                return connection
            } catch {
                let reason = error as? ConnectionError ?? .unreachable("\(error)")
                try self.finishConnecting(.resting(until: .now + Self.rest, reason), nil)
                throw reason
            }
        }
    }

    private func finishConnecting(_ next: State, _ connection: Connection?) throws(ConnectionError) {
        let isShutDown = state.withLock { state in
            if case .shutDown = state { return true }
            state = next
            return false
        }
        guard isShutDown else { return }
        connection?.close()
        throw .shutDown
    }
}

extension PipelinedEndpoint.State {
    enum Either { case left(PipelinedConnection<Parser>), right(Task<PipelinedConnection<Parser>, any Error>) }

    /// What somebody who wants a connection gets.
    fileprivate mutating func step(
        connect: () -> Task<PipelinedConnection<Parser>, any Error>
    ) -> Result<Either, ConnectionError> {
        switch self {
        case .connected(let connection) where connection.isActive: return .success(.left(connection))
        case .connecting(let task): return .success(.right(task))
        case .resting(let until, let error) where ContinuousClock.now < until: return .failure(error)
        case .shutDown: return .failure(.shutDown)
        case .idle, .connected, .resting:
            let task = connect()
            self = .connecting(task)
            return .success(.right(task))
        }
    }
}
