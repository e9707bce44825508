import Advisories
import PackageIdentity

/// An advisory as the index holds it, for those who ask by advisory instead of by vulnerability.
public struct AdvisoryRecord: Sendable, Hashable {
    /// Its id, `GHSA-…`.
    public let id: String
    /// The feed it was read from.
    public let feed: String
    /// Canonical ids of the vulnerabilities it speaks of, ascending.
    public let vulnerabilities: [String]
    /// Other ids of the same vulnerability, when it speaks of one alone; without its own, ascending.
    public let aliases: [String]
    /// Its own summary; may be empty.
    public let summary: String
    /// Unix seconds; `nil` when not stated.
    public let published: Int64?
    /// Unix seconds; `nil` when not stated.
    public let modified: Int64?
    /// Unix seconds; `nil` while it stands.
    public let withdrawn: Int64?
    /// The packages it speaks of, ascending by scope and name.
    public let affected: [AdvisoryAffected]
}

/// One package of an advisory.
public struct AdvisoryAffected: Sendable, Hashable {
    /// `PyPI`.
    public let scope: String
    /// The name that advisories use there, as publishers write it; under PyPI in its canonical form.
    public let name: String
    /// Ranges as events, ascending; a range whose bounds do not parse is left out.
    public let ranges: [[AffectedRange.Event]]
    /// Versions named one by one, ascending.
    public let versions: [String]
    /// What the publisher says of a repair.
    public let state: FixState
    /// The publisher's urgency word; `nil` when it gives none.
    public let urgency: String?
}

/// An advisory, in short.
public struct AdvisoryReference: Sendable, Hashable {
    /// Its id.
    public let id: String
    /// The feed it was read from.
    public let feed: String
    /// Unix seconds; `nil` when not stated.
    public let modified: Int64?
    /// Its number in this index, see ``AdvisoryIndex/advisoryRecord(number:)``.
    public let number: UInt32
}

extension AdvisoryIndex {
    /// What the feeds say under an advisory's id, one record per feed that has it; empty when none has.
    public func advisoryRecords(named id: String) -> [AdvisoryRecord] {
        let numbers = (try? reader.advisories(named: id)) ?? []
        return numbers.compactMap { advisoryRecord(number: $0) }
    }

    /// An advisory by its number; `nil` when there is none, or the file is damaged there.
    public func advisoryRecord(number: UInt32) -> AdvisoryRecord? {
        try? reader.advisory(number)
    }

    /// The standing advisories that decide that a package version is affected, ascending by id; empty when none does, and for a package whose
    /// name the index does not know.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself; `nil` when only the source is known.
    public func affectingAdvisories(at coordinates: AdvisoryCoordinates, purl: PackageURL?) -> [AdvisoryReference] {
        (try? affecting(coordinates, context: purl.map { MatchContext(package: $0) } ?? MatchContext())) ?? []
    }

    /// The standing advisories that speak of a name in any version, ascending by id.
    public func advisories(scope: String, name: String) -> [AdvisoryReference] {
        (try? everyAdvisory(scope: scope, name: name)) ?? []
    }

    private func affecting(
        _ coordinates: AdvisoryCoordinates, context: MatchContext
    ) throws(IndexError) -> [AdvisoryReference] {
        var found = CompactVerdicts()
        guard try match(coordinates, context: context, into: &found), let first = found.records.first else { return [] }
        let name = try reader.name(first.name)
        let restated = try SourceEpoch.restated(coordinates.version, of: name, in: reader, context: context)
        let version = restated ?? coordinates.version
        let place = try place(of: version, in: name)
        let hearing = Hearing(reader: reader, name: name, context: context, version: version)
        var numbers: Set<UInt32> = []
        for record in found.records where record.status == .affected {
            let heard = try hearing.hear(try reader.statements(ofGroup: record.group, in: name)).filter(\.isHeard)
            let rank = heard.map(\.statement.rank).min()
            for one in heard where one.statement.rank == rank && one.deciding.outcome(at: place).isAffected {
                numbers.insert(one.statement.advisory)
            }
        }
        return try reader.references(numbers)
    }

    private func everyAdvisory(scope: String, name: String) throws(IndexError) -> [AdvisoryReference] {
        guard let name = try reader.find(scope: scope, name: name) else { return [] }
        var numbers: Set<UInt32> = []
        for entry in name.entries {
            let statement = try reader.statement(entry)
            if !statement.isWithdrawn { numbers.insert(statement.advisory) }
        }
        return try reader.references(numbers)
    }
}

