import Advisories

/// Keeps nothing of a feed but the names of its first broken records; the loader counts.
struct IssueSink: AdvisorySink {
    private(set) var issues: [String] = []

    mutating func receive(_ advisory: Advisory) {}

    mutating func setAside(_ issue: FeedRecordIssue) {
        if issues.count < SnapshotState.Entry.issueLimit { issues.append("\(issue)") }
    }
}
