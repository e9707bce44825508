import Crypto
import Scoring

/// Lays a set of pending advisories out as an index file.
struct IndexWriter {
    private let pending: GatheredAdvisories
    private let intelligence: ThreatIntelligence
    private let feeds: [FeedSummary]
    private let numbering: TextNumbering?

    /// Takes what the builder collected.
    ///
    /// - Parameter numbering: Which texts the next build will know by the same numbers.
    init(
        pending: GatheredAdvisories, intelligence: ThreatIntelligence, feeds: [FeedSummary], numbering: TextNumbering?
    ) {
        self.pending = pending
        self.intelligence = intelligence
        self.feeds = feeds
        self.numbering = numbering
    }

    /// Computes every section and writes the file.
    ///
    /// - Parameters:
    ///   - notes: Where to note what the next build can take over; `nil` for nowhere.
    ///   - previous: What this one can take over.
    func write(
        to path: String, notes: String? = nil, previous: PreviousBuild? = nil
    ) throws(IndexBuildError) -> IndexSummary {
        let (known, order) = together { [pool = pending.texts] in
            previous.flatMap { $0.read(pool: pool, numbering: numbering) }
        } _: {
            AdvisoryOrder(pending)
        }
        // Which vulnerabilities there are is one thread's work; what can be prepared without is the other's.
        let (map, prepared) = together {
            VulnerabilityMap(
                pending, order: order, aliases: grouped(pending.aliases), upstream: grouped(pending.upstream))
        } _: {
            (
                conditions: ConditionSections(pending: pending), names: NameFrame(pending, order: order),
                lists: VulnerabilityLists(pending),
                advisories: known.map { PreviousNames.advisories(of: $0, pending: pending, order: order) } ?? []
            )
        }
        var texts = IndexTexts(pool: pending.texts, previous: known?.index)

        var sections = IndexSections(previous: known?.index)
        let conditions = prepared.conditions
        conditions.build(into: &sections, texts: &texts)
        let drafter = NameDrafter(
            pending: pending, map: map, order: order, conditions: conditions.places, frame: prepared.names,
            inputs: notes != nil || known != nil
                ? NameInputs(pending: pending, map: map, packages: prepared.names.packages, numbering: numbering) : nil,
            previous: known.flatMap {
                PreviousNames(
                    $0, pending: pending, map: map, advisories: prepared.advisories, conditions: conditions.places)
            })
        var names = NameSections(pending: pending, map: map, order: order)
        names.build(drafter: drafter, sorted: prepared.names.sorted, into: &sections, texts: &texts)
        // The file begins while the rest is worked out.
        let stream = try IndexStream(path: path)
        try stream.add(IndexSection.allCases.prefix { $0 != .advisories }, of: &sections)
        stream.flush()
        VulnerabilitySections(
            pending: pending, map: map, order: order, intelligence: intelligence, lists: prepared.lists,
            statements: names.statements
        ).build(into: &sections, texts: &texts)
        SupportSections(intelligence).build(into: &sections, texts: &texts)
        sections[.feeds] = feedSection(texts: &texts)
        sections[.text] = texts.takeText()
        sections[.prose] = texts.takeProse()
        try stream.add(IndexSection.allCases.drop { $0 != .advisories }.prefix { $0 != .prose }, of: &sections)
        stream.flush()
        try stream.add([.prose], of: &sections)
        guard let file = try stream.finish(builtAt: builtAt, isSound: { known?.index.isWhole ?? true }) else {
            // The earlier index is damaged, and so may be what was taken over from it.
            return try write(to: path, notes: notes)
        }
        // Without them the next build is slower, and nothing else.
        if let notes {
            try? names.notes.write(
                to: notes, index: file.digest, numbering: numbering, conditions: conditions.texts)
        }
        return IndexSummary(
            digest: IndexFormat.hex(file.digest), fileSize: file.fileSize, vulnerabilities: map.ids.count,
            advisories: pending.records.count, names: pending.names.count, entries: names.entryCount,
            notAboutSecurity: pending.notAboutSecurity, unreadableRanges: names.unreadableRanges,
            unreadableVersions: names.unreadableVersions, reusedNames: names.reusedNames)
    }

