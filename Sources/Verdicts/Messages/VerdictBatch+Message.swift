import Matching
import PackageIdentity

/// What is asked of an index about many packages.
package struct VerdictQuestion: Sendable, Equatable {
    /// The index that has to answer, its digest; `nil` leaves it to the one who answers.
    package let index: String?
    /// The packages, as texts.
    package let packages: [String]

    package init(index: String?, packages: [String]) {
        self.index = index
        self.packages = packages
    }

    /// As a message.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.verdictQuestion, capacity: 64 + packages.count * 64)
        writer.optional(index)
        writer.texts(packages)
        return writer.bytes
    }

    /// Reads a message.
    ///
    /// - Parameter limit: Most packages.
    package init(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(MessageError) {
        self = try MessageReader.read(.verdictQuestion, from: bytes) { (reader) throws(MessageError) in
            let index = try reader.optionalDigest()
            let count = try reader.count(of: 1, atMost: limit)
            var packages: [String] = []
            packages.reserveCapacity(count)
            for _ in 0..<count { packages.append(try reader.text()) }
            return VerdictQuestion(index: index, packages: packages)
        }
    }
}

extension VerdictBatch {
    /// As a message: the vulnerabilities named, then the verdicts, which refer to them.
    package func message() -> [UInt8] {
        var writer = MessageWriter(.verdictAnswer, capacity: 256 + vulnerabilities.count * 1_500)
        writer.text(indexDigest)
        var places: [String: Int] = [:]
        writer.count(vulnerabilities.count)
        for record in vulnerabilities {
            places[record.id] = places.count
            writer.record(record)
        }
        // Those that a damaged index names and does not describe.
        var undescribed: [String] = []
        for verdict in verdicts.joined() where places[verdict.vulnerability] == nil {
            places[verdict.vulnerability] = places.count
            undescribed.append(verdict.vulnerability)
        }
        writer.texts(undescribed)
        writer.count(verdicts.count)
        for list in verdicts {
            writer.count(list.count)
            for verdict in list { writer.verdict(verdict, at: places[verdict.vulnerability] ?? 0) }
        }
        return writer.bytes
    }

    /// Reads a message.
    ///
    /// - Parameter packages: How many were asked for: there is one list of verdicts for each.
    package init(_ bytes: UnsafeRawBufferPointer, packages: Int) throws(MessageError) {
        self = try MessageReader.read(.verdictAnswer, from: bytes) { (reader) throws(MessageError) in
            let digest = try reader.digest()
            let records = try reader.records()
            let ids = records.map(\.id) + (try reader.texts())
            let count = try reader.count(of: 1)
            guard count == packages else { throw .malformed("\(count) lists of verdicts for \(packages) packages") }
            var verdicts: [[Verdict]] = []
            verdicts.reserveCapacity(count)
            for _ in 0..<count { verdicts.append(try reader.verdicts(ids)) }
            return VerdictBatch(verdicts: verdicts, vulnerabilities: records, indexDigest: digest)
        }
    }
}

extension MessageWriter {
    fileprivate mutating func verdict(_ verdict: Verdict, at place: Int) {
        count(place)
        choice(verdict.status)
        choice(verdict.confidence)
        flags(Flags(verdict.fixedVersion != nil, verdict.urgency != nil))
        word(verdict.reason)
        if let version = verdict.fixedVersion { word(version) }
        if let urgency = verdict.urgency { word(urgency) }
        texts(verdict.advisories)
    }

    /// A text that may be missing.
    mutating func optional(_ value: String?) {
        flags(Flags(value != nil))
        if let value { text(value) }
    }

    mutating func records(_ records: [VulnerabilityRecord]) {
        count(records.count)
        for record in records { self.record(record) }
    }
}

extension MessageReader {
    /// Bytes that a verdict, and a record, has at least.
    private static let verdictSize = 6
    private static let recordSize = 8

    fileprivate mutating func verdicts(_ ids: [String]) throws(MessageError) -> [Verdict] {
        let count = try count(of: Self.verdictSize)
        var verdicts: [Verdict] = []
        verdicts.reserveCapacity(count)
        for _ in 0..<count { verdicts.append(try verdict(ids)) }
        return verdicts
    }

    private mutating func verdict(_ ids: [String]) throws(MessageError) -> Verdict {
        let place = try number()
        guard place < UInt64(ids.count) else { throw .malformed("a vulnerability that is not there") }
        let status: VerdictStatus = try choice("a status")
        let confidence: Confidence = try choice("a confidence")
        let flags = try flags(2)
        let reason = try word()
        let version = flags[0] ? try word() : nil
        let urgency = flags[1] ? try word() : nil
        return Verdict(
            vulnerability: ids[Int(place)], advisories: try texts(), status: status, fixedVersion: version,
            reason: reason, urgency: urgency, confidence: confidence)
    }

    mutating func records() throws(MessageError) -> [VulnerabilityRecord] {
        let count = try count(of: Self.recordSize)
        var records: [VulnerabilityRecord] = []
        records.reserveCapacity(count)
        for _ in 0..<count { records.append(try record()) }
        return records
    }

    mutating func optionalText() throws(MessageError) -> String? { try flags(1)[0] ? try text() : nil }

    mutating func optionalDigest() throws(MessageError) -> String? { try flags(1)[0] ? try digest() : nil }
}
