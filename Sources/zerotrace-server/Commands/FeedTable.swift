import Foundation
import Verdicts

/// Feeds as a table for a terminal.
enum FeedTable {
    /// One line a feed: name, records, what was set aside, age of the snapshot, last error.
    static func render(_ feeds: [FeedStatus], now: Date) -> String {
        let width = feeds.map(\.feed.count).max() ?? 0
        return feeds.map { feed in
            let name = feed.feed.padding(toLength: width, withPad: " ", startingAt: 0)
            let records = String(feed.records)
            let padded = String(repeating: " ", count: max(0, 8 - records.count)) + records
            var line = "\(name)  \(padded) records  \(age(feed.fetchedAt, now: now))"
            if feed.setAside > 0 { line += "  \(feed.setAside) set aside" }
            if let error = feed.error { line += "  last try failed: \(error)" }
            return line + "\n"
        }.joined()
    }

    private static func age(_ fetchedAt: Int64?, now: Date) -> String {
        guard let fetchedAt else { return "never fetched" }
        let seconds = max(0, Int64(now.timeIntervalSince1970) - fetchedAt)
        switch seconds {
        case ..<120: return "\(seconds) s old"
        case ..<7_200: return "\(seconds / 60) min old"
        case ..<172_800: return "\(seconds / 3_600) h old"
        default: return "\(seconds / 86_400) d old"
        }
    }
}
