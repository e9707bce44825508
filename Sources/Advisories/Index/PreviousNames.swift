import Versioning

/// The names of an earlier index as drafts, with its numbers turned into those of the index under construction.
///
/// Only a draft whose inputs are what they were is asked for, so everything it refers to is there again: what is not makes the answer `nil`, and
/// the name is worked out anew.
struct PreviousNames: Sendable {
    private let index: PreviousIndex
    private let notes: NameNotes
    private let texts: IndexTextNumbers
    private let vulnerabilities: [UInt32]
    private let advisories: [UInt32]
    private let orderings: [VersionOrdering]

    /// Finds again what two builds share.
    ///
    /// - Parameters:
    ///   - previous: The earlier index, checked, and the notes on it.
    ///   - pending: What the new one is made from.
    ///   - map: The new one's vulnerabilities.
    ///   - order: The new one's advisories.
    init?(
        _ previous: PreviousBuild.Content, pending: PendingAdvisories, map: VulnerabilityMap, order: AdvisoryOrder
    ) {
        let (index, notes, texts) = (previous.index, previous.notes, previous.texts)
        guard notes.lines.count == index.count(.names) else { return nil }
        self.index = index
        self.notes = notes
        self.texts = texts
        let numbers = Self.numbers(of: map.ids, count: pending.texts.count)
        vulnerabilities = Self.column(.vulnerabilities, of: index).map { record in
            texts[record.word(0)].map { numbers[Int($0)] } ?? IndexFormat.none
        }
        advisories = Self.column(.advisories, of: index).map { record in
            guard let id = texts[record.word(0)], let feed = texts[record.word(4)],
                let number = pending.recordNumbers[UInt64(feed) << 32 | UInt64(id)]
            else { return IndexFormat.none }
            return order.places[Int(number)]
        }
        var orderings: [VersionOrdering] = []
        for record in Self.column(.orderings, of: index) {
            guard let name = index.text(record.word(0)),
                let ordering = VersionOrdering(rawValue: String(decoding: name, as: UTF8.self))
            else { return nil }
            orderings.append(ordering)
        }
        self.orderings = orderings
    }

    private static func numbers(of ids: [UInt32], count: Int) -> [UInt32] {
        var numbers = [UInt32](repeating: IndexFormat.none, count: count)
        for (number, id) in ids.enumerated() { numbers[Int(id)] = UInt32(number) }
        return numbers
    }

    /// Every record of a section.
    private static func column(_ section: IndexSection, of index: PreviousIndex) -> [UnsafeRawBufferPointer] {
        (0..<UInt32(index.count(section))).compactMap { index.records(section, $0, 1) }
    }

    /// The places of the earlier index's names, by scope and name.
    func places() -> [UInt64: UInt32] {
        var places: [UInt64: UInt32] = [:]
        places.reserveCapacity(notes.lines.count)
        for place in notes.lines.indices {
            guard let record = index.records(.names, UInt32(place), 1), let scope = texts[record.word(0)],
                let name = texts[record.word(4)]
            else { continue }
            places[UInt64(scope) << 32 | UInt64(name)] = UInt32(place)
        }
        return places
    }

    /// The draft of the name at a place; `nil` unless its inputs were these.
    ///
    /// - Parameter spelling: As publishers write the name, which is part of the inputs.
    func draft(at place: UInt32, spelling: UInt32, inputs: NoteDigest) -> NameDraft? {
        let note = notes.lines[Int(place)]
        guard note.inputs == inputs, let record = index.records(.names, place, 1),
            let scope = texts[record.word(0)], let name = texts[record.word(4)],
            let block = index.records(.blocks, record.word(8), record.word(12)),
            let groups = index.records(.groups, record.word(24), record.word(28)),
            let entries = index.records(.entries, record.word(32), record.word(36)),
            Int(record[40]) < orderings.count,
            let versions = versions(block, record),
            let decoded = decode(entries: entries, groups: groups, firstEntry: record.word(32)),
            let rules = rules(decoded.rulesets),
            let segments = segments(block, record)
        else { return nil }
        return NameDraft(
            scope: scope, name: name, spelling: spelling, ordering: orderings[Int(record[40])], versions: versions,
            rules: rules,
            entries: decoded.entries, groups: decoded.groups, segments: segments,
            digest: Array(record[48..<64]), flags: record[41] & ~NameFlag.spelled,
            unreadableRanges: Int(note.unreadableRanges),
            unreadableVersions: Int(note.unreadableVersions), inputs: inputs, isReused: true)
    }

