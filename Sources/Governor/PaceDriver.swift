import Glibc
import Inventory

/// Reads the load now and then and lets the calling thread sleep as ``Pace`` says. For one thread.
final class PaceDriver {
    private let gauges: LoadGauges
    private let isCancelled: CancellationFlag
    private let group: ControlGroup?
    private let yields: [String]
    private var pace: Pace?
    private var reading = LoadReading(processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    private var nextLook = 0.0
    private var nextReading = 0.0
    private var nextSlowReading = 0.0
    private var isIdling = true

    /// Seconds between two looks at the processor time used, which a step does not wait for.
    private static let lookPeriod = 0.005
    /// Seconds between two readings of the load.
    private static let readingPeriod = 0.25
    /// Seconds between two readings of power and heat.
    private static let slowReadingPeriod = 30.0
    /// Longest sleep in seconds before a cancellation is noticed.
    private static let slice = 0.2

    /// - Parameter rules: `nil` for full speed.
    init(rules: PaceRules?, gauges: LoadGauges, isCancelled: CancellationFlag) {
        self.gauges = gauges
        self.isCancelled = isCancelled
        guard let rules else {
            (pace, group, yields) = (nil, nil, [])
            return
        }
        pace = Pace(rules)
        let group = ControlGroup.own.flatMap { $0.setIdle(true) ? $0 : nil }
        self.group = group
        yields = Yielding.yieldThread() + (group == nil ? [] : ["cgroup_idle"])
    }

    /// - Returns: `false` when the work is to end.
    func isToGoOn() -> Bool {
        guard pace != nil else { return !isCancelled.isRaised }
        let time = ThreadUsage.time
        guard time >= nextLook else { return !isCancelled.isRaised }
        nextLook = time + Self.lookPeriod
        look(at: time)
        while !isCancelled.isRaised,
            let rest = pace?.rest(at: ThreadUsage.time, processorTime: ThreadUsage.processorTime)
        {
            let start = ThreadUsage.time
            sleep(until: start + rest.seconds)
            let end = ThreadUsage.time
            pace?.note(rest, of: end - start)
            look(at: end)
        }
        return !isCancelled.isRaised
    }

    private func look(at time: Double) {
        guard time >= nextReading else { return }
        nextReading = time + Self.readingPeriod
        gauges.update(&reading)
        if time >= nextSlowReading {
            nextSlowReading = time + Self.slowReadingPeriod
            gauges.updateSlowly(&reading)
        }
        pace?.take(reading, at: time)
        if isIdling, pace?.isOverdue == true {
            isIdling = false
            Yielding.stopIdling()
        }
    }

    private func sleep(until end: Double) {
        while !isCancelled.isRaised {
            let rest = min(end - ThreadUsage.time, Self.slice)
            guard rest > 0 else { return }
            usleep(UInt32(rest * 1e6) + 1)
        }
    }

    /// Puts the program's group back where it was.
    func finish(_ meter: CostMeter) -> ScanCost {
        _ = group?.setIdle(false)
        let rested = pace?.rested ?? [:]
        return meter.cost(
            paused: Dictionary(uniqueKeysWithValues: rested.map { ($0.key.rawValue, $0.value) }), yields: yields)
    }
}

/// Measures the calling thread from the moment it is made.
struct CostMeter {
    private let start = ThreadUsage.time
    private let processorTime = ThreadUsage.processorTime
    private let bytesRead = ThreadUsage.bytesRead
    private let waited = ThreadUsage.waited

    init() {
        ThreadUsage.forgetPeak()
    }

    /// - Parameter paused: Seconds by reason.
    func cost(paused: [String: Double], yields: [String]) -> ScanCost {
        ScanCost(
            cpuSeconds: Self.rounded(ThreadUsage.processorTime - processorTime),
            wallSeconds: Self.rounded(ThreadUsage.time - start), pausedSeconds: paused.mapValues(Self.rounded),
            waitedSeconds: Self.difference(ThreadUsage.waited, waited).map(Self.rounded),
            bytesRead: Self.difference(ThreadUsage.bytesRead, bytesRead), peakMemory: ThreadUsage.peakMemory,
            yields: yields)
    }

    private static func difference<Number: Numeric>(_ end: Number?, _ start: Number?) -> Number? {
        guard let end, let start else { return nil }
        return end - start
    }

    /// To the tenth of a millisecond.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10_000 }
}
