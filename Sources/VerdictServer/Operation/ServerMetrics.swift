import Metrics
import Synchronization

/// What the service counts. Label values are names of routes and status codes, so their number is fixed.
final class ServerMetrics: Sendable {
    private let series = Mutex<[Key: Series]>([:])
    private let packages = Counter(label: "enrichment_packages_total")
    private let verdicts = Counter(label: "enrichment_verdicts_total")
    private let protocolErrors = Counter(label: "enrichment_protocol_errors_total")
    private let connections = Gauge(label: "enrichment_connections")
    private let bodies = Gauge(label: "enrichment_body_bytes")

    private struct Key: Hashable {
        let route: String
        let status: UInt
    }

    private struct Series {
        let requests: Counter
        let duration: Metrics.Timer
    }

    /// Counts an answer.
    func answered(_ route: ServerRoute, status: UInt, nanoseconds: Int64) {
        let series = series(route.rawValue, status)
        series.requests.increment()
        series.duration.recordNanoseconds(nanoseconds)
    }

    /// Counts a request refused before it was whole.
    func refused(_ error: ServiceError) { series("refused", error.status.code).requests.increment() }

    /// Counts bytes that were no HTTP.
    func protocolError() { protocolErrors.increment() }

    /// Counts what was matched.
    func matched(packages: Int, verdicts: Int) {
        self.packages.increment(by: packages)
        self.verdicts.increment(by: verdicts)
    }

    /// Notes the present load; called when somebody reads the metrics.
    func observe(connections: Int, bodyBytes: Int) {
        self.connections.record(connections)
        bodies.record(bodyBytes)
    }

    private func series(_ route: String, _ status: UInt) -> Series {
        series.withLock { known in
            let key = Key(route: route, status: status)
            if let series = known[key] { return series }
            let dimensions = [("route", route), ("status", "\(status)")]
            let fresh = Series(
                requests: Counter(label: "enrichment_requests_total", dimensions: dimensions),
                duration: Metrics.Timer(label: "enrichment_request_duration_seconds", dimensions: dimensions))
            known[key] = fresh
            return fresh
        }
    }
}
