import CircuitBreaking
import Metrics
import Synchronization

/// What the client counts. Label values are endpoints, paths and outcomes, so their number is fixed.
final class ClientMetrics: Sendable {
    private let factory: any MetricsFactory
    private let requests = Mutex<[Key: Counter]>([:])
    private let durations = Mutex<[String: Metrics.Timer]>([:])
    private let breakers: [Gauge]
    private let addresses: [String]
    private let hedges: [Bool: Counter]
    private let retries: Counter
    private let calls: Counter
    private let unanswered: Counter
    private let exchanges: Counter

    private struct Key: Hashable {
        let endpoint: Int
        let route: String
        let outcome: String
    }

    init(endpoints: [String], factory: any MetricsFactory) {
        self.factory = factory
        addresses = endpoints
        breakers = endpoints.map {
            Gauge(label: "verdict_client_breaker_state", dimensions: [("endpoint", $0)], factory: factory)
        }
        let label = "verdict_client_hedges_total"
        hedges = [
            false: Counter(label: label, dimensions: [("outcome", "sent")], factory: factory),
            true: Counter(label: label, dimensions: [("outcome", "won")], factory: factory),
        ]
        retries = Counter(label: "verdict_client_retries_total", factory: factory)
        calls = Counter(label: "verdict_client_calls_total", factory: factory)
        unanswered = Counter(label: "verdict_client_unanswered_total", factory: factory)
        exchanges = Counter(label: "verdict_client_index_exchanges_total", factory: factory)
        for breaker in breakers { breaker.record(0) }
    }

    /// Counts a request that ended.
    func ended(endpoint: Int, route: String, outcome: String, took duration: Duration) {
        let key = Key(endpoint: endpoint, route: route, outcome: outcome)
        let counter = requests.withLock { known in
            if let counter = known[key] { return counter }
            let fresh = Counter(
                label: "verdict_client_requests_total",
                dimensions: [("endpoint", addresses[endpoint]), ("route", route), ("outcome", outcome)],
                factory: factory)
            known[key] = fresh
            return fresh
        }
        counter.increment()
        timer(route).recordNanoseconds(duration.wholeNanoseconds)
    }

    private func timer(_ route: String) -> Metrics.Timer {
        durations.withLock { known in
            if let timer = known[route] { return timer }
            let fresh = Metrics.Timer(
                label: "verdict_client_request_duration_seconds", dimensions: [("route", route)], factory: factory)
            known[route] = fresh
            return fresh
        }
    }

    /// Notes where an endpoint's breaker stands.
    func breaker(_ endpoint: Int, is condition: CircuitBreaker.Condition) {
        breakers[endpoint].record(condition.rawValue)
    }

    /// Counts a second request, when it is sent and when its answer came first.
    func hedge(won: Bool) { hedges[won]?.increment() }
    /// Counts a request made again.
    func retry() { retries.increment() }
    /// Counts a question, whatever requests it takes.
    func call() { calls.increment() }
    /// Counts a question that got no answer.
    func unansweredCall() { unanswered.increment() }
    /// Counts an index that came into use.
    func exchange() { exchanges.increment() }
}

extension Duration {
    /// Nanoseconds; what does not fit is the greatest number.
    var wholeNanoseconds: Int64 {
        let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product + components.attoseconds / 1_000_000_000
    }
}
