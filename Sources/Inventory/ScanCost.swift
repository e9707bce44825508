/// What one scan cost the machine.
public struct ScanCost: Sendable, Hashable, Codable {
    /// Seconds of processor time, of the scan's own thread alone.
    public var cpuSeconds: Double

    /// Seconds from its start to its end.
    public var wallSeconds: Double

    /// Seconds that it rested of its own accord, by reason; see ``PauseReason``. Empty when it never did. Reasons may grow.
    public var pausedSeconds: [String: Double]

    /// Seconds that it was ready to go on and others had the processors; `nil` when the kernel does not say.
    public var waitedSeconds: Double?

    /// Bytes that it read from files, from disk or from the kernel's cache; `nil` when the kernel does not say.
    public var bytesRead: Int?

    /// Most bytes of memory that the program held meanwhile, its own code included; `nil` when the kernel does not say.
    public var peakMemory: Int?

    /// What was granted of being the last in every queue: "nice", "sched_idle", "io_idle", "cgroup_idle". What is missing was refused, or not asked
    /// for. May grow.
    public var yields: [String]

    private enum CodingKeys: String, CodingKey {
        case yields
        case cpuSeconds = "cpu_seconds"
        case wallSeconds = "wall_seconds"
        case pausedSeconds = "paused_seconds"
        case waitedSeconds = "waited_seconds"
        case bytesRead = "bytes_read"
        case peakMemory = "peak_memory"
    }

    /// Makes one from its parts.
    public init(
        cpuSeconds: Double = 0, wallSeconds: Double = 0, pausedSeconds: [String: Double] = [:],
        waitedSeconds: Double? = nil, bytesRead: Int? = nil, peakMemory: Int? = nil, yields: [String] = []
    ) {
        self.cpuSeconds = cpuSeconds
        self.wallSeconds = wallSeconds
        self.pausedSeconds = pausedSeconds
        self.waitedSeconds = waitedSeconds
        self.bytesRead = bytesRead
        self.peakMemory = peakMemory
        self.yields = yields
    }

    /// Seconds that it rested of its own accord, whatever the reasons. The same sum for the same pauses, whose order in a dictionary may differ.
    public var allPausedSeconds: Double { pausedSeconds.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } }
}

/// Why a scan rests, by the words that ``ScanCost`` has for it.
public enum PauseReason: String, Sendable, Hashable, CaseIterable {
    /// Programs wait for memory to be freed: whatever a scan reads makes that worse.
    case memory
    /// The machine is about to slow itself down for being hot.
    case heat
    /// Programs wait for the disks.
    case disk
    /// Programs wait for processors.
    case processor
    /// The machine runs on a battery.
    case battery
}
