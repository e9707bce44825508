import Advisories
import Scoring

extension AdvisoryIndex {
    /// What the feeds say of a vulnerability.
    ///
    /// - Parameter id: A CVE, any alias, or an advisory's id. An advisory that speaks of several vulnerabilities stands for the first of
    ///   them; ``vulnerabilityIDs(named:)`` gives all.
    /// - Returns: `nil` when the index does not know the id.
    public func vulnerability(_ id: String) -> VulnerabilityRecord? {
        guard let number = try? reader.vulnerabilities(named: id).first else { return nil }
        return try? reader.vulnerability(number)
    }

    /// The canonical ids of all vulnerabilities that an id stands for, ascending; empty when the index does not know it.
    ///
    /// - Parameter id: A CVE, any alias, or an advisory's id.
    public func vulnerabilityIDs(named id: String) -> [String] {
        let numbers = (try? reader.vulnerabilities(named: id)) ?? []
        return numbers.compactMap { try? reader.vulnerabilityID($0) }
    }

    /// What lists show of a vulnerability: its record without details, references and advisories, which are empty.
    ///
    /// - Parameter number: Its number in this index, ``CompactVerdict/vulnerability``; it spares looking the id up.
    /// - Throws: ``IndexError/damaged(what:)``, also for a number that this index does not have.
    public func brief(number: UInt32) throws(IndexError) -> VulnerabilityRecord {
        try reader.vulnerability(number, isBrief: true)
    }

    /// What orders a vulnerability among others: its severity, and the value of its risk.
    ///
    /// - Parameter number: Its number in this index.
    public func weight(number: UInt32) throws(IndexError) -> (severity: Severity, risk: Double) {
        let record = try reader.record(.vulnerabilities, number)
        return (try reader.severity(record), record.double(88))
    }

    /// How bad a vulnerability is.
    ///
    /// - Parameter number: Its number in this index.
    public func rating(number: UInt32) throws(IndexError) -> VulnerabilityRating {
        try reader.rating(try reader.record(.vulnerabilities, number))
    }

    /// Lends the UTF-8 of a vulnerability's other ids, ascending, out of the mapping, without a copy.
    ///
    /// - Parameter number: Its number in this index.
    public func forEachAlias(number: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) throws(IndexError) {
        let record = try reader.record(.vulnerabilities, number)
        for index in try reader.run(.lists, start: record.uint32(24), count: record.uint32(28)) {
            body(try reader.textBytes(.text, try reader.record(.lists, index).uint32(0)))
        }
    }

