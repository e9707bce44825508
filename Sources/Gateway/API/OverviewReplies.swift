import Foundation
import Stores
import Verdicts

/// Distinct vulnerabilities by severity.
struct CountsReply: Encodable {
    let critical: Int
    let high: Int
    let medium: Int
    let low: Int
    let unknown: Int
    let exploited: Int
    let fixable: Int
    let undetermined: Int
    let total: Int

    init(_ counts: SeverityCounts) {
        critical = counts.critical
        high = counts.high
        medium = counts.medium
        low = counts.low
        unknown = counts.unknown
        exploited = counts.exploited
        fixable = counts.fixable
        undetermined = counts.undetermined
        total = counts.total
    }
}

/// What the first page shows.
struct OverviewReply: Encodable {
    let counts: CountsReply
    /// Of these, what is accepted on every agent.
    let accepted: CountsReply
    let exposures: Int
    let acceptedExposures: Int
    /// Vulnerabilities that the company's policy has made due.
    let overdue: Int
    let agents: Agents
    let packages: Int
    let advisories: AdvisoriesReply
    let latestEventID: Int64

    /// Agents per state of their inventory.
    struct Agents: Encodable {
        let total: Int
        let withoutInventory: Int
        let pending: Int

        private enum CodingKeys: String, CodingKey {
            case total, pending
            case withoutInventory = "without_inventory"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case counts, accepted, exposures, overdue, agents, packages, advisories
        case acceptedExposures = "accepted_exposures"
        case latestEventID = "latest_event_id"
    }

    init(_ overview: Overview, advisories: AdvisoryStatus, latest: EventID) {
        counts = CountsReply(overview.counts)
        accepted = CountsReply(overview.accepted)
        acceptedExposures = overview.acceptedExposures
        overdue = overview.overdue
        exposures = overview.exposures
        agents = Agents(
            total: overview.agents, withoutInventory: overview.agentsWithoutInventory, pending: overview.agentsPending)
        packages = overview.packages
        self.advisories = AdvisoriesReply(advisories)
        latestEventID = latest.rawValue
    }
}

/// How the counts went.
struct TrendReply: Encodable {
    let items: [Point]

    /// Counts at the end of an hour.
    struct Point: Encodable {
        let hour: Date
        let counts: CountsReply
        let agents: Int
    }

    init(_ points: [TrendPoint]) {
        items = points.map { Point(hour: $0.hour, counts: CountsReply($0.counts), agents: $0.agents) }
    }
}

/// What the answers rest on.
struct AdvisoriesReply: Encodable {
    let indexDigest: OrNull<String>
    let vulnerabilities: Int
    let feeds: [FeedReply]

    private enum CodingKeys: String, CodingKey {
        case vulnerabilities, feeds
        case indexDigest = "index_digest"
    }

    init(_ status: AdvisoryStatus) {
        indexDigest = OrNull(status.indexDigest)
        vulnerabilities = status.vulnerabilities
        feeds = status.feeds.map(FeedReply.init)
    }
}

/// The state of one feed.
struct FeedReply: Encodable {
    let feed: String
    let records: Int
    let setAside: Int
    let fetchedAt: OrNull<Date>
    let triedAt: OrNull<Date>
    let error: OrNull<String>

    private enum CodingKeys: String, CodingKey {
        case feed, records, error
        case setAside = "set_aside"
        case fetchedAt = "fetched_at"
        case triedAt = "tried_at"
    }

    init(_ status: FeedStatus) {
        feed = status.feed
        records = status.records
        setAside = status.setAside
        fetchedAt = OrNull(status.fetchedAt.map(Date.init(unixSeconds:)))
        triedAt = OrNull(status.triedAt.map(Date.init(unixSeconds:)))
        error = OrNull(status.error)
    }
}

extension Date {
    init(unixSeconds: Int64) { self.init(timeIntervalSince1970: TimeInterval(unixSeconds)) }
}
