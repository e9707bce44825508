/// The sections that say how long products, releases and packages are supported.
struct SupportSections {
    private let lifecycles: [Lifecycle]
    private let notes: [SupportNote]

    /// Sorts what is known.
    init(_ intelligence: ThreatIntelligence) {
        lifecycles = intelligence.lifecycles.values.sorted {
            $0.product.utf8.lexicographicallyPrecedes($1.product.utf8)
        }
        notes = Set(intelligence.supportNotes).sorted { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
    }

    /// Writes them.
    func build(into sections: inout IndexSections, texts: inout IndexTexts) {
        for lifecycle in lifecycles {
            sections[.lifecycles].append(texts.newText(lifecycle.product))
            sections.append(list: lifecycle.identifiers.map { texts.newText($0) }, to: .lifecycles)
            let first = UInt32(sections.recordCount(.releases))
            for release in lifecycle.releases { append(release, to: &sections[.releases], texts: &texts) }
            sections[.lifecycles].append(first)
            sections[.lifecycles].append(UInt32(lifecycle.releases.count))
        }
        for note in notes {
            sections[.supportNotes].append(texts.newText(note.scope))
            sections[.supportNotes].append(texts.newText(note.name))
            sections[.supportNotes].append(UInt32(note.isEnded ? 1 : 0))
            sections[.supportNotes].append(texts.newText(note.lastSupportedVersion))
            sections[.supportNotes].append(texts.newText(note.endDate))
            sections[.supportNotes].append(texts.newProse(note.text))
            sections[.supportNotes].append(UInt64(0))
        }
    }

    private func append(_ release: Lifecycle.Release, to section: inout SectionBytes, texts: inout IndexTexts) {
        section.append(texts.newText(release.cycle))
        for text in [
            release.codename, release.activeSupportEnd, release.securitySupportEnd, release.extendedSupportEnd,
            release.latest,
        ] {
            section.append(texts.newText(text))
        }
        section.append(UInt32(release.isEnded ? 1 : 0))
        section.append(UInt32(0))
    }

    /// Scope and name first, for look-ups; then the rest, so that the order does not depend on the feed's.
    private static func key(_ note: SupportNote) -> [UInt8] {
        let parts = [
            note.scope, note.name, note.lastSupportedVersion ?? "", note.endDate ?? "", note.text,
            note.isEnded ? "1" : "0",
        ]
        return parts.flatMap { Array($0.utf8) + [0] }
    }
}
