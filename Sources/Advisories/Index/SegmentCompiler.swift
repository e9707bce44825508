/// A stretch of a name's versions to which all deciding statements on one vulnerability together give one answer, worked out when the
/// index is built so that a look-up compares two integers and is done.
struct NameSegment: Sendable {
    /// The first and the last of the stretch, as ``VersionPlace/position``; empty when the first is above the last.
    var lowest: UInt32
    var highest: UInt32
    /// The group, counted from the name's first.
    let group: UInt32
    /// The answer: ``ReasonCode``, or 0 when the group's entries have to be asked.
    var code: UInt8
    /// Place of the repaired version among the name's, or `IndexFormat.none`.
    var fix: UInt32
    var flags: UInt8
}

/// The entries of one name that speak of one vulnerability.
struct EntryGroup: Sendable {
    /// The first entry, counted from the name's first.
    let start: UInt32
    /// How many entries there are.
    let count: UInt32
    let vulnerability: UInt32
    /// The text number of the first urgency word that a deciding entry gives, or of the empty text.
    let urgency: UInt32
}

/// Works out the segments of one name.
///
/// A class, as closures that ask it for places would copy a structure of many arrays for each answer.
final class SegmentCompiler {
    private let rules: [RuleSets.Rule]
    private let versions: NameVersions
    private let texts: StringPool
    private let endOfLife: UInt32?

    /// Where a group's answers have more pieces than this, its entries are asked instead.
    private static let pieceLimit = 48

    /// Prepares for a name.
    ///
    /// - Parameter endOfLife: The text number of the word `end-of-life`, if any text is that.
    init(rules: RuleSets, versions: NameVersions, texts: StringPool, endOfLife: UInt32?) {
        self.rules = rules.all
        self.versions = versions
        self.texts = texts
        self.endOfLife = endOfLife
    }

