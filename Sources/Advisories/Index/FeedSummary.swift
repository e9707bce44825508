/// What an index took from one feed.
public struct FeedSummary: Sendable, Hashable, Codable {
    /// The feed.
    public let id: FeedID
    /// Records taken.
    public let records: Int
    /// Records that were broken and set aside by name.
    public let setAside: Int
    /// When the snapshot was published or fetched, in Unix seconds; `nil` when unknown.
    public let snapshotDate: Int64?

    /// Summarises a feed.
    public init(id: FeedID, records: Int, setAside: Int = 0, snapshotDate: Int64? = nil) {
        self.id = id
        self.records = records
        self.setAside = setAside
        self.snapshotDate = snapshotDate
    }

    /// Summarises what a loader read.
    public init(_ reading: FeedReading) {
        self.init(id: reading.feed, records: reading.records, setAside: reading.setAside, snapshotDate: reading.date)
    }

    /// How old the snapshot is.
    ///
    /// - Parameter now: The present, in Unix seconds.
    /// - Returns: Seconds, never negative; `nil` when the date is unknown.
    public func age(at now: Int64) -> Int64? {
        guard let snapshotDate else { return nil }
        let (age, overflow) = now.subtractingReportingOverflow(snapshotDate)
        return overflow ? nil : max(0, age)
    }
}
