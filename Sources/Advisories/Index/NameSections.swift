import Crypto
import Versioning

/// The sections a look-up walks: slots, names, entries, rule sets, intervals, listed versions, versions and keys.
struct NameSections {
    private let pending: PendingAdvisories
    private let map: VulnerabilityMap
    private let order: AdvisoryOrder
    private let packages: GroupedLists<UInt32>
    private var orderings: [VersionOrdering] = []
    /// Statements written.
    private(set) var entryCount = 0
    /// Ranges with a bound that does not parse.
    private(set) var unreadableRanges = 0
    /// Listed versions that do not parse.
    private(set) var unreadableVersions = 0

    /// Prepares the grouping of packages by name.
    init(pending: PendingAdvisories, map: VulnerabilityMap, order: AdvisoryOrder) {
        self.pending = pending
        self.map = map
        self.order = order
        packages = GroupedLists(
            Array(pending.packages.indices), owners: pending.names.count, owner: { pending.packages[$0].name },
            element: { UInt32($0) })
    }

    /// Writes every name, ascending by scope and name.
    mutating func build(into sections: inout IndexSections, texts: inout IndexTexts) {
        let pool = pending.texts
        let sorted = pending.names.indices.sorted { lhs, rhs in
            let left = pending.names[lhs], right = pending.names[rhs]
            return left.scope == right.scope
                ? pool.precedes(left.name, right.name) : pool.precedes(left.scope, right.scope)
        }
        for name in sorted { append(UInt32(name), to: &sections, texts: &texts) }
        sections[.slots] = slots(sorted)
        for ordering in orderings { sections[.orderings].append(texts.newText(ordering.rawValue)) }
    }

    // MARK: - One name

    private mutating func append(_ number: UInt32, to sections: inout IndexSections, texts: inout IndexTexts) {
        let name = pending.names[Int(number)]
        let ordering = ordering(of: name)
        let runs = runs(of: number)
        let versions = NameVersions(runs.flatMap(\.packages), pending: pending, ordering: ordering)
        let versionStart = append(versions, to: &sections, texts: &texts)
        var rules = RuleSets(pending: pending, versions: versions)
        var entries: [NameEntry] = []
        for run in runs {
            let ruleset = rules.number(for: run.packages)
            let record = pending.records[Int(run.record)]
            let rank = StatementRank.of(
                feed: pending.texts.string(record.feed), id: pending.texts.string(record.id),
                scope: pending.texts.string(name.scope))
            let flags =
                (record.withdrawn == IndexFormat.noTime ? 0 : EntryFlag.withdrawn)
                | (run.packages.contains { pending.packages[Int($0)].isEvaluable } ? EntryFlag.evaluable : 0)
            for vulnerability in map.byRecord[run.record] {
                entries.append(
                    NameEntry(
                        vulnerability: vulnerability, advisory: order.places[Int(run.record)], ruleset: ruleset,
                        urgency: run.urgency, rank: rank, state: run.state.indexCode, flags: flags))
            }
        }
        entries.sort()
        unreadableRanges += rules.unreadableRanges
        unreadableVersions += rules.unreadableVersions
        let rulesetStart = append(rules, to: &sections, texts: &texts)
        let digest = NameDigest(pending: pending, map: map, order: order, versions: versions, rules: rules)
            .digest(of: entries, ordering: ordering)

        sections[.names].append(texts.text(name.scope))
        sections[.names].append(texts.text(name.name))
        sections[.names].append(UInt32(entryCount))
        sections[.names].append(UInt32(entries.count))
        sections[.names].append(versionStart)
        sections[.names].append(UInt32(versions.count))
        sections[.names].append(place(of: ordering))
        let groups = EntryGroup.groups(of: entries, rules: rules, versions: versions)
        sections[.names].append(UInt32(sections.recordCount(.groups)))
        sections[.names].append(UInt32(groups.count))
        sections[.names].append(UInt32(0))
        sections[.names].append(bytes: digest)
        sections[.names].append(UInt64(0))
        for group in groups { append(group, to: &sections) }
        for entry in entries { append(entry, rulesetStart: rulesetStart, to: &sections, texts: &texts) }
        entryCount += entries.count
    }

    /// The scope's ordering; Semantic Versioning where the scope has none of its own and every range says it follows that.
    private func ordering(of name: PendingAdvisories.Name) -> VersionOrdering {
        let ordering = VersionOrdering(scope: pending.texts.string(name.scope))
        return ordering == .generic && name.hasRanges && name.isSemanticOnly ? .semver : ordering
    }

    private mutating func place(of ordering: VersionOrdering) -> UInt32 {
        if let known = orderings.firstIndex(of: ordering) { return UInt32(known) }
        orderings.append(ordering)
        return UInt32(orderings.count - 1)
    }