    /// Groups a name's entries, which are sorted by vulnerability, then standing before withdrawn, then by rank, and works out what each
    /// group says of a package of which nothing but the version is known.
    func compile(_ entries: [NameEntry]) -> (groups: [EntryGroup], segments: [NameSegment]) {
        var groups: [EntryGroup] = []
        var segments: [NameSegment] = []
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count && entries[end].vulnerability == entries[start].vulnerability { end += 1 }
            let group = entries[start..<end]
            let first = group.first { !$0.isConditional }
            let deciding = group.filter {
                !$0.isConditional && $0.flags & EntryFlag.withdrawn == 0 && $0.rank == first?.rank
            }
            let urgent = group.first { $0.flags & EntryFlag.withdrawn == 0 && !texts.isEmpty($0.urgency) }
            groups.append(
                EntryGroup(
                    start: UInt32(start), count: UInt32(end - start), vulnerability: entries[start].vulnerability,
                    urgency: urgent?.urgency ?? entries[start].urgency))
            let number = UInt32(groups.count - 1)
            if group.contains(where: \.needsHearing) {
                segments.append(asking(group: number, group.map { statement($0) }))
            } else {
                append(deciding, group: number, to: &segments)
            }
            start = end
        }
        return (groups, segments)
    }

    private func append(_ deciding: [NameEntry], group: UInt32, to segments: inout [NameSegment]) {
        var statements: [DecidingStatement] = []
        var seen: Set<NameEntry.Weight> = []
        for entry in deciding where deciding.count == 1 || seen.insert(entry.weight).inserted {
            statements.append(statement(entry))
        }
        let unparsable = StatementDecision(statements, at: nil, placeOf: { place(of: $0) })
        let isDoubtful = unparsable.code.isUndetermined
        let first = segments.count
        let bounds = boundaries(of: statements)
        if bounds.count > Self.pieceLimit { return segments.append(asking(group: group, statements)) }
        for (index, bound) in bounds.enumerated() {
            let decision = StatementDecision(statements, at: place(at: bound), placeOf: { place(of: $0) })
            guard decision.code.isAffected || decision.code.isUndetermined else { continue }
            let highest = index + 1 < bounds.count ? bounds[index + 1] - 1 : UInt32.max
            if segments.count > first, let last = segments.last, last.code == decision.code.rawValue,
                last.fix == decision.fix, last.highest &+ 1 == bound
            {
                segments[segments.count - 1].highest = highest
            } else {
                segments.append(
                    NameSegment(
                        lowest: bound, highest: highest, group: group, code: decision.code.rawValue,
                        fix: decision.fix, flags: 0))
            }
        }
        guard isDoubtful else { return }
        if segments.count > first {
            segments[first].flags |= SegmentFlag.unparsable
        } else {
            segments.append(
                NameSegment(
                    lowest: 1, highest: 0, group: group, code: unparsable.code.rawValue, fix: IndexFormat.none,
                    flags: SegmentFlag.unparsable))
        }
    }

    /// A segment that has the group's entries asked: of the positions at which any of them, whoever it speaks of, says "affected" or
    /// "undetermined".
    private func asking(group: UInt32, _ statements: [DecidingStatement]) -> NameSegment {
        let (lowest, highest) = statements.reduce((UInt32.max, UInt32(0))) { span, statement in
            let own = self.span(of: statement)
            return (min(span.0, own.lowest), max(span.1, own.highest))
        }
        return NameSegment(
            lowest: lowest, highest: highest, group: group, code: 0, fix: IndexFormat.none,
            flags: SegmentFlag.general | SegmentFlag.unparsable)
    }

    /// The positions from the first to the last at which a statement may say "affected" or "undetermined"; the first is above the last when
    /// there are none.
    private func span(of statement: DecidingStatement) -> (lowest: UInt32, highest: UInt32) {
        guard !statement.isWithdrawn, !statement.isInformational, statement.state != .notAffected else {
            return (UInt32.max, 0)
        }
        guard statement.isEvaluable, statement.state != .undetermined,
            !statement.intervals.contains(where: { $0.kind == .unreadable })
        else { return (0, UInt32.max) }
        var lowest = UInt32.max
        var highest: UInt32 = 0
        for interval in statement.intervals {
            lowest = min(lowest, interval.lower == IndexFormat.none ? 0 : place(of: interval.lower).position)
            let end = interval.upper == IndexFormat.none ? UInt32.max : place(of: interval.upper).position
            highest = max(highest, end)
        }
        for ordinal in statement.listed {
            lowest = min(lowest, place(of: ordinal).position)
            highest = max(highest, place(of: ordinal).position)
        }
        return (lowest, highest)
    }

    private func statement(_ entry: NameEntry) -> DecidingStatement {
        let rule = rules[Int(entry.ruleset)]
        var intervals = rule.intervals
        if !rule.unreadable.isEmpty {
            intervals.append(AffectedInterval(lower: 0, upper: IndexFormat.none, kind: .unreadable))
        }
        return DecidingStatement(
            state: FixState(indexCode: entry.state) ?? .undetermined,
            isWithdrawn: entry.flags & EntryFlag.withdrawn != 0, isEvaluable: entry.flags & EntryFlag.evaluable != 0,
            isEndOfLife: entry.urgency == endOfLife,
            isInformational: entry.flags & EntryFlag.informational != 0, intervals: intervals, listed: rule.listed)
    }

    /// The positions from which on an answer can differ, ascending, beginning with 0.
    private func boundaries(of statements: [DecidingStatement]) -> [UInt32] {
        var bounds: [UInt32] = [0]
        func insert(_ ordinal: UInt32) {
            let equals = versions.equals(ordinal)
            bounds.append(equals.lowerBound + equals.upperBound)
            bounds.append(2 * equals.upperBound)
        }
        for statement in statements {
            for interval in statement.intervals where interval.kind != .unreadable {
                if interval.lower != IndexFormat.none { insert(interval.lower) }
                if interval.upper != IndexFormat.none { insert(interval.upper) }
            }
            // A listed version inside of a range says nothing more.
            for ordinal in statement.listed {
                let place = place(of: ordinal)
                if !statement.intervals.contains(where: { $0.contains(place) }) { insert(ordinal) }
                // Each version is there once or twice, so this many are too many even without repetitions.
                if bounds.count > Self.pieceLimit * 4 { return bounds }
            }
        }
        bounds.sort()
        var distinct: [UInt32] = []
        distinct.reserveCapacity(bounds.count)
        for bound in bounds where distinct.last != bound { distinct.append(bound) }
        return distinct
    }

    private func place(of ordinal: UInt32) -> VersionPlace {
        let equals = versions.equals(ordinal)
        return VersionPlace(below: equals.lowerBound, above: equals.upperBound)
    }

    /// A place with the position.
    private func place(at position: UInt32) -> VersionPlace {
        // A boundary is the position of some versions themselves, or one that lies just above some.
        let middle = position / 2
        if middle < versions.count {
            let equals = versions.equals(middle)
            if equals.lowerBound + equals.upperBound == position {
                return VersionPlace(below: equals.lowerBound, above: equals.upperBound)
            }
        }
        return VersionPlace(below: middle, above: middle)
    }
}