extension IndexReader {
    /// Advisories in short, ascending by id.
    fileprivate func references(_ numbers: Set<UInt32>) throws(IndexError) -> [AdvisoryReference] {
        var references: [AdvisoryReference] = []
        for number in numbers.sorted() {
            let record = try record(.advisories, number)
            references.append(
                AdvisoryReference(
                    id: try text(record.uint32(0)), feed: try text(record.uint32(4)), modified: record.time(32),
                    number: number))
        }
        return references
    }

    /// The numbers of the advisories with an id: they are sorted by it.
    fileprivate func advisories(named id: String) throws(IndexError) -> [UInt32] {
        let wanted = Array(id.utf8)
        func order(_ number: UInt32) throws(IndexError) -> Int {
            let known = try textBytes(.text, try record(.advisories, number).uint32(0))
            return wanted.withUnsafeBytes { known.order(to: $0) }
        }
        let count = UInt32(layout.count(.advisories))
        var low: UInt32 = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if try order(middle) < 0 { low = middle + 1 } else { high = middle }
        }
        var numbers: [UInt32] = []
        while low < count, try order(low) == 0 {
            numbers.append(low)
            low += 1
        }
        return numbers
    }

    /// Everything the index holds of an advisory.
    fileprivate func advisory(_ number: UInt32) throws(IndexError) -> AdvisoryRecord {
        let record = try record(.advisories, number)
        let id = try text(record.uint32(0))
        let vulnerabilities = try list(start: record.uint32(12), count: record.uint32(16))
        var ids: [String] = []
        for vulnerability in vulnerabilities { ids.append(try vulnerabilityID(vulnerability)) }
        var aliases: [String] = []
        if vulnerabilities.count == 1 {
            let known = try vulnerability(vulnerabilities[0])
            aliases = (known.aliases + [known.id]).filter { $0 != id }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        var affected: [AdvisoryAffected] = []
        for entry in try list(start: record.uint32(48), count: record.uint32(52)) {
            affected.append(try self.affected(try statement(entry), in: try name(ofEntry: entry)))
        }
        return AdvisoryRecord(
            id: id, feed: try text(record.uint32(4)), vulnerabilities: ids, aliases: aliases,
            summary: record.uint32(20) == IndexFormat.none ? "" : try prose(record.uint32(20)),
            published: record.time(24), modified: record.time(32), withdrawn: record.time(40), affected: affected)
    }

    private func affected(_ statement: Statement, in name: NameRecord) throws(IndexError) -> AdvisoryAffected {
        let deciding = try deciding(statement)
        var ranges: [[AffectedRange.Event]] = []
        for interval in deciding.intervals where interval.kind != .unreadable {
            ranges.append(try events(of: interval, in: name))
        }
        var versions: [String] = []
        for ordinal in deciding.listed { versions.append(try versionText(ordinal, in: name)) }
        let urgency = try text(statement.urgency)
        return AdvisoryAffected(
            scope: try text(name.scope), name: try spelling(of: name), ranges: ranges, versions: versions,
            state: statement.state, urgency: urgency.isEmpty ? nil : urgency)
    }

    private func events(of interval: AffectedInterval, in name: NameRecord) throws(IndexError) -> [AffectedRange.Event]
    {
        let lower = interval.lower == IndexFormat.none ? "0" : try versionText(interval.lower, in: name)
        let first: AffectedRange.Event = interval.isLowerExclusive ? .introducedAfter(lower) : .introduced(lower)
        guard interval.upper != IndexFormat.none else { return [first] }
        let upper = try versionText(interval.upper, in: name)
        switch interval.kind {
        case .fixed: return [first, .fixed(upper)]
        case .lastAffected: return [first, .lastAffected(upper)]
        case .limit: return [first, .limit(upper)]
        case .open, .unreadable: return [first]
        }
    }

    /// The name that an entry belongs to: entries stand in the order of names.
    private func name(ofEntry entry: UInt32) throws(IndexError) -> NameRecord {
        var low: UInt32 = 0
        var high = UInt32(layout.count(.names))
        while low < high {
            let middle = low + (high - low) / 2
            let record = try record(.names, middle)
            let end = UInt64(record.uint32(32)) + UInt64(record.uint32(36))
            if end <= UInt64(entry) { low = middle + 1 } else { high = middle }
        }
        return try name(low)
    }
}
