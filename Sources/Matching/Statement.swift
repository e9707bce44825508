import Advisories

/// One advisory's statement on one vulnerability under one name, as read from the index.
struct Statement {
    let vulnerability: UInt32
    let advisory: UInt32
    let ruleset: UInt32
    /// Position of the urgency word in the text section; the word may be empty.
    let urgency: UInt32
    /// The lower decides.
    let rank: UInt8
    let state: UInt8
    let flags: UInt8

    /// Whether the advisory was withdrawn or rejected.
    @inline(__always)
    var isWithdrawn: Bool { flags & EntryFlag.withdrawn != 0 }

    /// Whether the advisory gave ranges or versions that can be evaluated.
    var isEvaluable: Bool { flags & EntryFlag.evaluable != 0 }
}

extension IndexReader {
    /// Reads an entry.
    @inline(__always)
    func statement(_ index: UInt32) throws(IndexError) -> Statement {
        let record = try record(.entries, index)
        return Statement(
            vulnerability: record.uint32(0), advisory: record.uint32(4), ruleset: record.uint32(8),
            urgency: record.uint32(12), rank: record.uint8(16), state: record.uint8(17), flags: record.uint8(18))
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
}

/// The intervals and listed versions of a statement.
struct RuleSet {
    let intervals: Range<UInt32>
    let listed: Range<UInt32>
}

extension IndexReader {
    /// Reads a rule set.
    @inline(__always)
    func ruleSet(_ index: UInt32) throws(IndexError) -> RuleSet {
        let record = try record(.rulesets, index)
        return RuleSet(
            intervals: try run(.intervals, start: record.uint32(0), count: record.uint32(4)),
            listed: try run(.listed, start: record.uint32(8), count: record.uint32(12)))
    }

    /// Reads an interval.
    @inline(__always)
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

    /// Whether a rule set lists a version; the listed places are sorted.
    func lists(_ rules: RuleSet, _ place: VersionPlace) throws(IndexError) -> Bool {
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
}

/// The statements of one name on one vulnerability, and between which versions they can matter.
struct StatementGroup {
    let entries: Range<UInt32>
    let lowest: UInt32
    let highest: UInt32

    /// Whether a version can come out affected or undetermined. Of a version that does not parse nothing can be excluded.
    @inline(__always)
    func mayConcern(_ place: VersionPlace?) -> Bool {
        guard let place else { return true }
        return place.above >= lowest && place.above <= highest
    }
}

extension IndexReader {
    /// Reads a group.
    @inline(__always)
    func group(_ index: UInt32, in name: NameRecord) throws(IndexError) -> StatementGroup {
        let record = try record(.groups, index)
        let (end, overflow) = record.uint32(0).addingReportingOverflow(record.uint32(4))
        guard !overflow, record.uint32(0) >= name.entries.lowerBound, end <= name.entries.upperBound else {
            throw .damaged(what: "a group's entries")
        }
        return StatementGroup(entries: record.uint32(0)..<end, lowest: record.uint32(8), highest: record.uint32(12))
    }
}
