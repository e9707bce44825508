import Versioning

/// The names of an earlier index, to be taken over into the one under construction with its numbers in place of the earlier ones.
///
/// Only a name whose inputs are what they were is asked for, so everything it refers to is there again: what is not makes it unknown, and the name
/// is worked out anew. One instance for all threads.
final class PreviousNames: Sendable {
    let index: PreviousIndex
    let notes: NameNotes
    let texts: IndexTextNumbers
    private let vulnerabilities: [UInt32]
    private let advisories: [UInt32]
    private let orderings: [VersionOrdering]
    private let conditions: [UInt32]

    /// Finds again what two builds share.
    ///
    /// - Parameters:
    ///   - previous: The earlier index, checked, and the notes on it.
    ///   - pending: What the new one is made from.
    ///   - map: The new one's vulnerabilities.
    ///   - advisories: As ``advisories(of:pending:order:)`` finds them.
    ///   - conditions: The places of the new one's conditions by text number.
    init?(
        _ previous: PreviousBuild.Content, pending: GatheredAdvisories, map: VulnerabilityMap, advisories: [UInt32],
        conditions: [UInt32: UInt32]
    ) {
        let (index, notes, texts) = (previous.index, previous.notes, previous.texts)
        guard notes.lines.count == index.count(.names) else { return nil }
        self.index = index
        self.notes = notes
        self.texts = texts
        let numbers = Self.numbers(of: map.ids, count: pending.texts.count)
        vulnerabilities = Self.column(.vulnerabilities, of: index) { record in
            texts[record.word(0)].map { numbers[Int($0)] } ?? IndexFormat.none
        }
        self.advisories = advisories
        self.conditions = notes.conditions.map { text in
            text.withUnsafeBytes { pending.texts.number(of: $0) }.flatMap { conditions[$0] } ?? IndexFormat.none
        }
        let known = Self.column(.orderings, of: index) { record in
            index.text(record.word(0)).flatMap { VersionOrdering(rawValue: String(decoding: $0, as: UTF8.self)) }
        }
        orderings = known.compactMap(\.self)
        guard orderings.count == known.count else { return nil }
    }

    /// The places of the earlier index's advisories in the new one, "none" for those that are gone.
    static func advisories(
        of previous: PreviousBuild.Content, pending: GatheredAdvisories, order: AdvisoryOrder
    ) -> [UInt32] {
        let texts = previous.texts
        return column(.advisories, of: previous.index) { record in
            guard let id = texts[record.word(0)], let feed = texts[record.word(4)],
                let number = pending.recordNumbers[UInt64(feed) << 32 | UInt64(id)]
            else { return IndexFormat.none }
            return order.places[Int(number)]
        }
    }

    private static func numbers(of ids: [UInt32], count: Int) -> [UInt32] {
        var numbers = [UInt32](repeating: IndexFormat.none, count: count)
        for (number, id) in ids.enumerated() { numbers[Int(id)] = UInt32(number) }
        return numbers
    }

