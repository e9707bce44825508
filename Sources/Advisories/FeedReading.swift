/// What reading one feed came to.
public struct FeedReading: Sendable, Hashable {
    /// The feed.
    public let feed: FeedID
    /// Good records handed over.
    public internal(set) var records = 0
    /// Records set aside.
    public internal(set) var setAside = 0
    /// The date of the data in Unix seconds: the feed's own date where it has one, else that of its newest record; `nil`
    /// when neither is given. Independent of file times.
    public internal(set) var date: Int64?
    /// Whether the feed is whole and says itself that it has no records. Without this word a feed of none counts as a broken one.
    public internal(set) var isEmptyByItsWord = false

    /// What was read; by default nothing yet.
    public init(feed: FeedID, records: Int = 0, setAside: Int = 0, date: Int64? = nil) {
        self.feed = feed
        self.records = records
        self.setAside = setAside
        self.date = date
    }

    /// Hands one record on and counts it.
    mutating func pass(_ advisory: Advisory, to sink: inout some AdvisorySink) throws {
        try sink.receive(advisory)
        records += 1
        if let changed = advisory.modified ?? advisory.published { date = max(date ?? changed, changed) }
    }

    /// Sets one record aside and counts it.
    mutating func setAside(_ record: String, _ reason: String, in sink: inout some AdvisorySink) {
        sink.setAside(FeedRecordIssue(feed: feed, record: record, reason: reason))
        setAside += 1
    }
}
