/// How much of a machine a scan takes.
public struct PaceRules: Sendable, Hashable {
    /// Share of one processor while others want what the scan wants, more than 0, at most 1.
    public var budget: Double
    /// Share of one processor on battery; the budget where that is more.
    public var batteryShare = 0.25
    /// Seconds for which a scan rests at most, all its rests together: beyond, it goes on whatever the load.
    public var longestDelay = 600.0
    /// Seconds over which the share is kept: what was not used in one such time is lost.
    public var window = 1.0
    /// Seconds without any sign of load before full speed.
    public var calm = 5.0

    /// Pressure of processors and disks from which on the machine counts as busy.
    static let pressure = 0.1
    /// Pressure of memory from which on the scan does not go on at all.
    static let memoryPressure = 0.1
    /// Longest single rest in seconds: then the load is looked at again.
    static let longestRest = 1.0

    /// - Parameter budget: Brought into 0.001 to 1.
    public init(budget: Double = 0.05) {
        self.budget = min(1, max(0.001, budget))
    }
}
