import Stores

/// Whose turn it is: first among the priorities, then among the companies of one.
///
/// Priorities: stride scheduling (Waldspurger and Weihl, 1995). A lease of a priority costs it `1 / share`, and the priority that has
/// spent least goes next.
///
/// Companies: start-time fair queueing (Goyal, Vin and Cheng, 1996). Virtual time is the tag of the company served last. A company
/// with work waits under a tag: the virtual time when it came, or when its own share is used up, if that is later. A lease uses up
/// its duration divided by the company's weight. So slow work counts as much as much work, and idling saves nothing up. When nobody
/// has work, all start level.
struct FairOrder {
    /// Least that a lease uses up, in seconds, so that companies take turns however short their leases are.
    static let leastCost = 0.001

    /// What a lease of the priority costs it. All shares divide 24, so this is exact.
    private static func stride(_ priority: WorkPriority) -> Int { 24 / priority.share }

    private(set) var now = 0.0
    private var spent: [WorkPriority: Int] = [:]
    private var spentByLast = 0
    private var tags: [WorkPriority: [CompanyScope: (tag: Double, order: UInt64)]] = [:]
    private var order: UInt64 = 0

    /// A company waits, unless it does already.
    mutating func join(_ scope: CompanyScope, _ priority: WorkPriority, finish: Double) {
        guard tags[priority]?[scope] == nil else { return }
        order += 1
        tags[priority, default: [:]][scope] = (max(now, finish), order)
    }

    /// A company waits no longer.
    mutating func leave(_ scope: CompanyScope, _ priority: WorkPriority) {
        tags[priority]?[scope] = nil
    }

    /// Takes the company whose turn it is; it leaves all lines.
    mutating func next() -> (scope: CompanyScope, priority: WorkPriority, tag: Double)? {
        let waiting = WorkPriority.allCases.reversed().filter { tags[$0]?.isEmpty == false }
        // The first of equals, hence the most urgent.
        guard let priority = waiting.min(by: { cost($0) < cost($1) }),
            let first = tags[priority]?.min(by: { ($0.value.tag, $0.value.order) < ($1.value.tag, $1.value.order) })
        else { return nil }
        spentByLast = cost(priority)
        spent[priority] = spentByLast + Self.stride(priority)
        now = max(now, first.value.tag)
        for priority in WorkPriority.allCases { leave(first.key, priority) }
        return (first.key, priority, first.value.tag)
    }

    /// Nobody waits and nobody is served: virtual time goes on to where the last share was used up.
    mutating func rest(until finish: Double) {
        if tags.values.allSatisfy(\.isEmpty) { now = max(now, finish) }
    }

    /// What a lease leaves its company with.
    static func finish(tag: Double, held: Duration, weight: Int) -> Double {
        tag + max(held / .seconds(1), leastCost) / Double(weight)
    }

    /// A priority that was idle starts level with the others: idling saves nothing up.
    private func cost(_ priority: WorkPriority) -> Int { max(spent[priority] ?? 0, spentByLast) }
}
