import Crypto
import Enrichment
import Events
import Foundation
import Gateway
import JobQueue
import Logging
import Metrics
import Processor
import SQLiteStore
import ServiceLifecycle
import Telemetry

/// Everything that `zerotrace serve` needs to know.
struct ServeConfiguration: Sendable {
    var data: DataFolder
    var gateway = GatewayConfiguration()
    /// Companies worked on at once.
    var workers = 2
    /// Rest between two feed syncs; `nil` leaves syncing to the operator.
    var feedInterval: Duration?
    /// Of `zerotrace feeds sync`, which runs in a process of its own.
    var feedArguments: [String] = []
    /// Rest between two looks for work that a queue forgot.
    var sweepInterval = Duration.seconds(2)
}

/// Builds the all-in-one server: every role in this process, on embedded parts.
func buildApplication(_ configuration: ServeConfiguration, logger: Logger) async throws -> ServiceGroup {
    try configuration.data.create()
    let metrics = PrometheusMetrics()
    MetricsSystem.bootstrap(metrics)
    let store = try SQLiteStore(path: configuration.data.database)
    let queue = EmbeddedJobQueue()
    let events = EmbeddedEventBus()
    let holder = IndexHolder(folder: IndexFolder(path: configuration.data.indexes))
    let verdicts = MappedVerdictService(holder: holder, data: configuration.data)

    let health = HealthState()
    let services = GatewayServices(
        store: store, verdicts: verdicts, queue: queue, events: events,
        signingKey: try SigningKeyFile.loadOrCreate(path: configuration.data.signingKey),
        health: health, metricsText: { metrics.render() })
    var list: [any Service] = [
        Readiness(health: health),
        IndexWatcher(holder: holder, logger: logger),
        FeedChangeProcessor(
            store: store, verdicts: verdicts, changeFeed: verdicts, events: events, logger: logger),
        InventoryProcessor(
            store: store, verdicts: verdicts, queue: queue, events: events, workers: configuration.workers,
            logger: logger),
        Sweeper(store: store, queue: queue, interval: configuration.sweepInterval, logger: logger),
    ]
    if let interval = configuration.feedInterval {
        list.append(
            FeedSyncService(
                data: configuration.data, arguments: configuration.feedArguments, interval: interval, logger: logger))
    }
    list.append(try await buildGateway(configuration: configuration.gateway, services: services, logger: logger))
    var group = ServiceGroupConfiguration(
        services: list, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(10)
    return ServiceGroup(configuration: group)
}
