import Versioning

/// A set of versions, as stretches between cuts.
struct VersionIntervals {
    /// A place between versions: just before one, or just after it.
    struct Cut: Hashable {
        let text: String
        let key: VersionKey
        let isAfter: Bool

        static func precedes(_ lhs: Cut, _ rhs: Cut) -> Bool {
            lhs.key == rhs.key ? !lhs.isAfter && rhs.isAfter : lhs.key < rhs.key
        }
    }

    /// The versions between two cuts; a missing cut is the beginning or the end of all versions.
    struct Interval: Hashable {
        var lower: Cut?
        var upper: Cut?

        var isEmpty: Bool {
            guard let lower, let upper else { return false }
            return !Cut.precedes(lower, upper)
        }
    }

    /// Ascending and apart from each other.
    let intervals: [Interval]

    /// The versions in any of the intervals. Cost: that of sorting them.
    init(_ intervals: [Interval]) {
        var merged: [Interval] = []
        for interval in intervals.lazy.filter({ !$0.isEmpty }).sorted(by: { Self.startsBefore($0.lower, $1.lower) }) {
            if let last = merged.last, Self.reaches(last.upper, interval.lower) {
                merged[merged.count - 1].upper = Self.later(last.upper, interval.upper)
            } else {
                merged.append(interval)
            }
        }
        self.intervals = merged
    }

    /// The versions of this set that are not in the other. Cost: one pass over both.
    func subtracting(_ other: VersionIntervals) -> VersionIntervals {
        var pieces: [Interval] = []
        var gaps = other.intervals[...]
        for interval in intervals {
            var rest: Interval? = interval
            while let open = rest, let gap = gaps.first, Self.reaches(open.upper, gap.lower) {
                if let end = gap.lower { pieces.append(Interval(lower: open.lower, upper: end)) }
                guard let start = gap.upper, Self.reaches(open.upper, start) else {
                    // The gap goes on behind the interval, maybe into the next one.
                    rest = nil
                    break
                }
                rest = Interval(
                    lower: open.lower.map { Cut.precedes($0, start) ? start : $0 } ?? start, upper: open.upper)
                gaps.removeFirst()
            }
            if let rest { pieces.append(rest) }
        }
        return VersionIntervals(pieces)
    }

    /// Whether one lower end is before another; a missing one is the first.
    private static func startsBefore(_ lhs: Cut?, _ rhs: Cut?) -> Bool {
        guard let rhs else { return false }
        return lhs.map { Cut.precedes($0, rhs) } ?? true
    }

    /// Whether an upper end is at or behind a lower one; a missing upper end is behind all, a missing lower one before all.
    private static func reaches(_ upper: Cut?, _ lower: Cut?) -> Bool {
        guard let upper, let lower else { return true }
        return !Cut.precedes(upper, lower)
    }

    /// The later of two upper ends.
    private static func later(_ lhs: Cut?, _ rhs: Cut?) -> Cut? {
        guard let lhs, let rhs else { return nil }
        return Cut.precedes(lhs, rhs) ? rhs : lhs
    }

    /// The set as ranges, one for each stretch.
    var ranges: [AffectedRange] {
        intervals.map { interval in
            var events: [AffectedRange.Event] = [
                interval.lower.map { $0.isAfter ? .introducedAfter($0.text) : .introduced($0.text) } ?? .introduced("0")
            ]
            if let upper = interval.upper {
                events.append(upper.isAfter ? .lastAffected(upper.text) : .fixed(upper.text))
            }
            return AffectedRange(kind: .ecosystem, events: events)
        }
    }
}
