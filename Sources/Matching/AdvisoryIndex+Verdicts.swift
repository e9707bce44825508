import Advisories
import PackageIdentity

extension AdvisoryIndex {
    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// Where a distribution files advisories under names of binary packages and others under those of sources, the source is asked for
    /// those vulnerabilities that nothing under the package's own name speaks of.
    ///
    /// - Parameters:
    ///   - package: Any package URL.
    ///   - context: What is known of it besides; `nil` for what the package URL itself tells.
    /// - Returns: Verdicts `affected` and `undetermined`, the highest risk first, equal ones by id. Empty when there are none, and also
    ///   for a package URL without version or of an unknown scope; ``covers(scope:)`` tells the difference.
    public func verdicts(for package: PackageURL, context: MatchContext? = nil) -> [Verdict] {
        verdicts { (found) throws(IndexError) in try match(package, context: context, into: &found) }
    }

    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself, for rules that need its own name besides its source's; `nil` when only the source is known.
    ///   - context: What is known of it besides; `nil` for what the package URL itself tells.
    /// - Returns: As ``verdicts(for:context:)``. On a damaged file one verdict `undetermined` with ``VerdictReason/damagedIndex`` and an
    ///   empty vulnerability id, never an empty list.
    public func verdicts(
        at coordinates: AdvisoryCoordinates, purl: PackageURL?, context: MatchContext? = nil
    ) -> [Verdict] {
        verdicts { (found) throws(IndexError) in
            try match(
                coordinates, context: context ?? purl.map { MatchContext(package: $0) } ?? MatchContext(), into: &found)
        }
    }

    /// Asks, and turns the answers into words; on a damaged file into the one that says so.
    private func verdicts(_ ask: (inout CompactVerdicts) throws(IndexError) -> Void) -> [Verdict] {
        do throws(IndexError) {
            var found = CompactVerdicts()
            try ask(&found)
            return try verdicts(found)
        } catch {
            return [.damagedIndex]
        }
    }

    /// Turns numbers into words, the highest risk first, equal ones by id.
    func verdicts(_ compact: borrowing CompactVerdicts) throws(IndexError) -> [Verdict] {
        guard let first = compact.records.first else { return [] }
        var name = try reader.name(first.name)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(compact.records.count)
        for record in try ranked(compact) {
            if record.name != name.index { name = try reader.name(record.name) }
            verdicts.append(try verdict(record, in: name))
        }
        return verdicts
    }

    /// The highest risk first, equal ones by id.
    func ranked(_ compact: borrowing CompactVerdicts) throws(IndexError) -> [CompactVerdict] {
        var ranked: [(record: CompactVerdict, risk: Double)] = []
        ranked.reserveCapacity(compact.records.count)
        for record in compact.records {
            ranked.append((record, try reader.record(.vulnerabilities, record.vulnerability).double(88)))
        }
        // Numbers ascend as ids do.
        ranked.sort { $0.risk != $1.risk ? $0.risk > $1.risk : $0.record.vulnerability < $1.record.vulnerability }
        return ranked.map(\.record)
    }

    /// Turns numbers into words.
    ///
    /// - Parameter compact: An answer of this index.
    public func verdict(_ compact: CompactVerdict) throws(IndexError) -> Verdict {
        try verdict(compact, in: try reader.name(compact.name))
    }

    private func verdict(_ compact: CompactVerdict, in name: NameRecord) throws(IndexError) -> Verdict {
        let group = try reader.record(.groups, compact.group)
        let urgency = try reader.text(group.uint32(12))
        return Verdict(
            vulnerability: try vulnerabilityID(number: compact.vulnerability),
            advisories: try reader.advisoryIDs(ofGroup: compact.group, in: name), status: compact.status,
            fixedVersion: compact.hasFix ? try reader.versionText(compact.fix, in: name) : nil, reason: compact.reason,
            urgency: urgency.isEmpty ? nil : urgency, confidence: compact.confidence)
    }

