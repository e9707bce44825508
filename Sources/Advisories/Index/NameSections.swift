import Versioning

/// The sections a look-up walks: slots, names, blocks, groups, entries, rule sets, intervals, listed versions, scopes.
struct NameSections {
    private let pending: GatheredAdvisories
    private let order: AdvisoryOrder
    private let map: VulnerabilityMap
    private var orderings: [VersionOrdering] = []
    /// Statements written.
    private(set) var entryCount = 0
    /// Ranges with a bound that does not parse.
    private(set) var unreadableRanges = 0
    /// Listed versions that do not parse.
    private(set) var unreadableVersions = 0
    /// For each advisory the entries of its first vulnerability: one for each package, state and condition it states.
    private(set) var statements: [(advisory: UInt32, entry: UInt32)] = []

    /// Names taken over from an earlier index.
    private(set) var reusedNames = 0
    /// What the next build is to know of each name.
    private(set) var notes = NameNotes()

    /// Drafts in memory at one time.
    private static let batch = 2048

    /// Starts without names.
    init(pending: GatheredAdvisories, map: VulnerabilityMap, order: AdvisoryOrder) {
        self.pending = pending
        self.map = map
        self.order = order
    }

    /// Writes every name.
    ///
    /// - Parameter sorted: Names ascending by scope and name.
    mutating func build(
        drafter: NameDrafter, sorted: [Int], into sections: inout IndexSections, texts: inout IndexTexts
    ) {
        pipelined(count: (sorted.count + Self.batch - 1) / Self.batch) { number in
            let start = number * Self.batch
            return parallelMap(count: min(Self.batch, sorted.count - start)) {
                drafter.part(of: UInt32(sorted[start + $0]))
            }
        } take: { parts in
            for part in parts {
                switch part {
                case .draft(let draft): append(draft, to: &sections, texts: &texts)
                case .known(let known): append(known, to: &sections, texts: &texts)
                }
            }
        }
        sections[.slots] = slots(sorted)
        for ordering in orderings { sections[.orderings].append(texts.newText(ordering.rawValue)) }
        sections[.scopes] = scopes(sorted, texts: &texts)
    }

    // MARK: - One name

    private mutating func append(_ draft: NameDraft, to sections: inout IndexSections, texts: inout IndexTexts) {
        notes.append(
            NameNotes.Line(
                inputs: draft.inputs, unreadableRanges: UInt32(clamping: draft.unreadableRanges),
                unreadableVersions: UInt32(clamping: draft.unreadableVersions)))
        unreadableRanges += draft.unreadableRanges
        unreadableVersions += draft.unreadableVersions
        let rulesetStart = append(draft.rules, to: &sections, texts: &texts)
        let groupStart = UInt32(sections.recordCount(.groups))
        let blockStart = UInt32(sections.recordCount(.blocks))
        let sizes = append(block: draft, groupStart: groupStart, to: &sections[.blocks], texts: &texts)

        var record = SectionBytes()
        record.append(texts.text(draft.scope))
        record.append(position(of: draft.name, spelling: draft.spelling, in: &texts))
        record.append(blockStart)
        record.append(UInt32(sections.recordCount(.blocks)) - blockStart)
        record.append(UInt32(draft.versions.count))
        record.append(UInt32(draft.segments.count))
        record.append(groupStart)
        record.append(UInt32(draft.groups.count))
        record.append(UInt32(entryCount))
        record.append(UInt32(draft.entries.count))
        record.append(bytes: [place(of: draft.ordering), draft.flags | (draft.isSpelled ? NameFlag.spelled : 0)])
        record.append(sizes.name)
        record.append(sizes.keys)
        record.append(bytes: draft.digest)
        sections[.names].append(bytes: record.bytes)

        for group in draft.groups {
            sections[.groups].append(group.vulnerability)
            sections[.groups].append(UInt32(entryCount) + group.start)
            sections[.groups].append(group.count)
            sections[.groups].append(texts.text(group.urgency))
        }
        for entry in draft.entries { append(entry, rulesetStart: rulesetStart, to: &sections, texts: &texts) }
    }

    /// Where the name's text stands. A name with a spelling gets a text of its own, so that the spelling can stand behind it.
    func position(of name: UInt32, spelling: UInt32, in texts: inout IndexTexts) -> UInt32 {
        guard spelling != name else { return texts.text(name) }
        let position = pending.texts.withBytes(name) { texts.newText($0) }
        _ = pending.texts.withBytes(spelling) { texts.newText($0) }
        return position
    }

    /// Counts a name that is taken over.
    mutating func count(_ known: KnownName) {
        notes.append(known.note)
        reusedNames += 1
        unreadableRanges += Int(known.note.unreadableRanges)
        unreadableVersions += Int(known.note.unreadableVersions)
    }

    /// The number of an ordering in the file, in order of first use.
    mutating func place(of ordering: VersionOrdering) -> UInt8 {
        if let known = orderings.firstIndex(of: ordering) { return UInt8(known) }
        orderings.append(ordering)
        return UInt8(orderings.count - 1)
    }

