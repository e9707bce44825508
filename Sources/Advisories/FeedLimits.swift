/// How much of a feed is read before giving up, so that a hostile or broken file costs a bounded amount of memory and time.
public struct FeedLimits: Sendable, Hashable {
    /// The most bytes one record may have, unpacked. It bounds the memory of a loader: about 14 times this much.
    public var recordBytes: Int
    /// The most bytes a feed may have, unpacked.
    public var feedBytes: Int
    /// The most records a feed may have.
    public var records: Int

    /// Sets the limits.
    public init(recordBytes: Int, feedBytes: Int, records: Int) {
        self.recordBytes = recordBytes
        self.feedBytes = feedBytes
        self.records = records
    }

    /// Ten times what the largest public feeds had in 2026: records of 32 MiB, feeds of 16 GiB and 5,000,000 records.
    public static let standard = FeedLimits(recordBytes: 32 << 20, feedBytes: 16 << 30, records: 5_000_000)
}
