/// A stretch of versions between two of a name's sorted versions.
package struct AffectedInterval: Hashable, Comparable, Sendable {
    /// The first affected version's position, or `IndexFormat.none` for "from the beginning". In an unreadable interval, the
    /// number of the range's text.
    package let lower: UInt32
    /// The version at the upper end, or `IndexFormat.none`.
    package let upper: UInt32
    /// What the upper end means.
    package let kind: IntervalKind
    /// Whether ``lower`` itself is outside.
    package let isLowerExclusive: Bool

    /// Makes an interval from its parts.
    package init(lower: UInt32, upper: UInt32, kind: IntervalKind, isLowerExclusive: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.kind = kind
        self.isLowerExclusive = isLowerExclusive
    }

    /// Orders by the lower end, "from the beginning" first, so that a rule set reads upwards.
    package static func < (lhs: AffectedInterval, rhs: AffectedInterval) -> Bool {
        let left = (lhs.lower &+ 1, lhs.isLowerExclusive ? 1 : 0, lhs.upper, lhs.kind.rawValue)
        let right = (rhs.lower &+ 1, rhs.isLowerExclusive ? 1 : 0, rhs.upper, rhs.kind.rawValue)
        return left < right
    }

    /// Whether a version lies inside; an unreadable interval holds none.
    @inline(__always)
    package func contains(_ place: VersionPlace) -> Bool {
        guard kind != .unreadable, isBelow(place) else { return false }
        switch kind {
        case .open: return true
        case .fixed, .limit: return !place.isAtOrAbove(upper)
        case .lastAffected: return !place.isAbove(upper)
        case .unreadable: return false
        }
    }

    /// Whether a version is past the lower end.
    @inline(__always)
    package func isBelow(_ place: VersionPlace) -> Bool {
        lower == IndexFormat.none || (isLowerExclusive ? place.isAbove(lower) : place.isAtOrAbove(lower))
    }

    /// Whether a version is at or above the repair at the upper end.
    @inline(__always)
    package func isRepaired(at place: VersionPlace) -> Bool {
        kind == .fixed && place.isAtOrAbove(upper)
    }
}

/// Turns the events of one range into intervals that hold the same versions as the OSV evaluation algorithm finds.
///
/// The algorithm sorts the events and lets each one at or below a version (`last_affected` and our own `introducedAfter`: below) switch
/// "vulnerable" on or off; a version must also be below some `limit`, if there is any. Events at the same version keep their order in the
/// document.
///
/// Source: <https://ossf.github.io/osv-schema/#evaluation>
struct RangeCompiler {
    /// Where a version text stands among the name's sorted versions.
    struct Position {
        /// Its own place.
        let ordinal: UInt32
        /// The place of the first version equal to it.
        let group: UInt32
    }

    /// An event with its place; `nil` stands before every version.
    private struct Placed {
        let event: Event
        let position: Position?

        var group: Int { position.map { Int($0.group) } ?? -1 }
        var ordinal: UInt32 { position?.ordinal ?? IndexFormat.none }
        /// Whether it acts only just above its version.
        var actsAbove: Bool { event == .lastAffected || event == .introducedAfter }
    }

    /// The kinds of events, without their texts.
    enum Event: UInt8, Sendable {
        case introduced, fixed, lastAffected, limit, introducedAfter
    }

    /// Compiles a range.
    ///
    /// - Parameters:
    ///   - events: Kind and text of each event, in document order.
    ///   - position: Finds a version; `nil` when it does not parse.
    /// - Returns: Intervals in ascending order, or `nil` when some version did not parse.
    static func compile(
        _ events: some Sequence<(Event, UInt32)>, isText: (UInt32, StaticString) -> Bool,
        position: (UInt32) -> Position?
    ) -> [AffectedInterval]? {
        var placed: [Placed] = []
        var limit: Position?
        var hasLimit = false
        for (event, text) in events {
            if event == .introduced && isText(text, "0") {
                placed.append(Placed(event: event, position: nil))
            } else if event == .limit && isText(text, "*") {
                return compile(events.filter { $0.0 != .limit }, isText: isText, position: position)
            } else if let found = position(text) {
                if event != .limit { placed.append(Placed(event: event, position: found)) }
                if event == .limit && (!hasLimit || found.group > (limit?.group ?? 0)) { limit = found }
                hasLimit = hasLimit || event == .limit
            } else {
                return nil
            }
        }
        let intervals = sweep(stableSorted(placed))
        return limit.map { clip(intervals, at: $0) }?.map(\.interval) ?? intervals.map(\.interval)
    }

