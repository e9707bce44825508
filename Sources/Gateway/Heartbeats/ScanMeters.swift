import Inventory
import Metrics
import Telemetry

/// Shows what scans cost over all agents of the installation, each scan once: at the gateway that first hears of it. Without companies and agents, of
/// which there may be any number; those are in the API.
public struct ScanMeters: Sendable {
    private let cpu: Timer
    private let wall: Timer
    private let paused: Timer
    private let memory: Recorder

    /// Scans last from a tenth of a second to hours, when they yield to others; agents hold megabytes.
    public static let buckets = [
        cpuName: seconds, wallName: seconds, pausedName: seconds,
        memoryName: PrometheusBuckets([16, 32, 48, 64, 96, 128, 192, 256, 512, 1_024].map { $0 * 1_048_576 }),
    ]

    private static let seconds = PrometheusBuckets([
        0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400,
    ])
    private static let cpuName = "zerotrace_agent_scan_cpu_seconds"
    private static let wallName = "zerotrace_agent_scan_wall_seconds"
    private static let pausedName = "zerotrace_agent_scan_paused_seconds"
    private static let memoryName = "zerotrace_agent_scan_peak_memory_bytes"

    /// - Parameter factory: Where the metrics are kept.
    init(factory: any MetricsFactory = MetricsSystem.factory) {
        cpu = Timer(label: Self.cpuName, factory: factory)
        wall = Timer(label: Self.wallName, factory: factory)
        paused = Timer(label: Self.pausedName, factory: factory)
        memory = Recorder(label: Self.memoryName, factory: factory)
    }

    /// Counts a scan that was not known yet.
    func record(_ cost: ScanCost) {
        cpu.record(duration: .seconds(cost.cpuSeconds))
        wall.record(duration: .seconds(cost.wallSeconds))
        paused.record(duration: .seconds(cost.allPausedSeconds))
        if let peak = cost.peakMemory { memory.record(peak) }
    }
}