    /// The newest feed's date: a function of the content, as the clock is not. Without any, the newest change of an advisory.
    private var builtAt: Int64 {
        feeds.compactMap(\.snapshotDate).max()
            ?? pending.records.map { max($0.modified, $0.published) }.max().flatMap {
                $0 == IndexFormat.noTime ? nil : $0
            } ?? 0
    }

    private func grouped(_ attachments: [PendingAdvisories.Attachment]) -> GroupedLists<UInt32> {
        GroupedLists(attachments, owners: pending.records.count, owner: \.record, element: \.text)
    }

    private func feedSection(texts: inout IndexTexts) -> SectionBytes {
        var section = SectionBytes()
        for feed in feeds {
            section.append(texts.newText(feed.id.rawValue))
            section.append(UInt32(0))
            section.append(Int64(feed.records))
            section.append(Int64(feed.setAside))
            section.append(feed.snapshotDate ?? IndexFormat.noTime)
        }
        return section
    }
}

extension IndexStream {
    /// Adds sections, which are taken out of those under construction.
    fileprivate func add(
        _ list: some Sequence<IndexSection>, of sections: inout IndexSections
    ) throws(IndexBuildError) {
        for section in list { try add(section, sections[section].take()) }
    }
}

/// The places of advisories in the file: ascending by id, then by feed.
final class AdvisoryOrder: Sendable {
    /// Pending record numbers in file order.
    let records: [UInt32]
    /// Place in the file by pending record number.
    let places: [UInt32]
    /// Every id that a record has or names, as text numbers in the order of their bytes: sorted once for all who need some of them.
    let ids: [UInt32]
    /// The place of each text among ``ids``, by text number; ``IndexFormat/none`` for texts that are no ids.
    let ranks: [UInt32]

    /// Sorts the pending advisories.
    init(_ pending: GatheredAdvisories) {
        let texts = pending.texts
        let order = Self.ids(of: pending)
        let ranks = order.ranks(count: texts.count)
        let feeds = TextOrder(Self.distinct(pending.records, count: texts.count) { $0.feed }, texts: texts)
            .ranks(count: texts.count)
        let byID = GroupedLists(
            pending.records.indices.map { UInt32($0) }, owners: order.sorted.count,
            owner: { ranks[Int(pending.records[Int($0)].id)] }, element: { $0 })
        var sorted: [UInt32] = []
        sorted.reserveCapacity(pending.records.count)
        for id in 0..<UInt32(order.sorted.count) {
            let range = byID.range(of: id)
            if range.count < 2 {
                for place in range { sorted.append(byID.element(place)) }
            } else {
                // No two records have the same id and feed.
                sorted += byID[id].sorted {
                    feeds[Int(pending.records[Int($0)].feed)] < feeds[Int(pending.records[Int($1)].feed)]
                }
            }
        }
        var places = [UInt32](repeating: 0, count: sorted.count)
        for (place, record) in sorted.enumerated() { places[Int(record)] = UInt32(place) }
        records = sorted
        self.places = places
        ids = order.sorted
        self.ranks = ranks
    }

    private static func ids(of pending: GatheredAdvisories) -> TextOrder {
        var isID = [Bool](repeating: false, count: pending.texts.count)
        for record in pending.records { isID[Int(record.id)] = true }
        for alias in pending.aliases { isID[Int(alias.text)] = true }
        for id in pending.upstream { isID[Int(id.text)] = true }
        for (id, cve) in pending.derivedCVEs { (isID[Int(id)], isID[Int(cve)]) = (true, true) }
        return TextOrder((0..<UInt32(isID.count)).filter { isID[Int($0)] }, texts: pending.texts)
    }

    private static func distinct<Item>(_ items: [Item], count: Int, _ text: (Item) -> UInt32) -> [UInt32] {
        var isUsed = [Bool](repeating: false, count: count)
        for item in items { isUsed[Int(text(item))] = true }
        return (0..<UInt32(count)).filter { isUsed[Int($0)] }
    }
}
