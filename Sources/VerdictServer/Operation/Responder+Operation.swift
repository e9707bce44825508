import NIOCore
import Telemetry

/// What those who run the service ask: is it alive, can it answer, how does it fare.
extension Responder {
    /// `GET /healthz` and `GET /readyz`. The latter is 503 until an index is loaded and once the service is stopping.
    func health(
        _ request: ServerRequest, isFine: (HealthReport) -> Bool
    ) throws(ServiceError) -> ServerReply {
        if services.indexes.index == nil {
            services.health.fail(Self.indexCheck, detail: "no index has been loaded yet")
        } else {
            services.health.pass(Self.indexCheck)
        }
        let report = services.health.report
        let writer = UTF8Writer(capacity: 256)
        writer.raw("{\"status\":")
        writer.string(report.phase.rawValue)
        writer.raw(",\"checks\":[")
        var isFirst = true
        for check in report.checks {
            writer.separator(&isFirst)
            writer.raw("{\"name\":")
            writer.string(check.name)
            writer.raw(check.passing ? ",\"passing\":true" : ",\"passing\":false")
            if isTrusted(request), let detail = check.detail {
                writer.raw(",\"detail\":")
                writer.string(detail)
            }
            writer.raw("}")
        }
        writer.raw("]}")
        return ServerReply(isFine(report) ? .ok : .serviceUnavailable, body: writer.buffer())
    }

    /// Name of the health check that an index is loaded.
    static let indexCheck = "index"

    /// `GET /metrics`.
    func metricsText(_ request: ServerRequest) throws(ServiceError) -> ServerReply {
        guard isTrusted(request), let text = services.metricsText else { throw .notFound("Not Found") }
        let load = load()
        metrics.observe(connections: load.connections, bodyBytes: load.bodyBytes)
        return ServerReply(.ok, type: "text/plain; version=0.0.4; charset=utf-8", text: text())
    }

    private func isTrusted(_ request: ServerRequest) -> Bool { settings.exposesMetrics || request.isLocal }
}
