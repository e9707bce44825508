import HTTPTypes
import Hummingbird
import Logging
import Stores
import Telemetry

/// What those who run the installation ask: is it alive, can it serve, how does it fare, what is the API.
struct OperationRoutes: Sendable {
    let services: GatewayServices
    let tokens: AccessTokens
    let exposesMetrics: Bool

    var routes: [Route] {
        [
            .open(.get, "/-/healthy", healthy),
            .open(.get, "/-/ready", ready),
            .open(.get, "/metrics", metrics),
            .open(.get, "/openapi.json", document),
            .open(.get, "/.well-known/jwks.json", keySet),
        ]
    }

    /// Whether the process can go on; if not, a supervisor should restart it.
    @Sendable private func healthy(_ call: Call) async throws -> Response {
        let report = services.health.report
        return try reply(report, isFine: report.live, call)
    }

    /// Whether work may be sent here. The store is asked now; the other checks are as their parts reported them.
    @Sendable private func ready(_ call: Call) async throws -> Response {
        do {
            try await services.store.checkHealth()
            services.health.pass("store")
        } catch {
            services.health.fail("store", detail: "\(error)")
            call.logger.warning("store does not answer", metadata: ["error": "\(error)"])
        }
        let report = services.health.report
        return try reply(report, isFine: report.ready, call)
    }

    private func reply(_ report: HealthReport, isFine: Bool, _ call: Call) throws -> Response {
        try Reply.json(
            HealthReply(report, showsDetails: isTrusted(call)), status: isFine ? .ok : .serviceUnavailable)
    }

    /// Why something fails, and all metrics, are for the own machine only, unless the operator says otherwise.
    private func isTrusted(_ call: Call) -> Bool { exposesMetrics || call.clientAddress.isLoopback }

    @Sendable private func metrics(_ call: Call) async throws -> Response {
        guard isTrusted(call), let text = services.metricsText else { throw APIError.notFound }
        return Reply.text(text(), type: PrometheusMetrics.contentType)
    }

    /// With what others, such as a proxy in front, can check access tokens. A new key is here before the first token signed with it.
    @Sendable private func keySet(_ call: Call) async throws -> Response {
        var response = try Reply.json(tokens.keySet)
        response.headers[.cacheControl] = "public, max-age=30"
        return response
    }

    @Sendable private func document(_ call: Call) async throws -> Response {
        Reply.bytes(PackageResources.openapi_json, type: "application/json")
    }
}
