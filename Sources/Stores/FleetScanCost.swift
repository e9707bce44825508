/// What the last scans of a company's agents cost: how many told it, and how it is spread over them.
///
/// Percentiles are values that an agent really told: the smallest one that at least so many in a hundred do not exceed. They are `nil` when nobody told
/// a value.
public struct FleetScanCost: Sendable, Hashable {
    /// Half of the agents need at most the one, all but one in a hundred at most the other.
    public struct Percentiles<Value: Sendable & Hashable>: Sendable, Hashable {
        /// The median.
        public let p50: Value
        /// What only one in a hundred exceeds.
        public let p99: Value

        /// Makes one from its parts.
        public init(p50: Value, p99: Value) {
            self.p50 = p50
            self.p99 = p99
        }

        /// From the columns of a query, which are both null or neither.
        package init?(_ p50: Value?, _ p99: Value?) {
            guard let p50, let p99 else { return nil }
            self.init(p50: p50, p99: p99)
        }
    }

    /// Agents that told what their last scan cost, within the time that was asked for.
    public let agents: Int
    /// Seconds of processor time.
    public let cpuSeconds: Percentiles<Double>?
    /// Seconds from a scan's start to its end.
    public let wallSeconds: Percentiles<Double>?
    /// Seconds that a scan rested of its own accord, whatever the reasons.
    public let pausedSeconds: Percentiles<Double>?
    /// Bytes, of those agents that can tell.
    public let peakMemory: Percentiles<Int>?

    /// Makes one from its parts.
    public init(
        agents: Int, cpuSeconds: Percentiles<Double>?, wallSeconds: Percentiles<Double>?,
        pausedSeconds: Percentiles<Double>?, peakMemory: Percentiles<Int>?
    ) {
        self.agents = agents
        self.cpuSeconds = cpuSeconds
        self.wallSeconds = wallSeconds
        self.pausedSeconds = pausedSeconds
        self.peakMemory = peakMemory
    }

    /// Of a company of which nobody told anything.
    package static let nobody = FleetScanCost(
        agents: 0, cpuSeconds: nil, wallSeconds: nil, pausedSeconds: nil, peakMemory: nil)
}
