import ArgumentParser
import Enrichment
import Foundation
import Logging
import Matching
import Metrics
import ServiceLifecycle
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
            ENRICHMENT_WORKERS, ENRICHMENT_INDEX, ENRICHMENT_LOG_LEVEL. It stops on SIGTERM and SIGINT once requests under way are answered.
            """)
    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("An index file instead of the installation's.", valueName: "FILE")) var index: String?
    @Option(help: "Address to listen on. Default: 127.0.0.1.") var host: String?
    @Option(help: "Port to listen on; 0 picks a free one, which the log tells. Default: 8000.") var port: Int?
    @Option(help: "Threads that match large requests. Default: one for each processor.") var workers: Int?
    @Flag(help: "Show /metrics, and why /readyz fails, to whoever can reach the port.") var metrics = false
    @Option(help: "trace, debug, info, notice, warning, error or critical. Default: info.") var logLevel: Logger.Level?

    func run() async throws {
        let environment = EnrichmentEnvironment(ProcessInfo.processInfo.environment)
        let server = try serverConfiguration(environment)
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label) }
        var logger = Logger(label: "enrichment")
        logger.logLevel = try logLevel ?? environment.logLevel() ?? .info
        raiseOpenFileLimit()
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        try await services(server, index ?? environment.index, metrics, logger).run()
    }

    private func serverConfiguration(_ environment: EnrichmentEnvironment) throws -> VerdictServerConfiguration {
        var configuration = VerdictServerConfiguration()
        if let host = host ?? environment.host { configuration.host = host }
        if let port = try port ?? environment.port() { configuration.port = port }
        configuration.workers = try workers ?? environment.workers()
        configuration.exposesMetrics = metrics
        guard (0...65_535).contains(configuration.port) else { throw ValidationError("A port is 0 to 65535.") }
        guard (1...1_024).contains(configuration.workers ?? 1) else {
            throw ValidationError("There are 1 to 1024 workers.")
        }
        return configuration
    }

    private func services(
        _ configuration: VerdictServerConfiguration, _ file: String?, _ metrics: PrometheusMetrics, _ logger: Logger
    ) throws -> ServiceGroup {
        let health = HealthState()
        let holder = try indexHolder(file)
        let services = VerdictServerServices(
            indexes: ServedIndexes(holder: holder), health: health, feeds: { holder.index?.feedStatuses ?? [] },
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

    /// Each connection is an open file, and the usual soft limit of 1,024 is what the 1,000 clients come to.
    private func raiseOpenFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The settings that the environment gives.
struct EnrichmentEnvironment {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    var host: String? { value("HOST") }
    var index: String? { value("INDEX") }

    func port() throws -> Int? { try number("PORT") }
    func workers() throws -> Int? { try number("WORKERS") }

    func logLevel() throws -> Logger.Level? {
        guard let text = value("LOG_LEVEL") else { return nil }
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            throw ValidationError("ENRICHMENT_LOG_LEVEL is no level: \(text)")
        }
        return level
    }

    private func value(_ name: String) -> String? {
        values["ENRICHMENT_" + name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func number(_ name: String) throws -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text) else { throw ValidationError("ENRICHMENT_\(name) is no number: \(text)") }
        return number
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
