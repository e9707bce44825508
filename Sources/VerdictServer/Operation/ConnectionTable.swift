import NIOCore
import Synchronization

/// The open connections: counted, told to finish, and in the end cut.
final class ConnectionTable: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
        var onRoom: (@Sendable () -> Void)?
        var onEmpty: [CheckedContinuation<Void, Never>] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// How many there are.
    var count: Int { state.withLock { $0.channels.count } }

    /// Adds a connection until it closes.
    func add(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        let isStopping = state.withLock { state in
            state.channels[key] = channel
            return state.isStopping
        }
        channel.closeFuture.whenComplete { _ in self.remove(key) }
        if isStopping { channel.close(promise: nil) }
    }

    private func remove(_ key: ObjectIdentifier) {
        let (onRoom, onEmpty) = state.withLock { state in
            state.channels[key] = nil
            let onRoom = state.channels.count < limit ? state.onRoom : nil
            if onRoom != nil { state.onRoom = nil }
            let onEmpty = state.channels.isEmpty ? state.onEmpty : []
            if state.channels.isEmpty { state.onEmpty = [] }
            return (onRoom, onEmpty)
        }
        onRoom?()
        for continuation in onEmpty { continuation.resume() }
    }

    /// Whether one more may be accepted; if not, the closure is called once when one may.
    func hasRoom(orElse onRoom: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.channels.count >= limit else { return true }
            state.onRoom = onRoom
            return false
        }
    }

    /// Tells every connection to end after the request under way.
    func quiesce() {
        let channels = state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Cuts all that are left.
    func cut() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Returns when the last connection has closed.
    func drained() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.channels.isEmpty { state.onEmpty.append(continuation) }
                return state.channels.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}

/// Stops accepting while the table is full. Who connects then waits in the system's queue instead of being cut off.
final class AcceptGate: ChannelOutboundHandler {
    typealias OutboundIn = any Channel

    private let table: ConnectionTable

    init(table: ConnectionTable) { self.table = table }

    func read(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let hasRoom = table.hasRoom { loop.execute { bound.value.read() } }
        if hasRoom { context.read() }
    }
}
