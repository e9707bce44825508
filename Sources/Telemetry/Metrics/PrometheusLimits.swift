/// How much memory metrics may take, whatever a label is filled with.
public struct PrometheusLimits: Sendable, Hashable {
    /// Most metrics; further ones are accepted and not exposed. At least 1.
    public var families: Int
    /// Most label combinations of one metric; all further ones share a series with the label `overflow="true"`.
    public var seriesPerFamily: Int

    /// 500 metrics of at most 200 series each.
    public init(families: Int = 500, seriesPerFamily: Int = 200) {
        self.families = max(1, families)
        self.seriesPerFamily = max(1, seriesPerFamily)
    }
}

/// The upper bounds of histogram buckets, fixed when the metric is first used.
public struct PrometheusBuckets: Sendable, Hashable {
    /// Inclusive upper bounds, strictly ascending, finite. The bucket without a bound comes on top.
    public let bounds: [Double]

    /// Sorts the bounds and drops repeated and infinite ones; 60 at most are kept.
    public init(_ bounds: [Double]) {
        self.bounds = Array(Set(bounds.filter(\.isFinite)).sorted().prefix(60))
    }

    /// Seconds from 1 millisecond to 1 minute: for timers.
    public static let seconds = PrometheusBuckets([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])
    /// Decades from 1 to 1 billion: for recorders, which count bytes, rows, packages.
    public static let decades = PrometheusBuckets([1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9])
}