    /// An interval with the groups of its ends, which tell order where ordinals of equal versions do not.
    private struct Stretch {
        var interval: AffectedInterval
        let lowerGroup: Int
        let upperGroup: Int
    }

    private static func stableSorted(_ events: [Placed]) -> [Placed] {
        events.enumerated().sorted { ($0.element.group, $0.offset) < ($1.element.group, $1.offset) }.map(\.element)
    }

    /// Walks the sorted events, one distinct version at a time, and notes where "vulnerable" begins and ends.
    private static func sweep(_ events: [Placed]) -> [Stretch] {
        var stretches: [Stretch] = []
        var start: Placed?
        var index = 0
        while index < events.count {
            let end = events[index...].firstIndex { $0.group != events[index].group } ?? events.count
            let same = events[index..<end]
            index = end
            // At the version itself the events that act above it do nothing yet; just above it every event has acted.
            let decidesHere = same.last { !$0.actsAbove }
            let affectedHere = decidesHere.map { $0.event == .introduced } ?? (start != nil)
            let decidesAbove = same.last
            let affectedAbove = decidesAbove.map { $0.event == .introduced || $0.event == .introducedAfter } ?? false
            if start == nil && affectedHere { start = decidesHere }
            if let opened = start, !affectedHere, let decidesHere {
                stretches.append(stretch(from: opened, to: decidesHere, kind: .fixed))
                start = nil
            }
            if let opened = start, !affectedAbove, let closer = same.last(where: { $0.event == .lastAffected }) {
                stretches.append(stretch(from: opened, to: closer, kind: .lastAffected))
                start = nil
            }
            if start == nil && affectedAbove { start = decidesAbove }
        }
        if let start { stretches.append(stretch(from: start, to: nil, kind: .open)) }
        return stretches
    }

    private static func stretch(from lower: Placed, to upper: Placed?, kind: IntervalKind) -> Stretch {
        let interval = AffectedInterval(
            lower: lower.ordinal, upper: upper?.ordinal ?? IndexFormat.none, kind: kind,
            isLowerExclusive: lower.event == .introducedAfter)
        return Stretch(interval: interval, lowerGroup: lower.group, upperGroup: upper?.group ?? Int.max)
    }

    /// Cuts everything at or above the limit off.
    private static func clip(_ stretches: [Stretch], at limit: Position) -> [Stretch] {
        let group = Int(limit.group)
        return stretches.compactMap { stretch in
            guard stretch.lowerGroup < group else { return nil }
            let reaches =
                stretch.upperGroup > group || (stretch.upperGroup == group && stretch.interval.kind == .lastAffected)
            guard reaches else { return stretch }
            var cut = stretch
            cut.interval = AffectedInterval(
                lower: stretch.interval.lower, upper: limit.ordinal, kind: .limit,
                isLowerExclusive: stretch.interval.isLowerExclusive)
            return cut
        }
    }
}

extension AffectedRange.Event {
    /// Reads an event out of a file; `nil` for a kind that no builder writes.
    package init?(indexCode: UInt32, version: String) {
        switch UInt8(exactly: indexCode).flatMap(RangeCompiler.Event.init) {
        case .introduced: self = .introduced(version)
        case .fixed: self = .fixed(version)
        case .lastAffected: self = .lastAffected(version)
        case .limit: self = .limit(version)
        case .introducedAfter: self = .introducedAfter(version)
        case nil: return nil
        }
    }
}
