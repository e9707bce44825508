import HTTPTypes
import Hummingbird
import Logging
import Stores

/// What those who run the installation ask: is it alive, can it serve, how does it fare, what is the API.
struct OperationRoutes: Sendable {
    let services: GatewayServices
    let exposesMetrics: Bool

    var routes: [Route] {
        [
            .open(.get, "/-/healthy", healthy),
            .open(.get, "/-/ready", ready),
            .open(.get, "/metrics", metrics),
            .open(.get, "/openapi.json", document),
        ]
    }

    /// The process runs and answers.
    @Sendable private func healthy(_ call: Call) async throws -> Response { Reply.text("healthy\n") }

    /// The store answers too. Why it does not is for the log: the caller may be anybody.
    @Sendable private func ready(_ call: Call) async throws -> Response {
        do {
            try await services.store.checkHealth()
        } catch {
            call.logger.warning("not ready", metadata: ["error": "\(error)"])
            throw APIError.unavailable("The database does not answer.")
        }
        return Reply.text("ready\n")
    }

    @Sendable private func metrics(_ call: Call) async throws -> Response {
        guard exposesMetrics || call.clientAddress.isLoopback, let text = services.metricsText else {
            throw APIError.notFound
        }
        return Reply.text(text(), type: "text/plain; version=0.0.4; charset=utf-8")
    }

    @Sendable private func document(_ call: Call) async throws -> Response {
        Reply.bytes(PackageResources.openapi_json, type: "application/json")
    }
}