    /// A vulnerability's canonical id.
    ///
    /// - Parameter number: Its number in this index.
    public func vulnerabilityID(number: UInt32) throws(IndexError) -> String {
        try reader.vulnerabilityID(number)
    }

    /// The text of the version that repairs; `nil` when none is known in this scope.
    ///
    /// - Parameter compact: An answer of this index.
    public func fixedVersion(of compact: CompactVerdict) throws(IndexError) -> String? {
        guard compact.hasFix else { return nil }
        return try reader.versionText(compact.fix, in: try reader.name(compact.name))
    }

    /// Lends the UTF-8 of a vulnerability's canonical id, out of the mapping, without a copy.
    ///
    /// - Parameter number: Its number in this index.
    public func withVulnerabilityID<Result>(
        number: UInt32, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(IndexError) -> Result {
        body(try reader.textBytes(.text, try reader.record(.vulnerabilities, number).uint32(0)))
    }

    /// Lends the UTF-8 of the ids of the standing advisories that speak of an answer's vulnerability for its package: ascending, each once,
    /// out of the mapping, without a copy.
    ///
    /// - Parameter compact: An answer of this index.
    public func forEachAdvisoryID(
        of compact: CompactVerdict, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(IndexError) {
        let name = try reader.name(compact.name)
        try reader.forEachAdvisoryID(ofGroup: compact.group, in: name, body)
    }

    /// Lends the UTF-8 of the distribution's urgency word, out of the mapping, without a copy; no bytes when it gives none.
    ///
    /// - Parameter compact: An answer of this index.
    public func withUrgency<Result>(
        of compact: CompactVerdict, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(IndexError) -> Result {
        body(try reader.textBytes(.text, try reader.record(.groups, compact.group).uint32(12)))
    }

    /// Lends the UTF-8 of the version that repairs, out of the mapping, without a copy; `nil` when none is known in this scope.
    ///
    /// - Parameter compact: An answer of this index.
    public func withFixedVersion<Result>(
        of compact: CompactVerdict, _ body: (UnsafeRawBufferPointer?) -> Result
    ) throws(IndexError) -> Result {
        guard compact.hasFix else { return body(nil) }
        return body(try reader.versionBytes(compact.fix, in: try reader.name(compact.name)))
    }
}

extension Verdict {
    /// The answer of a damaged file.
    static let damagedIndex = Verdict(
        vulnerability: "", advisories: [], status: .undetermined, reason: VerdictReason.damagedIndex)
}

extension IndexReader {
    /// Ids of the standing advisories of a group, ascending, without repetition.
    func advisoryIDs(ofGroup index: UInt32, in name: NameRecord) throws(IndexError) -> [String] {
        var ids: [String] = []
        try forEachAdvisoryID(ofGroup: index, in: name) { ids.append(String(decoding: $0, as: UTF8.self)) }
        return ids
    }

    /// Lends the ids of the standing advisories of a group, ascending, each once.
    ///
    /// Advisories are numbered in the order of their ids, so the next is the one with the least number above the last: groups have few
    /// entries, and nothing needs to be sorted or kept.
    func forEachAdvisoryID(
        ofGroup index: UInt32, in name: NameRecord, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(IndexError) {
        guard name.groups.contains(index) else { throw .damaged(what: "a group's place") }
        let group = try record(.groups, index)
        let entries = try run(.entries, start: group.uint32(4), count: group.uint32(8))
        var last: (number: UInt32, position: UInt32)?
        while true {
            var next: UInt32?
            for entry in entries {
                let record = try record(.entries, entry)
                let number = record.uint32(4)
                guard record.uint8(22) & EntryFlag.withdrawn == 0, last.map({ number > $0.number }) ?? true else {
                    continue
                }
                next = min(next ?? number, number)
            }
            guard let next else { return }
            let position = try record(.advisories, next).uint32(0)
            // One id may come from several feeds; a text stands in the file once.
            if position != last?.position { body(try textBytes(.text, position)) }
            last = (next, position)
        }
    }
}