    /// Writes versions, segments, the name and the keys one behind the other, so that a look-up stays within neighbouring cache lines.
    private func append(
        block draft: NameDraft, groupStart: UInt32, to block: inout SectionBytes, texts: inout IndexTexts
    ) -> (name: UInt16, keys: UInt32) {
        var offset: UInt32 = 0
        for version in draft.versions {
            block.append(KeyPrefix.value(version.key))
            block.append(offset)
            block.append(texts.text(version.text))
            offset += UInt32(version.key.count)
        }
        for segment in draft.segments {
            block.append(segment.lowest)
            block.append(segment.highest)
            block.append(draft.groups[Int(segment.group)].vulnerability)
            block.append(segment.fix)
            block.append(groupStart + segment.group)
            block.append(bytes: [segment.code, segment.flags, 0, 0])
        }
        let name = pending.texts.withBytes(draft.name) { bytes in
            block.append(bytes: bytes)
            return bytes.count
        }
        for version in draft.versions { block.append(bytes: version.key) }
        block.pad(to: 8)
        return (UInt16(truncatingIfNeeded: name), offset)
    }

    // MARK: - Records

    private func append(
        _ rules: [RuleSets.Rule], to sections: inout IndexSections, texts: inout IndexTexts
    ) -> UInt32 {
        let start = UInt32(sections.recordCount(.rulesets))
        for rule in rules {
            sections[.rulesets].append(UInt32(sections.recordCount(.intervals)))
            sections[.rulesets].append(UInt32(rule.intervals.count + rule.unreadable.count))
            sections[.rulesets].append(UInt32(sections.recordCount(.listed)))
            sections[.rulesets].append(UInt32(rule.listed.count))
            for interval in rule.intervals { append(interval, to: &sections) }
            for text in rule.unreadable {
                append(
                    AffectedInterval(lower: texts.newText(text), upper: IndexFormat.none, kind: .unreadable),
                    to: &sections)
            }
            for ordinal in rule.listed { sections[.listed].append(ordinal) }
        }
        return start
    }

    private func append(_ interval: AffectedInterval, to sections: inout IndexSections) {
        sections[.intervals].append(interval.lower)
        sections[.intervals].append(interval.upper)
        sections[.intervals].append(
            interval.kind.rawValue | (interval.isLowerExclusive ? IntervalKind.exclusiveLower : 0))
    }

    private mutating func append(
        _ entry: NameEntry, rulesetStart: UInt32, to sections: inout IndexSections, texts: inout IndexTexts
    ) {
        sections[.entries].append(entry.vulnerability)
        sections[.entries].append(entry.advisory)
        sections[.entries].append(rulesetStart + entry.ruleset)
        sections[.entries].append(texts.text(entry.urgency))
        sections[.entries].append(entry.conditionPlace)
        sections[.entries].append(bytes: [entry.rank, entry.state, entry.flags, 0])
        countEntry(of: entry.advisory, on: entry.vulnerability)
    }

    /// Counts an entry, and notes it where it is on the first of its advisory's vulnerabilities.
    mutating func countEntry(of advisory: UInt32, on vulnerability: UInt32) {
        let list = map.byRecord.range(of: order.records[Int(advisory)])
        if !list.isEmpty, map.byRecord.element(list.lowerBound) == vulnerability {
            statements.append((advisory, UInt32(entryCount)))
        }
        entryCount += 1
    }

    /// Every scope with the run of its names.
    private func scopes(_ sorted: [Int], texts: inout IndexTexts) -> SectionBytes {
        var section = SectionBytes()
        var start = 0
        while start < sorted.count {
            let scope = pending.names[sorted[start]].scope
            var end = start
            while end < sorted.count && pending.names[sorted[end]].scope == scope { end += 1 }
            section.append(texts.text(scope))
            section.append(UInt32(start))
            section.append(UInt32(end - start))
            section.append(UInt32(0))
            start = end
        }
        return section
    }

    /// A power of two of slots, at most half of them taken: a miss seldom looks at more than one.
    private func slots(_ sorted: [Int]) -> SectionBytes {
        var count = 8
        while count < sorted.count * 2 { count *= 2 }
        var slots = [(fingerprint: UInt32, name: UInt32)](repeating: (0, 0), count: count)
        for (place, number) in sorted.enumerated() {
            let name = pending.names[number]
            let hash = pending.texts.withBytes(name.scope) { scope in
                pending.texts.withBytes(name.name) { IndexFormat.hash(scope: scope, name: $0) }
            }
            var slot = Int(truncatingIfNeeded: hash) & (count - 1)
            while slots[slot].name != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = (UInt32(hash >> 32), UInt32(place + 1))
        }
        var section = SectionBytes()
        for slot in slots {
            section.append(slot.fingerprint)
            section.append(slot.name)
        }
        return section
    }
}

/// The first eight bytes of a version key as a number that orders as they do; a shorter key is filled up with zero bytes.
package enum KeyPrefix {
    /// Makes the number.
    @inline(__always)
    package static func value(_ key: UnsafeRawBufferPointer) -> UInt64 {
        if key.count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        var value: UInt64 = 0
        for index in 0..<8 { value = value << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        return value
    }

    /// Makes the number.
    static func value(_ key: [UInt8]) -> UInt64 { key.withUnsafeBytes { value($0) } }
}