    /// Lends the UTF-8 of a vulnerability's summary, out of the mapping, without a copy; no bytes when it has none.
    ///
    /// - Parameter number: Its number in this index.
    public func withSummary<Result>(
        number: UInt32, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(IndexError) -> Result {
        let position = try reader.record(.vulnerabilities, number).uint32(4)
        guard position != IndexFormat.none else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return body(try reader.textBytes(.prose, position))
    }

    /// Lends the UTF-8 of the vector behind ``VulnerabilityRating/cvssScore``, out of the mapping, without a copy; `nil` when there is none.
    ///
    /// - Parameter number: Its number in this index.
    public func withCVSSVector<Result>(
        number: UInt32, _ body: (UnsafeRawBufferPointer?) -> Result
    ) throws(IndexError) -> Result {
        let position = try reader.record(.vulnerabilities, number).uint32(12)
        guard position != IndexFormat.none else { return body(nil) }
        return body(try reader.textBytes(.text, position))
    }
}

extension IndexReader {
    /// The numbers of the vulnerabilities that an id stands for.
    func vulnerabilities(named id: String) throws(IndexError) -> [UInt32] {
        let wanted = Array(id.utf8)
        var low: UInt32 = 0
        var high = UInt32(layout.count(.identifiers))
        while low < high {
            let middle = low + (high - low) / 2
            let record = try record(.identifiers, middle)
            let known = try textBytes(.text, record.uint32(0))
            let order = wanted.withUnsafeBytes { known.order(to: $0) }
            if order == 0 { return try list(start: record.uint32(4), count: record.uint32(8)) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return []
    }

    /// A vulnerability's canonical id.
    func vulnerabilityID(_ number: UInt32) throws(IndexError) -> String {
        try text(try record(.vulnerabilities, number).uint32(0))
    }

    /// Reads everything about a vulnerability, or in brief what ``AdvisoryIndex/brief(number:)`` gives.
    func vulnerability(_ number: UInt32, isBrief: Bool = false) throws(IndexError) -> VulnerabilityRecord {
        let record = try record(.vulnerabilities, number)
        let rating = try rating(record)
        return VulnerabilityRecord(
            id: try text(record.uint32(0)), aliases: try texts(record, at: 24),
            summary: try optionalProse(record.uint32(4)),
            details: isBrief ? "" : try optionalProse(record.uint32(8)), severity: rating.severity,
            cvssScore: rating.cvssScore, cvssVector: try optionalText(record.uint32(12)),
            severitySource: rating.severitySource, epss: rating.epss, kev: rating.kev,
            exploits: rating.exploits, ssvc: rating.ssvc, risk: rating.risk,
            published: record.time(72),
            modified: record.time(80), references: isBrief ? [] : try references(record),
            advisories: isBrief ? [] : try advisories(record))
    }

    /// Reads how bad a vulnerability is.
    func rating(_ record: Record) throws(IndexError) -> VulnerabilityRating {
        let severity = try severity(record)
        let flags = record.uint8(18)
        let score = flags & 1 == 0 ? nil : record.double(48)
        let epss = flags & 2 == 0 ? nil : EPSSScore(probability: record.double(56), percentile: record.double(64))
        let kev = try exploitation(record.uint32(20))
        let exploits = try exploits(record.uint32(112))
        return VulnerabilityRating(
            severity: severity, severitySource: try Self.source(record.uint8(17)), cvssScore: score, epss: epss,
            kev: kev, exploits: exploits, ssvc: SSVCDecisionPoints(indexCode: record.uint8(19)),
            risk: Risk(cvss: score, severity: severity, epss: epss, exploitation: kev, exploits: exploits))
    }

    func severity(_ record: Record) throws(IndexError) -> Severity {
        let code = Int(record.uint8(16))
        guard code < Self.severities.count else { throw .damaged(what: "a severity") }
        return Self.severities[code]
    }

    /// Kept, because `allCases` makes a list at each call.
    private static let severities = Severity.allCases

    private func optionalProse(_ position: UInt32) throws(IndexError) -> String {
        position == IndexFormat.none ? "" : try prose(position)
    }

    private func texts(_ record: Record, at offset: Int) throws(IndexError) -> [String] {
        let run = try run(.lists, start: record.uint32(offset), count: record.uint32(offset + 4))
        var texts: [String] = []
        texts.reserveCapacity(run.count)
        for index in run { texts.append(try text(try self.record(.lists, index).uint32(0))) }
        return texts
    }

    private func references(_ record: Record) throws(IndexError) -> [String] {
        var urls: [String] = []
        for position in try list(start: record.uint32(32), count: record.uint32(36)) {
            urls.append(try prose(position))
        }
        return urls
    }

    /// Advisory ids, ascending as their numbers are; one id may come from several feeds.
    private func advisories(_ vulnerability: Record) throws(IndexError) -> [String] {
        var ids: [String] = []
        for number in try list(start: vulnerability.uint32(40), count: vulnerability.uint32(44)) {
            let id = try text(try record(.advisories, number).uint32(0))
            if ids.last != id { ids.append(id) }
        }
        return ids
    }

    private func exploitation(_ number: UInt32) throws(IndexError) -> KnownExploitation? {
        guard number != IndexFormat.none else { return nil }
        let record = try record(.exploited, number)
        let due = record.uint32(4) == IndexFormat.none ? nil : try text(record.uint32(4))
        return KnownExploitation(
            dateAdded: try text(record.uint32(0)), dueDate: due, ransomware: record.uint32(8) & 1 == 1)
    }

    private func exploits(_ number: UInt32) throws(IndexError) -> PublicExploits? {
        guard number != IndexFormat.none else { return nil }
        let record = try record(.exploits, number)
        var modules: [String] = []
        for position in try list(start: record.uint32(12), count: record.uint32(16)) {
            modules.append(try text(position))
        }
        return PublicExploits(
            exploitDatabase: try list(start: record.uint32(0), count: record.uint32(4)).map { Int($0) },
            isVerified: record.uint32(8) & 1 != 0, metasploit: modules)
    }

    private static func source(_ code: UInt8) throws(IndexError) -> String? {
        switch code {
        case 0: return nil
        case 1: return SeverityStatement.Origin.vendor.rawValue
        case 2: return SeverityStatement.Origin.cna.rawValue
        case 3: return SeverityStatement.Origin.nvd.rawValue
        case 4: return SeverityStatement.Origin.github.rawValue
        default: throw .damaged(what: "a severity's origin")
        }
    }
}
