import Metrics
import Testing

@testable import Telemetry

@Suite struct PrometheusMetricsTests {
    private func metrics(
        _ limits: PrometheusLimits = PrometheusLimits(), buckets: [String: PrometheusBuckets] = [:],
        help: [String: String] = [:]
    ) -> PrometheusMetrics {
        PrometheusMetrics(limits: limits, buckets: buckets, help: help, includesProcess: false)
    }

    /// What is rendered without the factory's own counter.
    private func rendered(_ metrics: PrometheusMetrics) -> String {
        let text = metrics.render()
        return text.firstRange(of: "# HELP telemetry_refusals_total").map { String(text[..<$0.lowerBound]) } ?? text
    }

    private func refusals(_ metrics: PrometheusMetrics) -> Int? {
        metrics.render().split(separator: "\n").first { $0.hasPrefix("telemetry_refusals_total ") }
            .flatMap { Int($0.split(separator: " ")[1]) }
    }

    @Test func `writes all types, ordered`() {
        let metrics = metrics(
            buckets: ["apply": PrometheusBuckets([0.1, 1])], help: ["queue_depth": "Jobs that wait.\nNow."])
        Counter(label: "requests", dimensions: [("route", "/v1/agents"), ("method", "GET")], factory: metrics)
            .increment(by: 2)
        Counter(label: "requests", dimensions: [("method", "GET"), ("route", "/")], factory: metrics).increment()
        FloatingPointCounter(label: "cpu_total", factory: metrics).increment(by: 0.25)
        Meter(label: "queue.depth", factory: metrics).set(7)
        Recorder(label: "last_batch", dimensions: [], aggregate: false, factory: metrics).record(12)
        let timer = Metrics.Timer(label: "apply", dimensions: [("kind", "full")], factory: metrics)
        for milliseconds in [50, 100, 500, 5000] { timer.recordMilliseconds(milliseconds) }
        #expect(
            rendered(metrics) == """
                # TYPE apply_seconds histogram
                apply_seconds_bucket{kind="full",le="0.1"} 2
                apply_seconds_bucket{kind="full",le="1"} 3
                apply_seconds_bucket{kind="full",le="+Inf"} 4
                apply_seconds_sum{kind="full"} 5.65
                apply_seconds_count{kind="full"} 4
                # TYPE cpu_total counter
                cpu_total 0.25
                # TYPE last_batch gauge
                last_batch 12
                # HELP queue_depth Jobs that wait.\\nNow.
                # TYPE queue_depth gauge
                queue_depth 7
                # TYPE requests_total counter
                requests_total{method="GET",route="/"} 1
                requests_total{method="GET",route="/v1/agents"} 2

                """)
    }

    @Test func `the same name and labels are the same series`() {
        let metrics = metrics()
        for _ in 0..<3 {
            Counter(label: "hits", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
            Counter(label: "hits", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
            FloatingPointCounter(label: "hits.total", dimensions: [("a", "1"), ("b", "2")], factory: metrics)
                .increment(by: 0.5)
        }
        #expect(rendered(metrics) == "# TYPE hits_total counter\nhits_total{a=\"1\",b=\"2\"} 7.5\n")
    }

    @Test func `a counter never falls`() {
        let metrics = metrics()
        let counter = Counter(label: "hits", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -3)
        let fractional = FloatingPointCounter(label: "hits", factory: metrics)
        for amount in [-1, .nan, .infinity, -.infinity] as [Double] { fractional.increment(by: amount) }
        #expect(rendered(metrics).hasSuffix("\nhits_total 5\n"))
        counter.increment(by: Int64.max)
        counter.increment(by: Int64.max)
        #expect(rendered(metrics).hasSuffix("\nhits_total 1.8446744073709552e+19\n"))
        counter.reset()
        #expect(rendered(metrics).hasSuffix("\nhits_total 0\n"))
    }

    @Test func `a gauge goes up and down`() {
        let metrics = metrics()
        let meter = Meter(label: "temperature", factory: metrics)
        meter.set(20.5)
        meter.decrement(by: 30)
        meter.increment(by: 1)
        #expect(rendered(metrics).hasSuffix("\ntemperature -8.5\n"))
    }

    @Test func `a histogram counts bounds as below and ignores what is no number`() {
        let metrics = metrics(buckets: ["size": PrometheusBuckets([10, 1, .infinity, 10, .nan])])
        let recorder = Recorder(label: "size", factory: metrics)
        for value in [-5, 1, 1.000001, 10, 11] as [Double] { recorder.record(value) }
        for value in [.nan, .infinity, -.infinity] as [Double] { recorder.record(value) }
        #expect(
            rendered(metrics) == """
                # TYPE size histogram
                size_bucket{le="1"} 2
                size_bucket{le="10"} 4
                size_bucket{le="+Inf"} 5
                size_sum 18.000001
                size_count 5

                """)
    }

    @Test func `beyond the limit label combinations share one series`() {
        let metrics = metrics(PrometheusLimits(families: 10, seriesPerFamily: 3))
        for id in 0..<1000 {
            Counter(label: "hits", dimensions: [("agent", "\(id)")], factory: metrics).increment()
        }
        // A series that was there before the limit was met still counts for itself.
        Counter(label: "hits", dimensions: [("agent", "1")], factory: metrics).increment()
        #expect(
            rendered(metrics) == """
                # TYPE hits_total counter
                hits_total{agent="0"} 1
                hits_total{agent="1"} 2
                hits_total{agent="2"} 1
                hits_total{overflow="true"} 997

                """)
        #expect(refusals(metrics).map { $0 > 0 && $0 <= 997 } == true)
    }

    @Test func `beyond the limit metrics are accepted and not shown`() {
        let metrics = metrics(PrometheusLimits(families: 2, seriesPerFamily: 3))
        for name in ["a", "b", "c", "d"] { Counter(label: name, factory: metrics).increment() }
        Metrics.Timer(label: "e", factory: metrics).recordSeconds(1)
        #expect(rendered(metrics) == "# TYPE a_total counter\na_total 1\n# TYPE b_total counter\nb_total 1\n")
        #expect(refusals(metrics) == 3)
    }

    @Test func `two types under one name stay apart`() {
        let metrics = metrics(buckets: ["x": PrometheusBuckets([1])])
        Recorder(label: "x", factory: metrics).record(1)
        Meter(label: "x", factory: metrics).set(2)
        // Would write the line of the histogram's count.
        Meter(label: "x.count", factory: metrics).set(3)
        // Belongs to the process's own figures, shown or not.
        Meter(label: "process.open.fds", factory: metrics).set(4)
        let names = rendered(metrics).split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(
            names == [
                "# TYPE process_open_fds_gauge gauge", "# TYPE x histogram", "# TYPE x_count_gauge gauge",
                "# TYPE x_gauge gauge",
            ])
    }

    @Test func `a destroyed series is gone and can come back`() {
        let metrics = metrics()
        let counter = Counter(label: "hits", dimensions: [("a", "1")], factory: metrics)
        counter.increment()
        Counter(label: "hits", dimensions: [("a", "2")], factory: metrics).increment()
        counter.destroy()
        counter.increment()
        #expect(rendered(metrics) == "# TYPE hits_total counter\nhits_total{a=\"2\"} 1\n")
        Counter(label: "hits", dimensions: [("a", "1")], factory: metrics).increment()
        #expect(rendered(metrics).contains("hits_total{a=\"1\"} 1\n"))
    }

    @Test func `destroying every kind leaves nothing`() {
        let metrics = metrics()
        let counter = FloatingPointCounter(label: "a", factory: metrics)
        let meter = Meter(label: "b", factory: metrics)
        let recorder = Recorder(label: "c", factory: metrics)
        let timer = Metrics.Timer(label: "d", factory: metrics)
        #expect(rendered(metrics).contains("# TYPE d_seconds histogram"))
        counter.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(rendered(metrics) == "")
    }

    @Test func `many threads lose no update while others read`() async {
        let metrics = metrics(PrometheusLimits(families: 10, seriesPerFamily: 4))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for turn in 0..<2000 {
                        Counter(label: "hits", factory: metrics).increment()
                        Counter(label: "spread", dimensions: [("k", "\(turn % 10)")], factory: metrics).increment()
                        Meter(label: "level", factory: metrics).increment(by: task.isMultiple(of: 2) ? 1 : -1)
                        Recorder(label: "size", factory: metrics).record(turn)
                        if turn.isMultiple(of: 500) { _ = metrics.render() }
                    }
                }
            }
        }
        let text = rendered(metrics)
        #expect(text.contains("\nhits_total 16000\n"))
        #expect(text.contains("\nlevel 0\n"))
        #expect(text.contains("\nsize_count 16000\n"))
        #expect(text.contains("\nsize_sum 15992000\n"))
        let spread = text.split(separator: "\n").filter { $0.hasPrefix("spread_total{") }
        #expect(spread.count == 5)
        #expect(spread.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +) == 16000)
    }

    @Test func `shows itself with its process`() {
        let text = PrometheusMetrics().render()
        #expect(text.contains("# TYPE telemetry_refusals_total counter\ntelemetry_refusals_total 0\n"))
        #expect(PrometheusMetrics.contentType == "text/plain; version=0.0.4; charset=utf-8")
    }
}
