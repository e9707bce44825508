import Advisories

/// One advisory's statement on one vulnerability under one name, as read from the index.
struct Statement {
    let vulnerability: UInt32
    let advisory: UInt32
    let ruleset: UInt32
    /// Position of the urgency word in the text section; the word may be empty.
    let urgency: UInt32
    /// Place of the condition, or "none".
    let condition: UInt32
    /// The lower decides.
    let rank: UInt8
    let state: FixState
    let flags: UInt8

    /// Whether the advisory was withdrawn or rejected.
    var isWithdrawn: Bool { flags & EntryFlag.withdrawn != 0 }

    /// Whether the advisory gave ranges or versions that can be evaluated.
    var isEvaluable: Bool { flags & EntryFlag.evaluable != 0 }

    /// Whether a version it names is of a build apart.
    var isApart: Bool { flags & EntryFlag.apart != 0 }

    /// Whether a version it names is of an RPM module.
    var isModular: Bool { flags & EntryFlag.modular != 0 }
}

extension IndexReader {
    /// Reads an entry.
    func statement(_ index: UInt32) throws(IndexError) -> Statement {
        let record = try record(.entries, index)
        guard let state = FixState(indexCode: record.uint8(21)) else { throw .damaged(what: "an entry's state") }
        return Statement(
            vulnerability: record.uint32(0), advisory: record.uint32(4), ruleset: record.uint32(8),
            urgency: record.uint32(12), condition: record.uint32(16), rank: record.uint8(20), state: state,
            flags: record.uint8(22))
    }

    /// The entries of a name that speak of one vulnerability: they are sorted by it.
    func statements(of name: NameRecord, on vulnerability: UInt32) throws(IndexError) -> [Statement] {
        var low = name.entries.lowerBound
        var high = name.entries.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if try statement(middle).vulnerability < vulnerability { low = middle + 1 } else { high = middle }
        }
        var found: [Statement] = []
        while low < name.entries.upperBound {
            let next = try statement(low)
            guard next.vulnerability == vulnerability else { break }
            found.append(next)
            low += 1
        }
        return found
    }

    /// The places of a group's entries.
    func entries(ofGroup index: UInt32, in name: NameRecord) throws(IndexError) -> Range<UInt32> {
        guard name.groups.contains(index) else { throw .damaged(what: "a segment's group") }
        let record = try record(.groups, index)
        let (end, overflow) = record.uint32(4).addingReportingOverflow(record.uint32(8))
        guard !overflow, record.uint32(4) >= name.entries.lowerBound, end <= name.entries.upperBound else {
            throw .damaged(what: "a group's entries")
        }
        return record.uint32(4)..<end
    }

    /// The entries of a group.
    func statements(ofGroup index: UInt32, in name: NameRecord) throws(IndexError) -> [Statement] {
        let entries = try entries(ofGroup: index, in: name)
        var statements: [Statement] = []
        statements.reserveCapacity(entries.count)
        for entry in entries { statements.append(try statement(entry)) }
        return statements
    }

    /// Whether a statement of a group may say "affected" or "undetermined" of a version, whoever it speaks of: yes too often rather than too
    /// seldom. It spares hearing most groups, and copies nothing.
    ///
    /// - Parameter place: Where the version stands; `nil` when it does not parse.
    func mayConcern(group: UInt32, in name: NameRecord, at place: VersionPlace?) throws(IndexError) -> Bool {
        guard let place else { return true }
        for entry in try entries(ofGroup: group, in: name) {
            let record = try record(.entries, entry)
            let flags = record.uint8(22)
            guard flags & EntryFlag.withdrawn == 0 else { continue }
            if flags & EntryFlag.evaluable == 0 || record.uint8(21) == FixState.undetermined.indexCode { return true }
            if try mayHold(try ruleSet(record.uint32(8)), place) { return true }
        }
        return false
    }

    /// Whether a rule set holds a version, or has a range that nobody can read.
    private func mayHold(_ rules: RuleSet, _ place: VersionPlace) throws(IndexError) -> Bool {
        for index in rules.intervals {
            let interval = try interval(index)
            if interval.kind == .unreadable || interval.contains(place) { return true }
        }
        guard place.below < place.above else { return false }
        var low = rules.listed.lowerBound
        var high = rules.listed.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if try record(.listed, middle).uint32(0) < place.below { low = middle + 1 } else { high = middle }
        }
        guard low < rules.listed.upperBound else { return false }
        return place.isEqual(try record(.listed, low).uint32(0))
    }

    /// What decides of a statement.
    func deciding(_ statement: Statement) throws(IndexError) -> DecidingStatement {
        let rules = try ruleSet(statement.ruleset)
        var intervals: [AffectedInterval] = []
        intervals.reserveCapacity(rules.intervals.count)
        for index in rules.intervals { intervals.append(try interval(index)) }
        var listed: [UInt32] = []
        listed.reserveCapacity(rules.listed.count)
        for index in rules.listed { listed.append(try record(.listed, index).uint32(0)) }
        let urgency = try textBytes(.text, statement.urgency)
        return DecidingStatement(
            state: statement.state, isWithdrawn: statement.isWithdrawn, isEvaluable: statement.isEvaluable,
            isEndOfLife: urgency.elementsEqual("end-of-life".utf8),
            isInformational: statement.flags & EntryFlag.informational != 0, intervals: intervals, listed: listed)
    }
}

/// The intervals and listed versions of a statement.
struct RuleSet {
    let intervals: Range<UInt32>
    let listed: Range<UInt32>
}

extension IndexReader {
    /// Reads a rule set.
    func ruleSet(_ index: UInt32) throws(IndexError) -> RuleSet {
        let record = try record(.rulesets, index)
        return RuleSet(
            intervals: try run(.intervals, start: record.uint32(0), count: record.uint32(4)),
            listed: try run(.listed, start: record.uint32(8), count: record.uint32(12)))
    }

    /// Reads an interval.
    func interval(_ index: UInt32) throws(IndexError) -> AffectedInterval {
        let record = try record(.intervals, index)
        let code = record.uint32(8)
        guard let kind = IntervalKind(rawValue: code & ~IntervalKind.exclusiveLower) else {
            throw .damaged(what: "an interval's kind")
        }
        return AffectedInterval(
            lower: record.uint32(0), upper: record.uint32(4), kind: kind,
            isLowerExclusive: code & IntervalKind.exclusiveLower != 0)
    }
}