    /// The packages of one advisory under one name with the same state and urgency: they speak as one.
    private struct Run {
        let record: UInt32
        let state: FixState
        let urgency: UInt32
        var packages: [UInt32]
    }

    private func runs(of name: UInt32) -> [Run] {
        let preferred = preferredRecords(of: name)
        let sorted = packages[name].filter { preferred.contains(pending.packages[Int($0)].record) }.sorted { lhs, rhs in
            let left = pending.packages[Int(lhs)], right = pending.packages[Int(rhs)]
            if left.record != right.record { return order.places[Int(left.record)] < order.places[Int(right.record)] }
            if left.state != right.state { return left.state.indexCode < right.state.indexCode }
            return pending.texts.precedes(left.urgency, right.urgency)
        }
        var runs: [Run] = []
        for number in sorted {
            let package = pending.packages[Int(number)]
            if let last = runs.last, last.record == package.record, last.state == package.state,
                last.urgency == package.urgency
            {
                runs[runs.count - 1].packages.append(number)
            } else {
                runs.append(
                    Run(record: package.record, state: package.state, urgency: package.urgency, packages: [number]))
            }
        }
        return runs
    }

    /// OSV puts a record that touches several ecosystems into the export of each. Of such copies the one changed last counts, then the
    /// one from the name's own ecosystem, then the first feed.
    private func preferredRecords(of name: UInt32) -> Set<UInt32> {
        let scope = pending.texts.string(pending.names[Int(name)].scope)
        let own = FeedID.osv(String(scope.prefix { $0 != ":" })).rawValue
        var chosen: [UInt32: UInt32] = [:]
        var records = Set<UInt32>()
        for record in Set(packages[name].map { pending.packages[Int($0)].record }) {
            let feed = pending.texts.string(pending.records[Int(record)].feed)
            guard feed.hasPrefix("osv/") else {
                records.insert(record)
                continue
            }
            let id = pending.records[Int(record)].id
            guard let rival = chosen[id] else {
                chosen[id] = record
                continue
            }
            if precedence(of: record, own: own) < precedence(of: rival, own: own) { chosen[id] = record }
        }
        return records.union(chosen.values)
    }

    private func precedence(of record: UInt32, own: String) -> (Int64, Int, UInt32) {
        let pendingRecord = pending.records[Int(record)]
        let isForeign = pending.texts.string(pendingRecord.feed) != own
        return (-max(pendingRecord.modified, -Int64.max), isForeign ? 1 : 0, order.places[Int(record)])
    }

    // MARK: - Records

    private func append(_ versions: NameVersions, to sections: inout IndexSections, texts: inout IndexTexts) -> UInt32 {
        let start = UInt32(sections.recordCount(.versions))
        for version in versions.sorted {
            sections[.versions].append(UInt32(truncatingIfNeeded: sections[.keys].count))
            sections[.versions].append(UInt32(version.key.count))
            sections[.versions].append(texts.text(version.text))
            sections[.keys].append(bytes: version.key)
        }
        return start
    }

    private func append(_ rules: RuleSets, to sections: inout IndexSections, texts: inout IndexTexts) -> UInt32 {
        let start = UInt32(sections.recordCount(.rulesets))
        for rule in rules.all {
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

    private func append(
        _ entry: NameEntry, rulesetStart: UInt32, to sections: inout IndexSections, texts: inout IndexTexts
    ) {
        sections[.entries].append(entry.vulnerability)
        sections[.entries].append(entry.advisory)
        sections[.entries].append(rulesetStart + entry.ruleset)
        sections[.entries].append(texts.text(entry.urgency))
        sections[.entries].append(bytes: [entry.rank, entry.state, entry.flags, 0])
    }

    private func append(_ group: EntryGroup, to sections: inout IndexSections) {
        sections[.groups].append(UInt32(entryCount) + group.start)
        sections[.groups].append(group.count)
        sections[.groups].append(group.lowest)
        sections[.groups].append(group.highest)
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

/// One advisory's statement on one vulnerability under one name.
struct NameEntry: Comparable {
    let vulnerability: UInt32
    let advisory: UInt32
    /// The number of the rule set among the name's own.
    let ruleset: UInt32
    let urgency: UInt32
    let rank: UInt8
    let state: UInt8
    let flags: UInt8

    /// Orders by vulnerability; within one, standing before withdrawn, deciding before overruled.
    static func < (lhs: NameEntry, rhs: NameEntry) -> Bool { lhs.sortKey < rhs.sortKey }

    private var sortKey: (UInt32, UInt8, UInt8, UInt32, UInt8, UInt32) {
        (vulnerability, flags & EntryFlag.withdrawn, rank, advisory, state, ruleset)
    }
}
