import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The enrichment service: verdicts for processors in batches, and the OSV.dev API, over HTTP/1.1.
///
/// It runs in a `ServiceGroup`. On graceful shutdown it takes no further connections, finishes the requests under way within
/// ``ServerLimits/shutdownSeconds``, and returns.
public struct VerdictServer: Service {
    private let configuration: VerdictServerConfiguration
    private let services: VerdictServerServices
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) -> Void

    /// Makes one; nothing is opened before ``run()``.
    ///
    /// - Parameter onListening: Called once with the address, when connections are taken.
    public init(
        configuration: VerdictServerConfiguration, services: VerdictServerServices, logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.services = services
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until cancelled or asked to shut down.
    ///
    /// - Throws: What the system says when the address cannot be listened on.
    public func run() async throws {
        let threads = configuration.workers ?? System.coreCount
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let workers = NIOThreadPool(numberOfThreads: max(1, threads))
        workers.start()
        let result: Result<Void, any Error>
        do {
            try await serve(on: loops, workers)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await workers.shutdownGracefully()
        try await loops.shutdownGracefully()
        try result.get()
    }

    private func serve(on loops: MultiThreadedEventLoopGroup, _ workers: NIOThreadPool) async throws {
        let table = ConnectionTable(limit: configuration.limits.connections)
        let watch = IndexWatch(digest: { [indexes = services.indexes] in indexes.index?.digest })
        let parts = makeParts(table: table, watch: watch, workers: workers)
        let listener = try await ServerBootstrap(group: loops)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(table: table))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A batch is some 70 kB: one or two reads instead of the dozen that growing from 1 kB takes.
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4 << 10, initial: 64 << 10, maximum: 256 << 10)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTP(parts)
                    table.add(channel)
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
        if let address = listener.localAddress {
            logger.info("listening", metadata: ["address": "\(address)"])
            onListening(address)
        }
        let looking = loops.next().scheduleRepeatedTask(initialDelay: IndexWatch.interval, delay: IndexWatch.interval) {
            _ in watch.look()
        }
        try? await gracefulShutdown()
        looking.cancel()
        try? await listener.close()
        watch.stop()
        await finish(table)
    }

    private func makeParts(table: ConnectionTable, watch: IndexWatch, workers: NIOThreadPool) -> ConnectionParts {
        let limits = configuration.limits
        let budget = BodyBudget(limit: limits.totalBodyBytes)
        let metrics = ServerMetrics()
        let responder = Responder(
            services: services, limits: limits, settings: ResponderSettings(configuration),
            benches: WorkbenchPool(depth: limits.depth), metrics: metrics,
            rates: configuration.requestsPerSecond.map { RateLimiter(perSecond: $0) }, differences: DifferenceHolder(),
            load: { (table.count, budget.bytes) }, logger: logger)
        return ConnectionParts(
            responder: responder, limits: limits, budget: budget, workers: workers, ids: RequestIDs(), metrics: metrics,
            watch: watch)
    }

    /// Lets requests under way finish, then cuts what is left.
    private func finish(_ table: ConnectionTable) async {
        table.quiesce()
        let patience = Duration.seconds(configuration.limits.shutdownSeconds)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await table.drained() }
            group.addTask {
                // Cancelled when all have finished by themselves.
                guard (try? await Task.sleep(for: patience)) != nil else { return }
                table.cut()
            }
            await group.next()
            group.cancelAll()
        }
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// The handlers of an HTTP/1.1 connection.
    func addHTTP(_ parts: ConnectionParts) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = parts.limits.headBytes
        limits.maxHeaderListSize = parts.limits.headBytes
        let decoder = HTTPRequestDecoder(limitConfiguration: limits)
        try addHandlers([
            HTTPResponseEncoder(), ByteToMessageHandler(decoder), HTTPServerPipelineHandler(),
            ConnectionHandler(parts: parts),
        ])
    }
}