    // MARK: - Parts of a name

    private func versions(_ block: UnsafeRawBufferPointer, _ record: UnsafeRawBufferPointer) -> [NameVersions.Version]?
    {
        let count = Int(record.word(16))
        let keys =
            count * IndexBlock.versionStride + Int(record.word(20)) * IndexBlock.segmentStride
            + Int(record.word(40) >> 16)
        let end = Int(record.word(44))
        guard keys + end <= block.count else { return nil }
        var versions: [NameVersions.Version] = []
        versions.reserveCapacity(count)
        for number in 0..<count {
            let line = number * IndexBlock.versionStride
            let from = Int(block.word(line + 8))
            let to = number + 1 < count ? Int(block.word(line + IndexBlock.versionStride + 8)) : end
            guard from <= to, to <= end, let text = texts[block.word(line + 12)] else { return nil }
            versions.append(NameVersions.Version(text: text, key: Array(block[keys + from..<keys + to])))
        }
        return versions
    }

    private func segments(_ block: UnsafeRawBufferPointer, _ record: UnsafeRawBufferPointer) -> [NameSegment]? {
        let start = Int(record.word(16)) * IndexBlock.versionStride
        let (firstGroup, groups) = (record.word(24), record.word(28))
        var segments: [NameSegment] = []
        segments.reserveCapacity(Int(record.word(20)))
        for number in 0..<Int(record.word(20)) {
            let line = start + number * IndexBlock.segmentStride
            let group = block.word(line + 16) &- firstGroup
            guard group < groups else { return nil }
            segments.append(
                NameSegment(
                    lowest: block.word(line), highest: block.word(line + 4), group: group, code: block[line + 20],
                    fix: block.word(line + 12), flags: block[line + 21]))
        }
        return segments
    }

    /// Entries and groups; rule sets as the run that the entries refer to.
    private func decode(
        entries: UnsafeRawBufferPointer, groups: UnsafeRawBufferPointer, firstEntry: UInt32
    ) -> (entries: [NameEntry], groups: [EntryGroup], rulesets: ClosedRange<UInt32>?)? {
        var decoded: [NameEntry] = []
        let stride = IndexSection.entries.stride
        decoded.reserveCapacity(entries.count / stride)
        var lowest = UInt32.max
        var highest: UInt32 = 0
        for line in Swift.stride(from: 0, to: entries.count, by: stride) {
            lowest = min(lowest, entries.word(line + 8))
            highest = max(highest, entries.word(line + 8))
        }
        for line in Swift.stride(from: 0, to: entries.count, by: stride) {
            // A condition has no text of its own in the file, so its place cannot be found again.
            guard let vulnerability = number(entries.word(line), in: vulnerabilities),
                let advisory = number(entries.word(line + 4), in: advisories),
                let urgency = texts[entries.word(line + 12)],
                entries.word(line + 16) == IndexFormat.none
            else { return nil }
            decoded.append(
                NameEntry(
                    vulnerability: vulnerability, advisory: advisory, ruleset: entries.word(line + 8) - lowest,
                    urgency: urgency, condition: IndexFormat.none, conditionPlace: IndexFormat.none,
                    rank: entries[line + 20], state: entries[line + 21], flags: entries[line + 22],
                    isConditional: false, needsHearing: false))
        }
        var grouped: [EntryGroup] = []
        grouped.reserveCapacity(groups.count / IndexSection.groups.stride)
        for line in Swift.stride(from: 0, to: groups.count, by: IndexSection.groups.stride) {
            guard let vulnerability = number(groups.word(line), in: vulnerabilities),
                let urgency = texts[groups.word(line + 12)],
                groups.word(line + 4) >= firstEntry
            else { return nil }
            grouped.append(
                EntryGroup(
                    start: groups.word(line + 4) - firstEntry, count: groups.word(line + 8),
                    vulnerability: vulnerability,
                    urgency: urgency))
        }
        return (decoded, grouped, decoded.isEmpty ? nil : lowest...highest)
    }

