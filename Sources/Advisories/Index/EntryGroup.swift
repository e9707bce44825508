/// The entries of one name that speak of one vulnerability, and between which versions they can matter.
///
/// Most look-ups are of versions that most advisories are past. Two integers per vulnerability tell that without touching the entries.
struct EntryGroup {
    /// The first entry, counted from the name's first.
    let start: UInt32
    /// How many entries there are.
    let count: UInt32
    /// A version can be affected or undetermined only when at least this many known versions are at or below it …
    let lowest: UInt32
    /// … and at most this many.
    let highest: UInt32

    /// Groups a name's entries, which are sorted by vulnerability, then standing before withdrawn, then by rank.
    static func groups(of entries: [NameEntry], rules: RuleSets, versions: NameVersions) -> [EntryGroup] {
        var groups: [EntryGroup] = []
        var start = 0
        while start < entries.count {
            let end = entries[start...].firstIndex { $0.vulnerability != entries[start].vulnerability } ?? entries.count
            let deciding = entries[start..<end].prefix {
                $0.flags & EntryFlag.withdrawn == 0 && $0.rank == entries[start].rank
            }
            let spans = deciding.compactMap { span(of: $0, rules: rules, versions: versions) }
            // An empty span, for vulnerabilities that no version can have, is one that begins above its end.
            groups.append(
                EntryGroup(
                    start: UInt32(start), count: UInt32(end - start), lowest: spans.map(\.lowest).min() ?? 1,
                    highest: spans.map(\.highest).max() ?? 0))
            start = end
        }
        return groups
    }

    private typealias Span = (lowest: UInt32, highest: UInt32)

    private static func span(of entry: NameEntry, rules: RuleSets, versions: NameVersions) -> Span? {
        let everything: Span = (0, UInt32.max)
        let state = FixState(indexCode: entry.state) ?? .undetermined
        if state == .notAffected { return nil }
        guard state != .undetermined, entry.flags & EntryFlag.evaluable != 0 else { return everything }
        let rule = rules.all[Int(entry.ruleset)]
        guard rule.unreadable.isEmpty else { return everything }
        var spans = rule.intervals.map { span(of: $0, versions: versions) }
        if let first = rule.listed.first, let last = rule.listed.last {
            spans.append((versions.equals(first).lowerBound + 1, versions.equals(last).upperBound))
        }
        guard let lowest = spans.map(\.lowest).min(), let highest = spans.map(\.highest).max() else { return nil }
        return (lowest, highest)
    }

    private static func span(of interval: AffectedInterval, versions: NameVersions) -> Span {
        let lowest = interval.lower == IndexFormat.none ? 0 : versions.equals(interval.lower).lowerBound + 1
        switch interval.kind {
        case .open, .unreadable: return (lowest, UInt32.max)
        case .fixed, .limit: return (lowest, versions.equals(interval.upper).lowerBound)
        case .lastAffected: return (lowest, versions.equals(interval.upper).upperBound)
        }
    }
}
