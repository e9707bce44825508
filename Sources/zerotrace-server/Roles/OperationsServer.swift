import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Settings
import Telemetry

/// `/-/healthy`, `/-/ready` and `/metrics` of a role that serves nothing else. Who can reach the address sees everything.
func buildOperationsServer(
    at address: ServerAddress, health: HealthState, metricsText: @escaping @Sendable () -> String, logger: Logger
) -> some Service {
    let router = Router()
    router.get("/-/healthy") { _, _ in
        let report = health.report
        return try healthReply(report, isFine: report.live)
    }
    router.get("/-/ready") { _, _ in
        let report = health.report
        return try healthReply(report, isFine: report.ready)
    }
    router.get("/metrics") { _, _ in
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metricsText())))
    }
    return Application(
        router: router,
        configuration: ApplicationConfiguration(
            address: .hostname(address.host, port: address.port), serverName: nil), logger: logger)
}

private func healthReply(_ report: HealthReport, isFine: Bool) throws -> Response {
    Response(
        status: isFine ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(data: try JSONEncoder().encode(report))))
}
