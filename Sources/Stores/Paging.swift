import Foundation
import Scoring

/// Which page of a list: keyset paging, so that a page costs the same wherever it is and rows are neither lost nor doubled while
/// the list changes.
public struct PageRequest: Sendable, Hashable {
    /// The cursor that the page before ended with; `nil` for the first page. Opaque to callers, checked by the store.
    public let cursor: String?
    /// 1…500.
    public let limit: Int

    /// A page; `limit` is brought into its bounds.
    public init(cursor: String? = nil, limit: Int = 50) {
        self.cursor = cursor
        self.limit = min(max(limit, 1), 500)
    }
}

/// A page of a list.
public struct Page<Item: Sendable>: Sendable {
    /// In the order of the list.
    public let items: [Item]
    /// `nil` when this is the last page.
    public let nextCursor: String?

    /// Makes one from its parts.
    public init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// Which agents.
public struct AgentQuery: Sendable, Hashable {
    /// Part of the host name, without regard to case; empty means all.
    public var search = ""
    /// Whether its findings are complete.
    public var state: InventoryState?
    /// Only those that called last before this moment.
    public var seenBefore: Date?
    /// Only those that called at this moment or later.
    public var seenSince: Date?
    /// The order.
    public var sort = Sort.risk

    /// The order of the list; ties by id.
    public enum Sort: String, Sendable, CaseIterable {
        /// Highest risk first.
        case risk
        /// By host name.
        case hostname
        /// Least recently seen first.
        case lastSeen = "last_seen"
    }

    /// Makes one from its parts.
    public init() {}
}

/// Which vulnerabilities or findings. The order is always highest risk first, ties by id.
public struct VulnerabilityQuery: Sendable, Hashable {
    /// Part of an id, a summary or (for findings) a package name, without regard to case; empty means all.
    public var search = ""
    /// At least this severity; `nil` means all, unknown ones included.
    public var minimumSeverity: Severity?
    /// Only those known to be exploited.
    public var exploitedOnly = false
    /// Only those with a fix in the package's own release.
    public var fixableOnly = false
    /// Verdicts that could not be decided instead of the affected ones. Findings only.
    public var undetermined = false
    /// Only those with one of these ids; `nil` means all.
    public var among: Set<String>?
    /// None of those with these ids.
    public var besides: Set<String> = []

    /// Makes one from its parts.
    public init() {}
}
