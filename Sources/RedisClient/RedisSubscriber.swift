import NIOCore
import PipelinedConnections
import Synchronization

/// What a subscriber hears.
public enum RedisNews: Sendable, Hashable {
    /// Somebody published.
    case message(channel: String, payload: [UInt8])
    /// From now on messages of this channel arrive. What was published before may have been missed; comes again after the connection was
    /// lost and is back.
    case listening(channel: String)
}

/// Listens to channels over a connection of its own, which is made anew whenever it is lost.
///
/// In a cluster, a message that is published on one node is heard on all.
public final class RedisSubscriber: Sendable {
    private typealias Connection = PipelinedConnection<RESPParser>

    private let client: RedisClient
    private let onNews: @Sendable (RedisNews) -> Void
    private let state = Mutex(State())

    private struct State {
        var channels: Set<String> = []
        var connection: Connection?
        var lastHeard = ContinuousClock.now
    }

    /// Between two attempts to connect.
    private static let rest = Duration.milliseconds(100)
    /// Between two signs of life that are asked for.
    private static let pulse = Duration.seconds(5)
    /// Silence after which a connection counts as lost.
    private static let patience = Duration.seconds(12)

    /// Makes a subscriber that listens to nothing yet.
    ///
    /// - Parameters:
    ///   - client: Says where the server is; in a cluster, what it has learnt of other nodes counts too. Its connections are not used.
    ///   - onNews: Called on the event loop, in order: must be quick, and must not wait.
    public init(_ client: RedisClient, onNews: @escaping @Sendable (RedisNews) -> Void) {
        self.client = client
        self.onNews = onNews
    }

    /// Whether there is a connection at the moment.
    public var isConnected: Bool { state.withLock { $0.connection != nil } }

    /// Listens to a channel, as soon as there is a connection. ``RedisNews/listening(channel:)`` tells when.
    public func subscribe(to channel: String) {
        state.withLock { state in
            guard state.channels.insert(channel).inserted else { return }
            // Under the lock, so that the order on the wire is that of the calls; posting does not wait.
            state.connection?.post(RedisCommand("SUBSCRIBE", [.text(channel)]).bytes)
        }
    }

    /// Listens to a channel no more; a message that is on its way may still arrive.
    public func unsubscribe(from channel: String) {
        state.withLock { state in
            guard state.channels.remove(channel) != nil else { return }
            state.connection?.post(RedisCommand("UNSUBSCRIBE", [.text(channel)]).bytes)
        }
    }

    /// Keeps the connection until cancelled.
    public func run() async {
        var attempt = 0
        while !Task.isCancelled {
            do {
                let addresses = client.knownAddresses
                let connection = try await Connection.connect(
                    to: addresses[attempt % addresses.count], security: client.security,
                    limits: client.configuration.limits, parser: RESPParser(), onPush: hear)
                defer { connection.close() }
                try await client.configuration.greet(connection)
                begin(connection)
                await keep(connection)
                state.withLock { $0.connection = nil }
            } catch {
                // The next address, or the same one after a rest.
            }
            attempt += 1
            try? await Task.sleep(for: Self.rest)
        }
    }

    private func begin(_ connection: Connection) {
        state.withLock { state in
            state.connection = connection
            state.lastHeard = .now
            for channel in state.channels { connection.post(RedisCommand("SUBSCRIBE", [.text(channel)]).bytes) }
        }
    }

    /// Returns when the connection has ended or is silent.
    private func keep(_ connection: Connection) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskCancellationHandler {
                    await connection.untilClosed()
                } onCancel: {
                    connection.close()
                }
            }
            group.addTask {
                while self.state.withLock({ $0.lastHeard }) + Self.patience > .now {
                    do { try await Task.sleep(for: Self.pulse) } catch { return }
                    connection.post(RedisCommand("PING").bytes)
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// While subscribed, everything the server says is an array whose first element says what it is.
    private func hear(_ reply: RedisValue) {
        state.withLock { $0.lastHeard = .now }
        guard let parts = reply.array, parts.count == 3, let channel = parts[1].text else { return }
        switch parts[0].text {
        case "message": onNews(.message(channel: channel, payload: parts[2].bytes ?? []))
        case "subscribe": onNews(.listening(channel: channel))
        default: break
        }
    }
}
