import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Telemetry
import Verdicts

@testable import VerdictClient
@testable import VerdictServer

/// Enrichment services on loopback, each behind a wire that a test can cut, and a client of all of them that runs.
struct Installation: Sendable {
    /// Each service's indexes.
    let indexes: [TestIndexes]
    /// The wire in front of each.
    let relays: [Relay]
    let client: RemoteVerdictService
    private let metrics: PrometheusMetrics

    /// The metrics as text.
    var metricsText: String { metrics.render() }

    /// Runs services and client for as long as the closure does.
    ///
    /// - Parameters:
    ///   - runsClient: Whether the client follows the endpoints.
    ///   - server: Sets each service up.
    ///   - client: Sets the client up.
    static func with(
        _ indexes: [TestIndexes], runsClient: Bool = true,
        server: (inout VerdictServerConfiguration) -> Void = { _ in },
        client configure: (inout RemoteVerdictConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Installation) async throws -> Void
    ) async throws {
        var configuration = VerdictServerConfiguration()
        configuration.port = 0
        configuration.workers = 2
        server(&configuration)
        let (addresses, listening) = AsyncStream.makeStream(of: (Int, SocketAddress).self)
        let servers = indexes.enumerated().map { place, indexes in
            let health = HealthState()
            health.finishStarting()
            return VerdictServer(
                configuration: configuration,
                services: VerdictServerServices(indexes: indexes, health: health, feeds: { Samples.feeds }),
                logger: silence, onListening: { listening.yield((place, $0)) })
        }
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: servers, logger: silence))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            var relays: [Int: Relay] = [:]
            for await (place, address) in addresses {
                relays[place] = try await Relay.open(to: address)
                if relays.count == indexes.count { break }
            }
            let wires = indexes.indices.compactMap { relays[$0] }
            var settings = try RemoteVerdictConfiguration(endpoints: wires.map(\.url))
            settings.breaker.pause = .milliseconds(50)
            // Other tests keep the machine busy: nothing here shall hang on how fast it is.
            settings.connectTimeout = .seconds(30)
            settings.noticeTimeout = .seconds(30)
            settings.requestTimeout = .seconds(60)
            settings.callTimeout = .seconds(120)
            configure(&settings)
            let metrics = PrometheusMetrics()
            let client = try RemoteVerdictService(configuration: settings, logger: silence, metrics: metrics)
            let installation = Installation(indexes: indexes, relays: wires, client: client, metrics: metrics)
            let follower = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [client], logger: silence))
            if runsClient { tasks.addTask { try await follower.run() } }
            let result: Result<Void, any Error>
            do { result = .success(try await body(installation)) } catch { result = .failure(error) }
            if runsClient { await follower.triggerGracefulShutdown() } else { await client.shutdown() }
            for relay in wires { try await relay.close() }
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }
}

/// What the services tell of their feeds.
enum Samples {
    static let feeds = [
        FeedStatus(feed: "kev", records: 12, setAside: 1, fetchedAt: 1_700_000_000, triedAt: nil, error: "cut"),
        FeedStatus(feed: "osv/PyPI", records: 0, setAside: 0, fetchedAt: nil, triedAt: -5, error: nil),
    ]
}
