import Advisories
import Foundation

/// The snapshots of published feeds that some tests read: `$ZEROTRACE_FEEDS`, else `../shared/feeds` beside the package.
enum ReferenceFeeds {
    /// The folder; `nil` when there is none.
    static let path: String? = {
        let beside = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("../shared/feeds").standardizedFileURL.path
        let path = ProcessInfo.processInfo.environment["ZEROTRACE_FEEDS"] ?? beside
        return FileManager.default.fileExists(atPath: "\(path)/osv") ? path : nil
    }()

    static let comment: String = "reference feeds are missing"

    /// The sources of advisories, by feed name.
    static func sources() throws -> [FeedSource] {
        guard let path else { return [] }
        return try FeedLayout.discover(path).filter(\.holdsAdvisories)
    }
}

/// Passes advisories on for which a condition holds.
struct FilteringSink: AdvisorySink {
    private(set) var kept: [Advisory] = []
    /// Returns what to keep of an advisory.
    let filter: (Advisory) -> Advisory?

    init(_ filter: @escaping (Advisory) -> Advisory?) {
        self.filter = filter
    }

    mutating func receive(_ advisory: Advisory) {
        if let reduced = filter(advisory) { kept.append(reduced) }
    }

    mutating func setAside(_ issue: FeedRecordIssue) {}
}

/// Takes a random eighth of the advisories until it has enough, then ends the reading. Bug-fix series, which the index leaves out, are passed
/// over.
struct SamplingSink: AdvisorySink {
    struct Enough: Error {}

    private(set) var kept: [Advisory] = []
    private var generator = SeededGenerator(seed: 41)
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func receive(_ advisory: Advisory) throws {
        let isBugFix = ["ALBA-", "ALEA-", "RLBA-", "RLEA-"].contains { advisory.id.hasPrefix($0) }
        if isBugFix && advisory.aliases.isEmpty && advisory.upstream.isEmpty { return }
        if Int.random(in: 0..<8, using: &generator) == 0 { kept.append(advisory) }
        if kept.count >= limit { throw Enough() }
    }

    mutating func setAside(_ issue: FeedRecordIssue) {}
}
