import Dispatch
import Logging
import Matching
import Telemetry
import VerdictServer

/// The enrichment service over the sample index, on a port of its own.
enum EnrichmentUnderFuzz {
    static let service: LocalService = {
        var configuration = VerdictServerConfiguration()
        configuration.port = LocalConnection.freePort()
        configuration.workers = 1
        configuration.exposesMetrics = true
        configuration.limits.packages = 100
        configuration.limits.queries = 100
        configuration.limits.pageResults = 1
        let health = HealthState()
        health.finishStarting()
        let server = VerdictServer(
            configuration: configuration,
            services: VerdictServerServices(indexes: OneIndex(), health: health, metricsText: { "up 1\n" }),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        Task.detached { try await server.run() }
        let service = LocalService(port: configuration.port)
        service.awaitListener()
        return service
    }()

    private struct OneIndex: HeldIndexes {
        var index: AdvisoryIndex? { SampleIndex.shared.index }
        func index(digest: String) -> AdvisoryIndex? { digest == index?.digest ? index : nil }
    }
}
