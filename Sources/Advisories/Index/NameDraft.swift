import Versioning

/// Everything about one name, worked out but not yet placed in the file. Drafts depend on nothing but the advisories, so many are made at
/// once on all cores.
struct NameDraft: Sendable {
    let scope: UInt32
    let name: UInt32
    /// As publishers write the name.
    let spelling: UInt32
    let ordering: VersionOrdering
    let versions: [NameVersions.Version]
    let rules: [RuleSets.Rule]
    let entries: [NameEntry]
    let groups: [EntryGroup]
    let segments: [NameSegment]
    let digest: [UInt8]
    /// See ``NameFlag``.
    let flags: UInt8
    let unreadableRanges: Int
    let unreadableVersions: Int
    /// What it was made from.
    let inputs: NoteDigest

    /// Whether publishers write the name in another way than it is filed.
    var isSpelled: Bool { spelling != name }
}

/// What goes into the file of one name.
enum NamePart: Sendable {
    /// Worked out.
    case draft(NameDraft)
    /// As it was in an earlier index.
    case known(KnownName)
}

/// Makes drafts.
final class NameDrafter: Sendable {
    private let pending: GatheredAdvisories
    private let map: VulnerabilityMap
    private let order: AdvisoryOrder
    private let packages: GroupedLists<UInt32>
    /// The places of conditions in the file, by text number.
    private let conditions: [UInt32: UInt32]
    private let endOfLife: UInt32?
    /// The text numbers of RustSec's words for advisories that are on no vulnerability.
    private let informational: Set<UInt32>
    private let kinds: [StatementRank.Kind]
    private let inputs: NameInputs?
    private let previous: PreviousNames?
    /// The places of names in the earlier index.
    private let places: [UInt64: UInt32]

    /// - Parameters:
    ///   - conditions: The places of conditions in the file, by text number.
    ///   - inputs: What tells drafts what they were made from; `nil` when nobody wants to know.
    ///   - previous: Where drafts are taken from whose inputs did not change.
    init(
        pending: GatheredAdvisories, map: VulnerabilityMap, order: AdvisoryOrder, conditions: [UInt32: UInt32],
        frame: NameFrame, inputs: NameInputs?, previous: PreviousNames?
    ) {
        self.pending = pending
        self.map = map
        self.order = order
        self.conditions = conditions
        self.inputs = inputs
        self.previous = previous
        packages = frame.packages
        kinds = frame.kinds
        places = previous?.places() ?? [:]
        endOfLife = pending.texts.number(of: "end-of-life")
        informational = Set(["unmaintained", "unsound", "notice"].compactMap { pending.texts.number(of: $0) })
    }

    /// Makes the draft of one name, or finds it in the earlier index.
    func part(of number: UInt32) -> NamePart {
        let name = pending.names[Int(number)]
        guard let inputs = inputs?.digest(of: number) else {
            return .draft(draft(of: name, number: number, inputs: NoteDigest(first: 0, second: 0)))
        }
        if let previous, let place = places[UInt64(name.scope) << 32 | UInt64(name.name)],
            let known = previous.name(at: place, spelling: name.spelling, inputs: inputs)
        {
            return .known(known)
        }
        return .draft(draft(of: name, number: number, inputs: inputs))
    }

    private func draft(of name: PendingAdvisories.Name, number: UInt32, inputs: NoteDigest) -> NameDraft {
        let scope = pending.texts.string(name.scope)
        let ordering = ordering(of: name, scope: scope)
        let runs = runs(of: number, scope: scope)
        let versions = NameVersions(runs.flatMap(\.packages), pending: pending, ordering: ordering)
        var rules = RuleSets(pending: pending, versions: versions)
        var entries: [NameEntry] = []
        let ecosystem = scope.prefix { $0 != ":" }.uppercased()
        for run in runs { append(run, ecosystem: ecosystem, ordering: ordering, rules: &rules, to: &entries) }
        entries.sort(by: <)
        let (groups, segments) = SegmentCompiler(
            rules: rules, versions: versions, texts: pending.texts, endOfLife: endOfLife
        ).compile(entries)
        let digest = NameDigest(pending: pending, map: map, order: order, versions: versions, rules: rules)
            .digest(of: entries, ordering: ordering)
        return NameDraft(
            scope: name.scope, name: name.name, spelling: name.spelling, ordering: ordering, versions: versions.sorted,
            rules: rules.all,
            entries: entries, groups: groups, segments: segments, digest: digest,
            flags: (ordering == .rpm ? NameFlag.modular : 0)
                | (scope.hasPrefix("cpe:") ? NameFlag.product : 0),
            unreadableRanges: rules.unreadableRanges, unreadableVersions: rules.unreadableVersions, inputs: inputs)
    }

