import NIOCore
import NIOPosix
import Synchronization

/// A wire between client and service that a test cuts, stretches and garbles as it likes.
final class Relay: Sendable {
    /// What becomes of a request.
    enum Fault: Sendable {
        /// It is swallowed; no answer comes.
        case hang
        /// The connection ends without a word.
        case hangUp
        /// The connection ends behind that many bytes of the answer.
        case cut(after: Int)
        /// That comes back, and the connection ends.
        case answer(String)
    }

    private struct State {
        var fault: Fault?
        var path = ""
        var isDown = false
        var channels: [ObjectIdentifier: any Channel] = [:]
        var swallowed = 0
        var onSwallowed: [(count: Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let listener: any Channel
    let url: String

    private init(_ listener: any Channel) {
        self.listener = listener
        url = "http://127.0.0.1:\(listener.localAddress?.port ?? 0)"
    }

    /// Listens on a free port.
    static func open(to address: SocketAddress) async throws -> Relay {
        let holder = Holder()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                guard let relay = holder.relay else { return channel.close() }
                return relay.accept(channel, address)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let relay = Relay(listener)
        holder.relay = relay
        return relay
    }

    private final class Holder: Sendable {
        private let held = Mutex<Relay?>(nil)
        var relay: Relay? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    private func accept(_ channel: any Channel, _ address: SocketAddress) -> EventLoopFuture<Void> {
        guard !state.withLock({ $0.isDown }) else { return channel.close() }
        keep(channel)
        return ClientBootstrap(group: channel.eventLoop)
            .connect(to: address)
            .flatMapThrowing { upstream in
                let front = Front(relay: self, upstream: upstream)
                try upstream.pipeline.syncOperations.addHandler(Back(front: front, downstream: channel))
                try channel.pipeline.syncOperations.addHandler(front)
                self.keep(upstream)
                try channel.syncOptions?.setOption(.autoRead, value: true)
            }
    }

    private func keep(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        state.withLock { $0.channels[key] = channel }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[key] = nil } }
    }

    // MARK: - What tests do

    /// Has this become of requests whose line begins so, from now on; `nil` heals the wire.
    func meet(_ path: String = "", with fault: Fault?) {
        state.withLock { state in
            state.fault = fault
            state.path = path
        }
    }

    /// Cuts all connections and takes none any more.
    func goDown() {
        let channels = state.withLock { state in
            state.isDown = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Takes connections again.
    func comeBack() { state.withLock { $0.isDown = false } }

    /// Returns when that many requests met a fault.
    func met(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if state.swallowed < count { state.onSwallowed.append((count, continuation)) }
                return state.swallowed >= count
            }
            if isMet { continuation.resume() }
        }
    }

    /// Requests that met a fault so far.
    var faults: Int { state.withLock { $0.swallowed } }

    /// Closes the port and every connection.
    func close() async throws {
        goDown()
        try await listener.close()
    }

    fileprivate func fault(for text: String) -> Fault? {
        let (fault, due) = state.withLock { state -> (Fault?, [CheckedContinuation<Void, Never>]) in
            guard let fault = state.fault, text.hasPrefix(state.path) else { return (nil, []) }
            state.swallowed += 1
            let due = state.onSwallowed.filter { $0.count <= state.swallowed }
            state.onSwallowed.removeAll { $0.count <= state.swallowed }
            return (fault, due.map(\.1))
        }
        for continuation in due { continuation.resume() }
        return fault
    }
}

/// The side of the client.
private final class Front: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let relay: Relay
    private let upstream: any Channel
    /// What has become of the request under way.
    private var fault: Relay.Fault?
    /// Bytes of its answer that may still pass.
    private var left = Int.max

    init(relay: Relay, upstream: any Channel) {
        self.relay = relay
        self.upstream = upstream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        let text = String(buffer: bytes)
        if text.hasPrefix("GET ") || text.hasPrefix("POST ") {
            fault = relay.fault(for: text)
            left = .max
            switch fault {
            case .hangUp: return context.close(promise: nil)
            case .cut(let count): left = count
            case .answer(let answer):
                context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
                return context.close(promise: nil)
            case .hang, nil: break
            }
        }
        if case .hang = fault { return }
        upstream.writeAndFlush(bytes, promise: nil)
    }

    /// How much of the answer passes.
    func pass(_ bytes: ByteBuffer) -> (part: ByteBuffer, isLast: Bool) {
        guard left < bytes.readableBytes else {
            if left != .max { left -= bytes.readableBytes }
            return (bytes, false)
        }
        var bytes = bytes
        return (bytes.readSlice(length: left) ?? ByteBuffer(), true)
    }

    func channelInactive(context: ChannelHandlerContext) { upstream.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The side of the service.
private final class Back: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let front: Front
    private let downstream: any Channel

    init(front: Front, downstream: any Channel) {
        self.front = front
        self.downstream = downstream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let (part, isLast) = front.pass(Self.unwrapInboundIn(data))
        downstream.writeAndFlush(part, promise: nil)
        if isLast { downstream.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { downstream.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
