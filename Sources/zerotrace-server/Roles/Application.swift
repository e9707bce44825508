import Caching
import Enrichment
import Gateway
import Logging
import Metrics
import Notifications
import Processor
import ServiceLifecycle
import Settings
import Stores
import Telemetry
import Upkeep

/// What one process does.
struct RoleConfiguration: Sendable {
    var deployment: Deployment
    /// `nil` when this process serves no API.
    var gateway: GatewayConfiguration?
    /// `nil` when this process applies nothing.
    var processor: ProcessorConfiguration?
    /// `nil` leaves syncing to the operator.
    var feeds: FeedConfiguration?
    /// How long requests are still taken once the process is told to end, so that those who send them hear of it first.
    var drain = Duration.zero
}

/// What the processor role may be told.
struct ProcessorConfiguration: Sendable {
    /// Companies worked on at once.
    var workers = 8
    /// Where notifications may go, and who takes e-mail.
    var notifications = NotificationDeliverer.Configuration()
    /// How long after its last call an agent is silent; the same as for gateways.
    var silentAfter = GatewayConfiguration.defaultSilence
    /// Rest between two looks for work that a queue forgot.
    var sweepInterval = Duration.seconds(2)
    /// Where its health and metrics are shown; `nil` for nowhere, or when the gateway in the same process shows them.
    var operations: ServerAddress?
}

/// How feeds are kept up to date.
struct FeedConfiguration: Sendable {
    /// Rest between two syncs.
    var interval: Duration
    /// Of `zerotrace feeds sync`, which runs in a process of its own.
    var arguments: [String]
}

/// Runs a process of one or more roles until it is told to end.
func runApplication(_ configuration: RoleConfiguration, logger: Logger) async throws {
    raiseOpenFileLimit()
    try await AuditContext.$current.withValue(AuditContext(actor: AuditActor(.system))) {
        try await buildApplication(configuration, logger: logger).run()
    }
}

/// All that is chosen about parts is chosen by the deployment.
private func buildApplication(_ configuration: RoleConfiguration, logger: Logger) async throws -> ServiceGroup {
    let metrics = PrometheusMetrics(buckets: ScanMeters.buckets)
    MetricsSystem.bootstrap(metrics)
    let parts = try await Parts(configuration.deployment, logger: logger)
    let health = HealthState(checks: ["store"], optional: parts.watched.map(\.name))
    // A store that is away is asked for by whoever wants to know whether this process is ready; here it is for the log.
    let watched = parts.watched + [HealthWatch.Part("store") { try await parts.store.checkHealth() }]
    var services = parts.services + [HealthWatch(parts: watched, health: health, logger: logger)]
    if let processor = configuration.processor {
        services += try processorServices(processor, configuration.deployment, parts, logger)
        if let address = processor.operations {
            services.append(
                buildOperationsServer(
                    at: address, health: health, metricsText: { metrics.render() }, logger: logger))
        }
    }
    if let feeds = configuration.feeds {
        services.append(
            FeedSyncService(
                data: configuration.deployment.data, arguments: feeds.arguments, interval: feeds.interval,
                logger: logger))
    }
    if let gateway = configuration.gateway {
        services += try await gatewayServices(
            gateway, configuration.deployment, parts, health, { metrics.render() }, logger)
    }
    // Services end in the other order: this one first.
    services.append(Readiness(health: health, drain: configuration.drain))
    var group = ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = configuration.drain + .seconds(15)
    return ServiceGroup(configuration: group)
}

private func processorServices(
    _ configuration: ProcessorConfiguration, _ deployment: Deployment, _ parts: Parts, _ logger: Logger
) throws -> [any Service] {
    var notifications = configuration.notifications
    notifications.seal = try deployment.openSeal()
    return [
        QueueUpkeep(queue: parts.queue, logger: logger),
        FeedChangeProcessor(
            store: parts.store, verdicts: parts.verdicts, changeFeed: parts.verdicts, events: parts.events,
            leadership: parts.changeLeadership, logger: logger),
        InventoryProcessor(
            store: parts.store, verdicts: parts.verdicts, queue: parts.queue, events: parts.events,
            workers: configuration.workers, logger: logger),
        Sweeper(store: parts.store, queue: parts.queue, interval: configuration.sweepInterval, logger: logger),
        NotificationDeliverer(store: parts.store, configuration: notifications, logger: logger),
        ExpirationRecorder(store: parts.store, interval: .seconds(30), logger: logger),
        SilenceRecorder(
            store: parts.store, silentAfter: configuration.silentAfter, interval: .seconds(30), logger: logger),
    ]
}

private func gatewayServices(
    _ configuration: GatewayConfiguration, _ deployment: Deployment, _ parts: Parts, _ health: HealthState,
    _ metricsText: @escaping @Sendable () -> String, _ logger: Logger
) async throws -> [any Service] {
    try deployment.data.create()
    let overviews = GatewayServices.overviewCache(levels: parts.cacheLevels)
    let ring = try SigningKeyRing(path: deployment.signingKey, logger: logger)
    let services = GatewayServices(
        store: parts.store, verdicts: parts.verdicts, queue: parts.queue, events: parts.events, overviews: overviews,
        signingKey: ring.keys.all[0].key, health: health, metricsText: metricsText,
        rateLimits: parts.redis.map { RedisRateLimits($0) }, sharedMemory: parts.redis.map { RedisSharedMemory($0) },
        secretSeal: try deployment.openSeal(), signingKeys: { ring.keys })
    return [
        ring,
        CacheReport(caches: [overviews], levels: parts.cacheLevels),
        try await buildGateway(configuration: configuration, services: services, logger: logger),
    ]
}
