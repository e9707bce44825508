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

    private(set) var intervals: [Interval] = []

    mutating func insert(_ interval: Interval) {
        if !interval.isEmpty && !intervals.contains(interval) { intervals.append(interval) }
    }

    /// Takes the versions of the interval out.
    mutating func remove(_ removed: Interval) {
        guard !removed.isEmpty else { return }
        intervals = intervals.flatMap { interval in
            [
                Interval(lower: interval.lower, upper: Self.first(interval.upper, removed.lower ?? interval.lower)),
                Interval(lower: Self.last(interval.lower, removed.upper), upper: interval.upper),
            ].enumerated().filter { index, piece in
                // Without a lower end nothing lies below what is removed, without an upper end nothing above.
                (index == 0 ? removed.lower != nil : removed.upper != nil) && !piece.isEmpty
            }.map(\.element)
        }
    }

    /// The earlier of two upper ends.
    private static func first(_ lhs: Cut?, _ rhs: Cut?) -> Cut? {
        guard let lhs, let rhs else { return lhs ?? rhs }
        return Cut.precedes(rhs, lhs) ? rhs : lhs
    }

    /// The later of two lower ends.
    private static func last(_ lhs: Cut?, _ rhs: Cut?) -> Cut? {
        guard let lhs, let rhs else { return lhs ?? rhs }
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
