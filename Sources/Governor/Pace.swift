import Inventory

/// When a scan rests and for how long: a pure function of readings of the load, the time, and the processor time used so far.
///
/// Full speed is the rule. A sign of load sets a share of one processor, the least of those that apply, until there was no sign for
/// ``PaceRules/calm``. Under a share, processor time accrues with the clock and is spent by the scan, which rests as soon as it is in debt.
struct Pace {
    /// A rest that is due.
    struct Rest: Equatable {
        /// Seconds, more than 0.
        let seconds: Double
        let reason: PauseReason
    }

    private let rules: PaceRules
    /// Seconds rested so far, by reason.
    private(set) var rested: [PauseReason: Double] = [:]
    /// When each sign of load was last seen.
    private var signs: [PauseReason: Double] = [:]
    /// Whether the last reading alone spoke of more threads than processors: one such moment is nothing.
    private var wasCrowded = false
    /// Seconds of processor time to spend; debt when below 0.
    private var allowance = 0.0
    private var last: (time: Double, processorTime: Double)?

    init(_ rules: PaceRules) {
        self.rules = rules
    }

    /// What limits the scan now; `nil` at full speed, and once it has rested for as long as it may.
    private(set) var reason: PauseReason?

    /// Whether all its rests are used up.
    var isOverdue: Bool { rested.values.reduce(0, +) >= rules.longestDelay }

    /// Takes note of the load.
    ///
    /// - Parameter time: Seconds by a clock that only goes forward.
    mutating func take(_ reading: LoadReading, at time: Double) {
        if (reading.memoryPressure ?? 0) >= PaceRules.memoryPressure { signs[.memory] = time }
        if (reading.diskPressure ?? 0) >= PaceRules.pressure { signs[.disk] = time }
        if reading.isHot { signs[.heat] = time }
        if isCrowded(reading) { signs[.processor] = time }
        // No sign of load but a state, which ends at once.
        signs[.battery] = reading.isOnBattery ? time : nil
        signs = signs.filter { $0.key == .battery || time - $0.value < rules.calm }
        let next = isOverdue ? nil : signs.keys.min { (share($0), order($0)) < (share($1), order($1)) }
        // What was saved up at full speed is no reason to be quick now, and a debt from stricter times is forgiven.
        if next.map(share) != reason.map(share) { allowance = 0 }
        reason = next
    }

    private mutating func isCrowded(_ reading: LoadReading) -> Bool {
        let isCrowdedNow = reading.runnable.map { $0 > reading.processors } ?? false
        defer { wasCrowded = isCrowdedNow }
        if isCrowdedNow && wasCrowded { return true }
        // The load average remembers a minute: it counts where the kernel measures no pressure.
        if let pressure = reading.processorPressure { return pressure >= PaceRules.pressure }
        return (reading.loadAverage ?? 0) > Double(reading.processors)
    }

    private func share(_ reason: PauseReason) -> Double {
        switch reason {
        case .memory: 0
        case .heat, .disk, .processor: rules.budget
        case .battery: max(rules.budget, rules.batteryShare)
        }
    }

    private func order(_ reason: PauseReason) -> Int { PauseReason.allCases.firstIndex(of: reason) ?? 0 }

    /// Whether to rest before the next step.
    ///
    /// - Parameters:
    ///   - time: As for ``take(_:at:)``.
    ///   - processorTime: Seconds of it that the scan has used since its start.
    mutating func rest(at time: Double, processorTime: Double) -> Rest? {
        let (elapsed, used) = last.map { (time - $0.time, processorTime - $0.processorTime) } ?? (0, 0)
        last = (time, processorTime)
        guard let reason, !isOverdue else { return nil }
        let share = share(reason)
        guard share > 0 else { return Rest(seconds: PaceRules.longestRest, reason: reason) }
        allowance = min(allowance + elapsed * share, rules.window * share) - used
        // What rounding leaves of a debt that was paid is none.
        guard allowance < -1e-6 else { return nil }
        return Rest(seconds: min(-allowance / share, PaceRules.longestRest), reason: reason)
    }

    /// Takes note of a rest that was made.
    mutating func note(_ rest: Rest, of seconds: Double) {
        rested[rest.reason, default: 0] += max(0, seconds)
    }
}
