/// Names that are taken over from an earlier index: the same bytes that their drafts would give.
extension NameSections {
    /// Writes a name.
    mutating func append(_ known: KnownName, to sections: inout IndexSections, texts: inout IndexTexts) {
        count(known)
        let rulesetStart = append(rulesetsOf: known, to: &sections, texts: &texts)
        let groupStart = UInt32(sections.recordCount(.groups))
        let blockStart = UInt32(sections.recordCount(.blocks))
        append(blockOf: known, groupStart: groupStart, to: &sections[.blocks], texts: &texts)
        let blockCount = UInt32(sections.recordCount(.blocks)) - blockStart
        let old = known.record
        let scope = texts.text(known.scope)
        let name = position(of: known.name, spelling: known.spelling, in: &texts)
        let numbers = [
            scope, name, blockStart, blockCount, old.word(16), old.word(20), groupStart, old.word(28),
            UInt32(entryCount), old.word(36),
        ]
        for number in numbers { sections[.names].append(number) }
        sections[.names].append(place(of: known.ordering))
        let isSpelled = known.spelling != known.name
        sections[.names].append((old[41] & ~NameFlag.spelled) | (isSpelled ? NameFlag.spelled : 0))
        sections[.names].append(bytes: UnsafeRawBufferPointer(rebasing: old[42..<64]))
        append(groupsOf: known, to: &sections[.groups], texts: &texts)
        append(entriesOf: known, rulesetStart: rulesetStart, to: &sections[.entries], texts: &texts)
    }

    private func append(
        rulesetsOf known: KnownName, to sections: inout IndexSections, texts: inout IndexTexts
    ) -> UInt32 {
        let start = UInt32(sections.recordCount(.rulesets))
        let (index, rulesets) = (known.names.index, known.rulesets)
        for line in stride(from: 0, to: rulesets.count, by: IndexSection.rulesets.stride) {
            sections[.rulesets].append(UInt32(sections.recordCount(.intervals)))
            sections[.rulesets].append(rulesets.word(line + 4))
            sections[.rulesets].append(UInt32(sections.recordCount(.listed)))
            sections[.rulesets].append(rulesets.word(line + 12))
            if let intervals = index.records(.intervals, rulesets.word(line), rulesets.word(line + 4)) {
                append(intervals, of: index, to: &sections[.intervals], texts: &texts)
            }
            if let listed = index.records(.listed, rulesets.word(line + 8), rulesets.word(line + 12)) {
                sections[.listed].append(bytes: listed)
            }
        }
        return start
    }

    private func append(
        _ intervals: UnsafeRawBufferPointer, of index: PreviousIndex, to section: inout SectionBytes,
        texts: inout IndexTexts
    ) {
        for line in stride(from: 0, to: intervals.count, by: IndexSection.intervals.stride) {
            let isUnreadable = intervals.word(line + 8) & 0xff == IntervalKind.unreadable.rawValue
            let text = isUnreadable ? index.text(intervals.word(line)) : nil
            section.append(text.map { texts.newText($0) } ?? intervals.word(line))
            section.append(intervals.word(line + 4))
            section.append(intervals.word(line + 8))
        }
    }

    private func append(
        blockOf known: KnownName, groupStart: UInt32, to block: inout SectionBytes, texts: inout IndexTexts
    ) {
        let (old, names) = (known.block, known.names)
        let segments = Int(known.record.word(16)) * IndexBlock.versionStride
        let name = segments + Int(known.record.word(20)) * IndexBlock.segmentStride
        let firstGroup = known.record.word(24)
        for line in stride(from: 0, to: segments, by: IndexBlock.versionStride) {
            block.append(bytes: UnsafeRawBufferPointer(rebasing: old[line..<line + 12]))
            block.append(texts.text(names.texts[old.word(line + 12)] ?? 0))
        }
        for line in stride(from: segments, to: name, by: IndexBlock.segmentStride) {
            block.append(old.word(line))
            block.append(old.word(line + 4))
            block.append(names.vulnerability(old.word(line + 8)))
            block.append(old.word(line + 12))
            block.append(groupStart + (old.word(line + 16) &- firstGroup))
            block.append(old.word(line + 20))
        }
        block.append(bytes: UnsafeRawBufferPointer(rebasing: old[name...]))
    }

    private func append(groupsOf known: KnownName, to section: inout SectionBytes, texts: inout IndexTexts) {
        let (old, names) = (known.groups, known.names)
        let firstEntry = known.record.word(32)
        for line in stride(from: 0, to: old.count, by: IndexSection.groups.stride) {
            section.append(names.vulnerability(old.word(line)))
            section.append(UInt32(entryCount) &+ (old.word(line + 4) &- firstEntry))
            section.append(old.word(line + 8))
            section.append(texts.text(names.texts[old.word(line + 12)] ?? 0))
        }
    }

    private mutating func append(
        entriesOf known: KnownName, rulesetStart: UInt32, to section: inout SectionBytes, texts: inout IndexTexts
    ) {
        let (old, names) = (known.entries, known.names)
        for line in stride(from: 0, to: old.count, by: IndexSection.entries.stride) {
            let vulnerability = names.vulnerability(old.word(line))
            let advisory = names.advisory(old.word(line + 4))
            section.append(vulnerability)
            section.append(advisory)
            section.append(rulesetStart + (old.word(line + 8) - known.firstRuleset))
            section.append(texts.text(names.texts[old.word(line + 12)] ?? 0))
            section.append(names.condition(old.word(line + 16)))
            section.append(old.word(line + 20))
            countEntry(of: advisory, on: vulnerability)
        }
    }
}
