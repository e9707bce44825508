import Crypto
import Scoring

/// Lays a set of pending advisories out as an index file.
struct IndexWriter {
    private let pending: PendingAdvisories
    private let intelligence: ThreatIntelligence
    private let feeds: [FeedSummary]

    /// Takes what the builder collected.
    init(pending: PendingAdvisories, intelligence: ThreatIntelligence, feeds: [FeedSummary]) {
        self.pending = pending
        self.intelligence = intelligence
        self.feeds = feeds
    }

    /// Computes every section and writes the file.
    func write(to path: String) throws(IndexBuildError) -> IndexSummary {
        let aliases = grouped(pending.aliases)
        let upstream = grouped(pending.upstream)
        let map = VulnerabilityMap(pending, aliases: aliases, upstream: upstream)
        let order = AdvisoryOrder(pending)
        var texts = IndexTexts(pool: pending.texts)

        var sections = IndexSections()
        let conditions = ConditionSections(pending: pending)
        conditions.build(into: &sections, texts: &texts)
        let drafter = NameDrafter(pending: pending, map: map, order: order, conditions: conditions.places)
        var names = NameSections(pending: pending, map: map, order: order)
        names.build(drafter: drafter, into: &sections, texts: &texts)
        VulnerabilitySections(
            pending: pending, map: map, order: order, intelligence: intelligence, statements: names.statements
        ).build(into: &sections, texts: &texts)
        SupportSections(intelligence).build(into: &sections, texts: &texts)
        sections[.feeds] = feedSection(texts: &texts)
        sections[.text] = texts.text
        sections[.prose] = texts.prose
        let image = try IndexImage(sections, builtAt: builtAt)
        try AtomicFile(path: path).write(image.parts)
        return IndexSummary(
            digest: image.digest, fileSize: image.fileSize, vulnerabilities: map.ids.count,
            advisories: pending.records.count, names: pending.names.count, entries: names.entryCount,
            notAboutSecurity: pending.notAboutSecurity, unreadableRanges: names.unreadableRanges,
            unreadableVersions: names.unreadableVersions)
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

/// The places of advisories in the file: ascending by id, then by feed.
struct AdvisoryOrder: Sendable {
    /// Pending record numbers in file order.
    let records: [UInt32]
    /// Place in the file by pending record number.
    let places: [UInt32]

    /// Sorts the pending advisories.
    init(_ pending: PendingAdvisories) {
        let texts = pending.texts
        let sorted = pending.records.indices.sorted { lhs, rhs in
            let left = pending.records[lhs], right = pending.records[rhs]
            return left.id == right.id ? texts.precedes(left.feed, right.feed) : texts.precedes(left.id, right.id)
        }
        var places = [UInt32](repeating: 0, count: sorted.count)
        for (place, record) in sorted.enumerated() { places[record] = UInt32(place) }
        records = sorted.map(UInt32.init)
        self.places = places
    }
}