    private func number(_ old: UInt32, in numbers: [UInt32]) -> UInt32? {
        guard Int(old) < numbers.count, numbers[Int(old)] != IndexFormat.none else { return nil }
        return numbers[Int(old)]
    }

    private func rules(_ run: ClosedRange<UInt32>?) -> [RuleSets.Rule]? {
        guard let run else { return [] }
        // Before the count is taken: a file that was made up names any number, the largest too.
        guard Int(run.upperBound) < index.count(.rulesets),
            let records = index.records(.rulesets, run.lowerBound, run.upperBound - run.lowerBound + 1)
        else { return nil }
        var rules: [RuleSets.Rule] = []
        for line in stride(from: 0, to: records.count, by: IndexSection.rulesets.stride) {
            guard let intervals = index.records(.intervals, records.word(line), records.word(line + 4)),
                let listed = index.records(.listed, records.word(line + 8), records.word(line + 12)),
                var rule = rule(intervals)
            else { return nil }
            rule.listed = stride(from: 0, to: listed.count, by: 4).map { listed.word($0) }
            rules.append(rule)
        }
        return rules
    }

    private func rule(_ intervals: UnsafeRawBufferPointer) -> RuleSets.Rule? {
        var rule = RuleSets.Rule(intervals: [], unreadable: [], listed: [])
        for line in stride(from: 0, to: intervals.count, by: IndexSection.intervals.stride) {
            let bits = intervals.word(line + 8)
            guard let kind = IntervalKind(rawValue: bits & 0xff) else { return nil }
            if kind == .unreadable {
                guard let text = index.text(intervals.word(line)) else { return nil }
                rule.unreadable.append(String(decoding: text, as: UTF8.self))
            } else {
                rule.intervals.append(
                    AffectedInterval(
                        lower: intervals.word(line), upper: intervals.word(line + 4), kind: kind,
                        isLowerExclusive: bits & IntervalKind.exclusiveLower != 0))
            }
        }
        return rule
    }
}

/// The texts of an earlier index by their positions, as numbers of the pool under construction.
struct IndexTextNumbers: Sendable {
    /// By position divided by four, rounded down: every text takes at least its four bytes of length, so no two meet.
    private let numbers: [UInt32]
    private let index: PreviousIndex

    /// Looks every text of the section up, in four runs at once.
    init(_ index: PreviousIndex, pool: StringPool) {
        self.index = index
        let positions = Self.positions(index)
        let found = parallelMap(count: positions.count) { place in
            index.text(positions[place]).flatMap { pool.number(of: $0) } ?? IndexFormat.none
        }
        var numbers = [UInt32](repeating: IndexFormat.none, count: index.textSize / 4 + 1)
        for (position, number) in zip(positions, found) { numbers[Int(position / 4)] = number }
        self.numbers = numbers
    }

    private static func positions(_ index: PreviousIndex) -> [UInt32] {
        var positions: [UInt32] = []
        var position: UInt32 = 0
        while let text = index.text(position) {
            positions.append(position)
            position += 4 + UInt32(text.count)
        }
        return positions
    }

    /// The number of the text at a position; `nil` where none is, or one that no advisory holds any more.
    subscript(position: UInt32) -> UInt32? {
        guard Int(position / 4) < numbers.count, numbers[Int(position / 4)] != IndexFormat.none else { return nil }
        return numbers[Int(position / 4)]
    }
}