    /// Something of every record of a section.
    private static func column<Value>(
        _ section: IndexSection, of index: PreviousIndex, _ value: (UnsafeRawBufferPointer) -> Value
    ) -> [Value] {
        (0..<UInt32(index.count(section))).compactMap { index.records(section, $0, 1).map(value) }
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

    /// What is taken over of the name at a place; `nil` unless its inputs were these, and everything in it can be found again.
    ///
    /// - Parameter spelling: As publishers write the name, which is part of the inputs.
    func name(at place: UInt32, spelling: UInt32, inputs: NoteDigest) -> KnownName? {
        let note = notes.lines[Int(place)]
        guard note.inputs == inputs, let record = index.records(.names, place, 1),
            let scope = texts[record.word(0)], let name = texts[record.word(4)],
            let block = index.records(.blocks, record.word(8), record.word(12)),
            let groups = index.records(.groups, record.word(24), record.word(28)),
            let entries = index.records(.entries, record.word(32), record.word(36)),
            Int(record[40]) < orderings.count, areKnown(versionsIn: block, of: record),
            areKnown(groups: groups, firstEntry: record.word(32)), areKnown(segmentsIn: block, of: record),
            let rulesets = rulesets(of: entries), areKnown(rulesets: rulesets.records)
        else { return nil }
        return KnownName(
            note: note, scope: scope, name: name, spelling: spelling, ordering: orderings[Int(record[40])],
            record: record,
            block: block,
            groups: groups, entries: entries, rulesets: rulesets.records, firstRuleset: rulesets.first, names: self)
    }

    /// The number of the earlier index's vulnerability in the new one; "none" where there is none.
    @inline(__always)
    func vulnerability(_ old: UInt32) -> UInt32 {
        Int(old) < vulnerabilities.count ? vulnerabilities[Int(old)] : IndexFormat.none
    }

    /// The place of the earlier index's condition in the new one; "none" where there is none.
    @inline(__always)
    func condition(_ old: UInt32) -> UInt32 {
        Int(old) < conditions.count ? conditions[Int(old)] : IndexFormat.none
    }

    /// The place of the earlier index's advisory in the new one; "none" where there is none.
    @inline(__always)
    func advisory(_ old: UInt32) -> UInt32 {
        Int(old) < advisories.count ? advisories[Int(old)] : IndexFormat.none
    }

    // MARK: - Whether a name can be taken over

    private func areKnown(versionsIn block: UnsafeRawBufferPointer, of record: UnsafeRawBufferPointer) -> Bool {
        let count = Int(record.word(16))
        let segments = count * IndexBlock.versionStride
        let name = segments + Int(record.word(20)) * IndexBlock.segmentStride
        guard name + Int(record.word(40) >> 16) + Int(record.word(44)) <= block.count else { return false }
        for line in stride(from: 0, to: segments, by: IndexBlock.versionStride)
        where texts[block.word(line + 12)] == nil { return false }
        return true
    }

    private func areKnown(segmentsIn block: UnsafeRawBufferPointer, of record: UnsafeRawBufferPointer) -> Bool {
        let start = Int(record.word(16)) * IndexBlock.versionStride
        let (firstGroup, groups) = (record.word(24), record.word(28))
        let end = start + Int(record.word(20)) * IndexBlock.segmentStride
        for line in stride(from: start, to: end, by: IndexBlock.segmentStride) {
            guard block.word(line + 16) &- firstGroup < groups,
                vulnerability(block.word(line + 8)) != IndexFormat.none
            else { return false }
        }
        return true
    }

    private func areKnown(groups: UnsafeRawBufferPointer, firstEntry: UInt32) -> Bool {
        for line in stride(from: 0, to: groups.count, by: IndexSection.groups.stride) {
            guard vulnerability(groups.word(line)) != IndexFormat.none, groups.word(line + 4) >= firstEntry,
                texts[groups.word(line + 12)] != nil
            else { return false }
        }
        return true
    }

    /// The run of rule sets that the entries refer to; `nil` when some entry is not known.
    private func rulesets(of entries: UnsafeRawBufferPointer) -> (first: UInt32, records: UnsafeRawBufferPointer)? {
        var lowest = UInt32.max
        var highest: UInt32 = 0
        for line in stride(from: 0, to: entries.count, by: IndexSection.entries.stride) {
            guard vulnerability(entries.word(line)) != IndexFormat.none,
                advisory(entries.word(line + 4)) != IndexFormat.none, texts[entries.word(line + 12)] != nil,
                entries.word(line + 16) == IndexFormat.none || condition(entries.word(line + 16)) != IndexFormat.none
            else { return nil }
            lowest = min(lowest, entries.word(line + 8))
            highest = max(highest, entries.word(line + 8))
        }
        guard !entries.isEmpty else { return (0, UnsafeRawBufferPointer(start: nil, count: 0)) }
        // Before the count is taken: a file that was made up names any number, the largest too.
        guard Int(highest) < index.count(.rulesets) else { return nil }
        return index.records(.rulesets, lowest, highest - lowest + 1).map { (lowest, $0) }
    }

    private func areKnown(rulesets: UnsafeRawBufferPointer) -> Bool {
        for line in stride(from: 0, to: rulesets.count, by: IndexSection.rulesets.stride) {
            guard let intervals = index.records(.intervals, rulesets.word(line), rulesets.word(line + 4)),
                index.records(.listed, rulesets.word(line + 8), rulesets.word(line + 12)) != nil
            else { return false }
            for interval in stride(from: 0, to: intervals.count, by: IndexSection.intervals.stride) {
                guard let kind = IntervalKind(rawValue: intervals.word(interval + 8) & 0xff),
                    kind != .unreadable || index.text(intervals.word(interval)) != nil
                else { return false }
            }
        }
        return true
    }
}

/// A name that is taken over from an earlier index. Its parts lie in that index and were checked: every number in them is known, and lies
/// within what it counts.
///
/// `@unchecked Sendable`: the bytes are a read-only mapping, which ``names`` keeps.
struct KnownName: @unchecked Sendable {
    let note: NameNotes.Line
    /// Text numbers in the pool under construction.
    let scope: UInt32
    let name: UInt32
    /// As publishers write the name.
    let spelling: UInt32
    let ordering: VersionOrdering
    /// One record of `names`.
    let record: UnsafeRawBufferPointer
    let block: UnsafeRawBufferPointer
    let groups: UnsafeRawBufferPointer
    let entries: UnsafeRawBufferPointer
    let rulesets: UnsafeRawBufferPointer
    /// The number of the first of its rule sets in the earlier index.
    let firstRuleset: UInt32
    let names: PreviousNames
}

/// The texts of an earlier index by their positions, as numbers of the pool under construction.
struct IndexTextNumbers: Sendable {
    /// By position divided by four, rounded down: every text takes at least its four bytes of length, so no two meet.
    private let numbers: [UInt32]

    /// Looks every text of the section up, in pieces on all cores.
    init(_ index: PreviousIndex, pool: StringPool) {
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
        positions.reserveCapacity(index.textSize / 16)
        var position: UInt32 = 0
        while let text = index.text(position) {
            positions.append(position)
            position += 4 + UInt32(text.count)
        }
        return positions
    }

    /// The number of the text at a position; `nil` where none is, or one that no advisory holds any more.
    @inline(__always)
    subscript(position: UInt32) -> UInt32? {
        guard Int(position / 4) < numbers.count, numbers[Int(position / 4)] != IndexFormat.none else { return nil }
        return numbers[Int(position / 4)]
    }
}
