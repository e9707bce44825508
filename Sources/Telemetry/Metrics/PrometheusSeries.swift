import Metrics
import Synchronization

/// One time series: a metric with one set of label values. Updates come from any thread.
protocol PrometheusSeries: AnyObject, Sendable {
    /// Appends the sample lines of the series.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - labels: As ``PrometheusName/labels(_:)`` writes them.
    func write(name: String, labels: String, to text: inout String)
}

/// A `Double` that many threads change without a lock.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var seen = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: seen) + amount
            let outcome = bits.weakCompareExchange(expected: seen, desired: sum.bitPattern, ordering: .relaxed)
            if outcome.exchanged { return }
            seen = outcome.original
        }
    }
}

/// A number that only grows. Counts whole and fractional amounts alike; above 2^53 it grows in steps of what fits.
final class PrometheusCounter: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    private let total = AtomicDouble()

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    /// Amounts that would make a counter fall, or stop being a number, are ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.add(amount)
    }

    func reset() {
        total.store(0)
    }

    func write(name: String, labels: String, to text: inout String) {
        text += "\(name)\(labels) \(PrometheusNumber.text(total.value))\n"
    }
}

/// A number that goes up and down. Also what a recorder without aggregation is: the last value recorded.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    private let current = AtomicDouble()

    func set(_ value: Int64) { current.store(Double(value)) }
    func set(_ value: Double) { current.store(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(name: String, labels: String, to text: inout String) {
        text += "\(name)\(labels) \(PrometheusNumber.text(current.value))\n"
    }
}

/// Counts observations in buckets with fixed upper bounds. A timer observes seconds.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    private struct State {
        /// Observations in each bucket alone; the last one has no upper bound.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: Upper bounds, inclusive, strictly ascending, finite.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    /// What is not a finite number is ignored: it would spoil the sum for good.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    func write(name: String, labels: String, to text: inout String) {
        let state = state.withLock(\.self)
        let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var below: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            below &+= count
            text += "\(name)_bucket{\(others)le=\"\(PrometheusNumber.text(bound))\"} \(below)\n"
        }
        text += "\(name)_sum\(labels) \(PrometheusNumber.text(state.sum))\n"
        text += "\(name)_count\(labels) \(below)\n"
    }
}

/// Numbers of the text format: what Go's `ParseFloat` reads.
enum PrometheusNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
