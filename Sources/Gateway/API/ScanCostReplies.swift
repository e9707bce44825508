import Foundation
import Inventory
import Stores

/// What the last scan of an agent cost its machine.
struct ScanCostReply: Encodable {
    let reportedAt: OrNull<Date>
    let cpuSeconds: Double
    let wallSeconds: Double
    /// By reason.
    let pausedSeconds: [String: Double]
    let waitedSeconds: OrNull<Double>
    let bytesRead: OrNull<Int>
    let peakMemory: OrNull<Int>
    let yields: [String]

    private enum CodingKeys: String, CodingKey {
        case yields
        case reportedAt = "reported_at"
        case cpuSeconds = "cpu_seconds"
        case wallSeconds = "wall_seconds"
        case pausedSeconds = "paused_seconds"
        case waitedSeconds = "waited_seconds"
        case bytesRead = "bytes_read"
        case peakMemory = "peak_memory"
    }

    init(_ cost: ScanCost, reportedAt: Date?) {
        self.reportedAt = OrNull(reportedAt)
        cpuSeconds = cost.cpuSeconds
        wallSeconds = cost.wallSeconds
        pausedSeconds = cost.pausedSeconds
        waitedSeconds = OrNull(cost.waitedSeconds)
        bytesRead = OrNull(cost.bytesRead)
        peakMemory = OrNull(cost.peakMemory)
        yields = cost.yields
    }
}

/// What scanning costs over all agents of a company.
struct FleetScanCostReply: Encodable {
    let agents: Int
    let cpuSeconds: OrNull<Percentiles<Double>>
    let wallSeconds: OrNull<Percentiles<Double>>
    let pausedSeconds: OrNull<Percentiles<Double>>
    let peakMemory: OrNull<Percentiles<Int>>

    /// Half of the agents need at most the one, all but one in a hundred at most the other.
    struct Percentiles<Value: Encodable & Hashable & Sendable>: Encodable {
        let p50: Value
        let p99: Value

        init(_ percentiles: FleetScanCost.Percentiles<Value>) {
            p50 = percentiles.p50
            p99 = percentiles.p99
        }
    }

    private enum CodingKeys: String, CodingKey {
        case agents
        case cpuSeconds = "cpu_seconds"
        case wallSeconds = "wall_seconds"
        case pausedSeconds = "paused_seconds"
        case peakMemory = "peak_memory"
    }

    init(_ cost: FleetScanCost) {
        agents = cost.agents
        cpuSeconds = OrNull(cost.cpuSeconds.map(Percentiles.init))
        wallSeconds = OrNull(cost.wallSeconds.map(Percentiles.init))
        pausedSeconds = OrNull(cost.pausedSeconds.map(Percentiles.init))
        peakMemory = OrNull(cost.peakMemory.map(Percentiles.init))
    }
}
