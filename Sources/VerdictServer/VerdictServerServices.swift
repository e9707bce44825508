import Telemetry
import Verdicts

/// What the service builds upon.
public struct VerdictServerServices: Sendable {
    /// Where indexes come from.
    public var indexes: any HeldIndexes
    /// How the process fares.
    public var health: HealthState
    /// The state of the feeds, for `/v1/status`; may read a file.
    public var feeds: @Sendable () -> [FeedStatus]
    /// All metrics as Prometheus reads them; `nil` when none are kept.
    public var metricsText: (@Sendable () -> String)?

    /// Makes one from its parts.
    public init(
        indexes: any HeldIndexes, health: HealthState, feeds: @escaping @Sendable () -> [FeedStatus] = { [] },
        metricsText: (@Sendable () -> String)? = nil
    ) {
        self.indexes = indexes
        self.health = health
        self.feeds = feeds
        self.metricsText = metricsText
    }
}
