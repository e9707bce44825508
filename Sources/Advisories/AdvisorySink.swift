/// A record of a feed that was left out, by name and reason; the records around it go on.
public struct FeedRecordIssue: Error, Sendable, Hashable, CustomStringConvertible {
    /// The feed it was found in.
    public let feed: FeedID
    /// The record's file name, id, or place in the feed (`line 12`); never empty.
    public let record: String
    /// What is wrong with it, in one line.
    public let reason: String

    /// Names a record that was left out.
    ///
    /// - Parameter record: Its name; an empty one, as archives and objects may give to what they hold, becomes `record without a name`.
    public init(feed: FeedID, record: String, reason: String) {
        self.feed = feed
        self.record = record.isEmpty ? "record without a name" : record
        self.reason = reason
    }

    /// `feed record: reason`.
    public var description: String { "\(feed) \(record): \(reason)" }
}

/// Takes what a loader reads, one record at a time, so that no feed is ever held whole.
///
/// A loader calls from the task that called it, in document order.
public protocol AdvisorySink {
    /// Takes one good advisory. An error ends the reading and reaches the loader's caller unchanged.
    mutating func receive(_ advisory: Advisory) throws
    /// Notes one record that could not be used; reading goes on.
    mutating func setAside(_ issue: FeedRecordIssue)
}

/// A sink that keeps everything: for tests and small feeds.
public struct CollectedAdvisories: AdvisorySink, Sendable {
    /// The good ones, in document order.
    public private(set) var advisories: [Advisory] = []
    /// The records left out, in document order.
    public private(set) var issues: [FeedRecordIssue] = []

    /// An empty collection.
    public init() {}

    /// Appends to ``advisories``.
    public mutating func receive(_ advisory: Advisory) {
        advisories.append(advisory)
    }

    /// Appends to ``issues``.
    public mutating func setAside(_ issue: FeedRecordIssue) {
        issues.append(issue)
    }
}
