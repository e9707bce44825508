/// The advisories of a builder that takes no more of them. All threads share the one instance: a copy of the struct would count sixteen
/// references up and down, and two cores wait for each other at every one of them.
final class GatheredAdvisories: Sendable {
    let texts: StringPool
    let records: [PendingAdvisories.Record]
    let aliases: [PendingAdvisories.Attachment]
    let upstream: [PendingAdvisories.Attachment]
    let references: [PendingAdvisories.Attachment]
    let severities: [PendingAdvisories.Statement]
    let names: [PendingAdvisories.Name]
    let packages: [PendingAdvisories.Package]
    let ranges: [Range<UInt32>]
    let events: [(kind: RangeCompiler.Event, text: UInt32)]
    let versions: [UInt32]
    let derivedCVEs: [UInt32: UInt32]
    /// Whether an id is among ``derivedCVEs``, by text number.
    let carriesCVE: [Bool]
    let recordNumbers: [UInt64: UInt32]
    let notAboutSecurity: Int

    /// Takes over what was collected.
    init(_ pending: consuming PendingAdvisories) {
        // From here on texts are only looked up.
        pending.texts.reserve(0)
        texts = pending.texts
        records = pending.records
        aliases = pending.aliases
        upstream = pending.upstream
        references = pending.references
        severities = pending.severities
        names = pending.names
        packages = pending.packages
        ranges = pending.ranges
        events = pending.events
        versions = pending.versions
        derivedCVEs = pending.derivedCVEs
        var carriesCVE = [Bool](repeating: false, count: pending.texts.count)
        for id in pending.derivedCVEs.keys { carriesCVE[Int(id)] = true }
        self.carriesCVE = carriesCVE
        recordNumbers = pending.recordNumbers
        notAboutSecurity = pending.notAboutSecurity
    }
}

/// The advisories lent for the length of a call: reading them counts no reference.
struct AdvisoryView {
    let records: UnsafeBufferPointer<PendingAdvisories.Record>
    let packages: UnsafeBufferPointer<PendingAdvisories.Package>
    let ranges: UnsafeBufferPointer<Range<UInt32>>
    let events: UnsafeBufferPointer<(kind: RangeCompiler.Event, text: UInt32)>
    let versions: UnsafeBufferPointer<UInt32>
    let texts: StringPool.View
}

extension GatheredAdvisories {
    /// Lends all of them.
    func withView<Result>(_ body: (AdvisoryView) -> Result) -> Result {
        records.withUnsafeBufferPointer { records in
            packages.withUnsafeBufferPointer { packages in
                ranges.withUnsafeBufferPointer { ranges in
                    events.withUnsafeBufferPointer { events in
                        versions.withUnsafeBufferPointer { versions in
                            texts.withView { texts in
                                body(
                                    AdvisoryView(
                                        records: records, packages: packages, ranges: ranges, events: events,
                                        versions: versions, texts: texts))
                            }
                        }
                    }
                }
            }
        }
    }
}
