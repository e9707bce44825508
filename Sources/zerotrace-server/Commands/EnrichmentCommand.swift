import ArgumentParser
import Enrichment
import Foundation
import Logging
import Matching
import Metrics
import ServiceLifecycle
import Settings
import Telemetry
import VerdictServer
import Verdicts

/// Serves verdicts to processors and the OSV API to everyone else.
struct EnrichmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrichment",
        abstract: "Serve verdicts and the OSV.dev API over HTTP from an advisory index.",
        discussion: """
            It follows the index: a new one, put in place by `zerotrace feeds sync` or by renaming a file over FILE, comes into use within a \
            quarter of a second, and every answer rests on one index. Options come before the environment: ENRICHMENT_HOST, ENRICHMENT_PORT, \
            ENRICHMENT_WORKERS, ENRICHMENT_INDEX, ENRICHMENT_LOG_LEVEL; and there only: ENRICHMENT_SECRET (what processors and gateways have to say), ENRICHMENT_RATE_LIMIT (requests a second and client), ENRICHMENT_CACHE_TTL (seconds). It stops on SIGTERM and SIGINT once requests under way are answered.
            """)
    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("An index file instead of the installation's.", valueName: "FILE")) var index: String?
    @Option(help: "Address to listen on. Default: 127.0.0.1.") var host: String?
    @Option(help: "Port to listen on; 0 picks a free one, which the log tells. Default: 8000.") var port: Int?
    @Option(help: "Threads that match large requests. Default: one for each processor.") var workers: Int?
    @Flag(help: "Show /metrics, and why /readyz fails, to whoever can reach the port.") var metrics = false
    @Option(help: "trace, debug, info, notice, warning, error or critical. Default: info.") var logLevel: Logger.Level?

    func run() async throws {
        let variables = EnvironmentVariables(ProcessInfo.processInfo.environment, family: "ENRICHMENT_")
        let server = try serverConfiguration(variables)
        let level = try logLevel ?? variables.choice("LOG_LEVEL", of: Logger.Level.self) ?? .info
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label) }
        var logger = Logger(label: "enrichment")
        logger.logLevel = level
        raiseOpenFileLimit()
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        try await services(server, index ?? variables.text("INDEX"), metrics, logger).run()
    }

    func validate() throws {
        guard (0...65_535).contains(port ?? 0) else { throw ValidationError("A port is 0 to 65535.") }
        guard (1...1_024).contains(workers ?? 1) else { throw ValidationError("There are 1 to 1024 workers.") }
    }

    private func serverConfiguration(_ variables: EnvironmentVariables) throws -> VerdictServerConfiguration {
        var configuration = VerdictServerConfiguration()
        configuration.host = host ?? variables.text("HOST") ?? configuration.host
        configuration.port = try port ?? variables.number("PORT", in: 0...65_535, default: configuration.port)
        configuration.workers = try workers ?? variables.number("WORKERS", in: 1...1_024)
        configuration.exposesMetrics = metrics
        configuration.secret = try variables.secret("SECRET")?.revealed
        configuration.requestsPerSecond = try variables.number("RATE_LIMIT", in: 1...1_000_000)
        configuration.cacheSeconds = try variables.number("CACHE_TTL", in: 0...86_400)
        return configuration
    }

    private func services(
        _ configuration: VerdictServerConfiguration, _ file: String?, _ metrics: PrometheusMetrics, _ logger: Logger
    ) throws -> ServiceGroup {
        let health = HealthState()
        let holder = try indexHolder(file)
        let synced = MappedVerdictService(holder: holder, data: data.folder)
        let services = VerdictServerServices(
            indexes: ServedIndexes(holder: holder), health: health,
            // A file that was named knows of no syncs, only of what it was made of.
            feeds: { file == nil ? synced.feeds : holder.index?.feedStatuses ?? [] },
            metricsText: { metrics.render() })
        var group = ServiceGroupConfiguration(
            services: [
                IndexWatcher(holder: holder, logger: logger),
                VerdictServer(configuration: configuration, services: services, logger: logger),
                Readiness(health: health),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.limits.shutdownSeconds + 2)
        return ServiceGroup(configuration: group)
    }

    private func indexHolder(_ file: String?) throws -> IndexHolder {
        guard let file else {
            try data.folder.create()
            return IndexHolder(folder: IndexFolder(path: data.folder.indexes))
        }
        let holder = IndexHolder(file: file)
        // A file that was named must be there and whole; later ones that are not leave the one before in use.
        try holder.refresh()
        return holder
    }
}

/// The indexes of a holder, as the service asks for them.
private struct ServedIndexes: HeldIndexes {
    let holder: IndexHolder

    var index: AdvisoryIndex? { holder.index }

    func index(digest: String) throws -> AdvisoryIndex? { try holder.index(digest: digest) }
}

extension AdvisoryIndex {
    /// The feeds as the index itself tells of them.
    fileprivate var feedStatuses: [FeedStatus] {
        feeds.map { feed in
            FeedStatus(
                feed: feed.id.rawValue, records: feed.records, setAside: feed.setAside, fetchedAt: feed.snapshotDate,
                triedAt: nil, error: nil)
        }
    }
}