    private func append(
        _ run: Run, ecosystem: String, ordering: VersionOrdering, rules: inout RuleSets, to entries: inout [NameEntry]
    ) {
        let ruleset = rules.number(for: run.packages)
        let record = pending.records[Int(run.record)]
        let rank = StatementRank.of(kinds[Int(run.record)], ecosystem: ecosystem)
        let isModular = ordering == .rpm && run.packages.contains { names(IndexFormat.moduleMark, $0) }
        let isApart =
            ordering == .rpm
            && run.packages.contains { package in IndexFormat.buildMarks.contains { names($0, package) } }
        let flags =
            (record.withdrawn == IndexFormat.noTime ? 0 : EntryFlag.withdrawn)
            | (run.packages.contains { pending.packages[Int($0)].isEvaluable } ? EntryFlag.evaluable : 0)
            | (isModular ? EntryFlag.modular : 0) | (isApart ? EntryFlag.apart : 0)
            | (informational.contains(run.urgency) && ecosystem == "CRATES.IO" ? EntryFlag.informational : 0)
        let condition =
            conditions[run.condition] == nil ? nil : ConditionText.decode(pending.texts.string(run.condition))
        let isConditional = isModular || isApart || condition?.moduleStream != nil || condition?.criteria != nil
        let needsHearing =
            condition.map { !$0.architectures.isEmpty || $0.criteria != nil || !$0.platforms.isEmpty } ?? false
        for vulnerability in map.byRecord[run.record] {
            entries.append(
                NameEntry(
                    vulnerability: vulnerability, advisory: order.places[Int(run.record)], ruleset: ruleset,
                    urgency: run.urgency, condition: run.condition,
                    conditionPlace: conditions[run.condition] ?? IndexFormat.none, rank: rank,
                    state: run.state.indexCode, flags: flags, isConditional: isConditional, needsHearing: needsHearing))
        }
    }

    /// Whether a version that the package names holds a mark.
    private func names(_ mark: [UInt8], _ number: UInt32) -> Bool {
        let package = pending.packages[Int(number)]
        for range in package.ranges {
            for event in pending.ranges[Int(range)]
            where pending.texts.contains(pending.events[Int(event)].text, mark) { return true }
        }
        return package.versions.contains { pending.texts.contains(pending.versions[Int($0)], mark) }
    }

    /// The scope's ordering; Semantic Versioning where the scope has none of its own and every range says it follows that.
    private func ordering(of name: PendingAdvisories.Name, scope: String) -> VersionOrdering {
        let ordering = VersionOrdering(scope: scope)
        return ordering == .generic && name.hasRanges && name.isSemanticOnly ? .semver : ordering
    }

    /// The packages of one advisory under one name with the same state, urgency and condition: they speak as one.
    private struct Run {
        let record: UInt32
        let state: FixState
        let urgency: UInt32
        let condition: UInt32
        var packages: [UInt32]

        func holds(_ package: PendingAdvisories.Package) -> Bool {
            record == package.record && state == package.state && urgency == package.urgency
                && condition == package.condition
        }
    }

    private func runs(of name: UInt32, scope: String) -> [Run] {
        let preferred = preferredRecords(of: name, scope: scope)
        let texts = pending.texts
        let sorted = packages[name].filter { preferred.contains(pending.packages[Int($0)].record) }.sorted { lhs, rhs in
            let left = pending.packages[Int(lhs)], right = pending.packages[Int(rhs)]
            if left.record != right.record { return order.places[Int(left.record)] < order.places[Int(right.record)] }
            if left.state != right.state { return left.state.indexCode < right.state.indexCode }
            if left.urgency != right.urgency { return texts.precedes(left.urgency, right.urgency) }
            return texts.precedes(left.condition, right.condition)
        }
        var runs: [Run] = []
        for number in sorted {
            let package = pending.packages[Int(number)]
            if let last = runs.last, last.holds(package) {
                runs[runs.count - 1].packages.append(number)
            } else {
                runs.append(
                    Run(
                        record: package.record, state: package.state, urgency: package.urgency,
                        condition: package.condition, packages: [number]))
            }
        }
        return runs
    }

    /// OSV puts a record that touches several ecosystems into the export of each. Of such copies the one changed last counts, then the
    /// one from the name's own ecosystem, then the first feed.
    private func preferredRecords(of name: UInt32, scope: String) -> Set<UInt32> {
        let own = FeedID.osv(String(scope.prefix { $0 != ":" })).rawValue
        var chosen: [UInt32: UInt32] = [:]
        var records = Set<UInt32>()
        for record in Set(packages[name].map { pending.packages[Int($0)].record }) {
            guard pending.texts.hasPrefix(pending.records[Int(record)].feed, "osv/") else {
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
}
