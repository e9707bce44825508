/// What the system says of its load at one moment. What it does not say is `nil` or `false`, and never makes a scan rest.
public struct LoadReading: Sendable, Equatable {
    /// Processors that this program may use, at least 1.
    public var processors = 1
    /// Threads that run or wait for a processor now, this one among them.
    public var runnable: Int?
    /// Average over the last minute of threads that run, wait for a processor or for a disk.
    public var loadAverage: Double?
    /// Share of the last ten seconds in which a thread waited for a processor, 0 to 1.
    public var processorPressure: Double?
    /// Share of the last ten seconds in which a thread waited for a disk, 0 to 1.
    public var diskPressure: Double?
    /// Share of the last ten seconds in which a thread waited for memory, 0 to 1.
    public var memoryPressure: Double?
    /// Whether a battery feeds the machine.
    public var isOnBattery = false
    /// Whether a part of the machine is nearly as hot as it is allowed to be.
    public var isHot = false

    /// A machine of which nothing is known but its processors.
    public init(processors: Int = 1) {
        self.processors = max(1, processors)
    }
}
