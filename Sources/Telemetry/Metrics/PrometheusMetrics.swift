import Metrics
import Synchronization

/// Keeps metrics of swift-metrics in memory and writes them in the Prometheus text format 0.0.4.
///
/// | swift-metrics | Prometheus | name |
/// | --- | --- | --- |
/// | `Counter`, `FloatingPointCounter` | counter | ends in `_total` |
/// | `Gauge`, `Meter`, `Recorder(aggregate: false)` | gauge | as it is |
/// | `Recorder` | histogram, buckets in decades | as it is |
/// | `Timer` | histogram of seconds | ends in `_seconds` |
///
/// An ending that is missing is added. Everything outside `[a-zA-Z0-9_:]` in names becomes `_`. When two metrics of
/// different types want one name, the later gets its type as ending. Memory is bounded by ``PrometheusLimits``; what meets
/// a limit is counted in `telemetry_refusals_total`.
///
/// Updates take no lock in counters and gauges, and one for each series in histograms. Looking up a metric, as creating a
/// `Counter` does, takes a lock and a dictionary access: keep the object on hot paths.
///
/// - Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
public final class PrometheusMetrics: MetricsFactory {
    /// The value of `Content-Type` for what ``render()`` returns.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private static let refusals = "telemetry_refusals_total"

    private let registry: Mutex<PrometheusRegistry>
    private let help: [String: String]
    private let process: ProcessMetrics?

    /// Creates a factory, to be given to `MetricsSystem.bootstrap`.
    ///
    /// - Parameters:
    ///   - limits: Bounds on memory.
    ///   - buckets: Histogram buckets by metric name, with or without the ending; others get ``PrometheusBuckets/seconds``
    ///     (timers) or ``PrometheusBuckets/decades``.
    ///   - help: One sentence for each metric, by full name as exposed; shown after `# HELP`.
    ///   - includesProcess: Whether the memory, CPU time, open files and start of this process are shown, under the names
    ///     that Prometheus clients use. Linux only.
    public init(
        limits: PrometheusLimits = PrometheusLimits(), buckets: [String: PrometheusBuckets] = [:],
        help: [String: String] = [:], includesProcess: Bool = true
    ) {
        registry = Mutex(
            PrometheusRegistry(limits: limits, buckets: buckets, reserved: ProcessMetrics.names + [Self.refusals]))
        self.help = help
        process = includesProcess ? ProcessMetrics() : nil
    }

    /// All metrics, ordered by name and labels, each line ended by a line feed.
    ///
    /// Metrics keep changing meanwhile: each sample is consistent, the whole is not a snapshot of one instant.
    public func render() -> String {
        let (families, refusals) = registry.withLock { ($0.families, $0.refusals) }
        var text = ""
        for family in families.values.sorted(by: { $0.name < $1.name }) where !family.series.isEmpty {
            text += header(family.name, type: family.type, help: help[family.name])
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name: family.name, labels: labels, to: &text)
            }
        }
        text += header(Self.refusals, type: "counter", help: "Requests for metrics or series beyond the limits.")
        text += "\(Self.refusals) \(refusals)\n"
        for sample in process?.samples() ?? [] {
            text += header(sample.name, type: sample.type, help: sample.help)
            text += "\(sample.name) \(PrometheusNumber.text(sample.value))\n"
        }
        return text
    }

    private func header(_ name: String, type: String, help: String?) -> String {
        let help = help.map { "# HELP \(name) \(PrometheusName.escapedHelp($0))\n" } ?? ""
        return help + "# TYPE \(name) \(type)\n"
    }

    private func series(
        _ kind: PrometheusRegistry.Kind, _ label: String, _ dimensions: [(String, String)]
    ) -> any PrometheusSeries {
        registry.withLock { $0.series(kind, label: label, dimensions: dimensions) }
    }

    private func remove(_ handler: AnyObject) {
        registry.withLock { $0.remove(handler) }
    }
}

/// What swift-metrics asks of a backend.
///
/// The registry keeps one type for each kind, so the casts hold; the alternative only keeps this free of traps.
extension PrometheusMetrics {
    /// A counter; amounts below 0 are ignored.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, dimensions) as? PrometheusCounter ?? PrometheusCounter()
    }

    /// The same counter as ``makeCounter(label:dimensions:)`` gives.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(.counter, label, dimensions) as? PrometheusCounter ?? PrometheusCounter()
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, dimensions) as? PrometheusGauge ?? PrometheusGauge()
    }

    /// A histogram when it aggregates, else a gauge of the last value.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(.gauge, label, dimensions) as? PrometheusGauge ?? PrometheusGauge() }
        return series(.histogram, label, dimensions) as? PrometheusHistogram ?? PrometheusHistogram(bounds: [])
    }

    /// A histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.duration, label, dimensions) as? PrometheusHistogram ?? PrometheusHistogram(bounds: [])
    }

    /// Forgets the series of a counter.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Forgets the series of a counter.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    /// Forgets the series of a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Forgets the series of a recorder.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Forgets the series of a timer.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}
