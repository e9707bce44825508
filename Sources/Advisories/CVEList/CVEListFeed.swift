import Archives
import JSONDocuments

/// Reads the CVE list: records of CVE JSON 5, with what numbering authorities say and CISA adds.
///
/// - A rejected record is withdrawn.
/// - Products become ``AffectedPackage``s under the ecosystem when `packageURL` or `collectionURL` names one we know, else under
///   `cpe:a`, `cpe:o` or `cpe:h` when CPE names are given.
/// - Authorities' ranges are written for people, often from memory, and repeated by nobody's tests. So they are evidence of the last
///   resort: in an ecosystem its own advisories decide, and for a product the NVD's configuration does; only where those say nothing of
///   the vulnerability do these ranges count. `StatementRank` gives this feed the last rank.
/// - CISA's ratings stand behind the authority's (see `CISAContainer`); its decision points are ``readIntelligence(_:feed:limits:)``.
///
/// - Source: <https://github.com/CVEProject/cvelistV5>, schema <https://github.com/CVEProject/cve-schema>; CISA's container
///   <https://github.com/cisagov/vulnrichment>.
public enum CVEListFeed {
    /// Reads a record, an archive of records, or a folder of either.
    ///
    /// Records are files `CVE-….json` at any depth. Other JSON files are set aside, but for the list's own `delta.json`, `deltaLog.json`
    /// and `recent_activities.json`; files of other types are not looked at. Of a record that is in several archives or files, the
    /// one updated last counts; such folders are read twice. A broken record is set aside under its id or file name, a broken
    /// part of a record likewise, and the rest goes on.
    ///
    /// - Parameter path: A `.json` file, plain or compressed; a zip or tar archive, as its content says; or a folder.
    /// - Throws: `ArchiveError`, ``FeedError``, or what the sink throws.
    @discardableResult
    public static func read(
        _ path: String, feed: FeedID = .cveList, limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let files = try CVEListFiles(path)
        let newest = try files.repeatsRecords ? newestRecords(files, limits: limits) : NewestRecords()
        let parser = JSONParser()
        var place = 0
        try files.forEach(limits: limits) { name, bytes in
            guard let bytes else { return reading.setAside(name, "is not a CVE record", in: &sink) }
            defer { place += 1 }
            try pass(
                bytes, named: name, parser: parser, isWanted: { newest.isNewest($0, at: place) }, reading: &reading,
                to: &sink)
        }
        return reading
    }

    /// Reads one record that is in memory.
    ///
    /// - Parameter name: Names the record in issues when it has no id.
    @discardableResult
    public static func read(
        bytes: [UInt8], named name: String = "record", feed: FeedID = .cveList, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        try pass(bytes, named: name, parser: JSONParser(), isWanted: { _ in true }, reading: &reading, to: &sink)
        return reading
    }

    /// Reads CISA's decision points.
    ///
    /// What cannot be read as a record is set aside under its file name.
    ///
    /// - Parameter path: As for ``read(_:feed:limits:into:)``.
    /// - Throws: `ArchiveError` or ``FeedError``.
    public static func readIntelligence(
        _ path: String, feed: FeedID = .cveList, limits: FeedLimits = .standard
    ) throws -> IntelligenceReading {
        var result = IntelligenceReading(feed: feed)
        let files = try CVEListFiles(path)
        let newest = try files.repeatsRecords ? newestRecords(files, limits: limits) : NewestRecords()
        let parser = JSONParser()
        var place = 0
        try files.forEach(limits: limits) { name, bytes in
            guard let bytes else { return }
            defer { place += 1 }
            do {
                let record = try CVERecord(try parser.parse(bytes))
                guard newest.isNewest(record.id, at: place), let points = record.decisionPoints else { return }
                result.intelligence.ssvc[record.id] = points
                result.reading.records += 1
                if let changed = record.modified {
                    result.reading.date = max(result.reading.date ?? changed, changed)
                }
            } catch {
                result.setAside(name, "\(error)")
            }
        }
        return result
    }

    /// Turns one parsed record into an advisory, without the parts that cannot be read.
    ///
    /// - Throws: ``FeedRecordIssue`` with the record's id if it has one.
    public static func parse(record: JSONValue, feed: FeedID = .cveList) throws(FeedRecordIssue) -> Advisory {
        do throws(RecordFault) {
            return try CVERecord(record).advisory(feed: feed).advisory
        } catch {
            let name = record["cveMetadata"]?["cveId"]?.string ?? "record without id"
            throw FeedRecordIssue(feed: feed, record: name, reason: error.description)
        }
    }

    private static func newestRecords(_ files: CVEListFiles, limits: FeedLimits) throws -> NewestRecords {
        var newest = NewestRecords()
        let parser = JSONParser()
        try files.forEach(limits: limits) { _, bytes in
            guard let bytes else { return }
            guard let root = try? parser.parse(bytes), let record = try? CVERecord(root) else { return newest.skip() }
            newest.note(record.id, changed: record.modified)
        }
        return newest
    }

    private static func pass(
        _ bytes: [UInt8], named name: String, parser: JSONParser, isWanted: (String) -> Bool,
        reading: inout FeedReading, to sink: inout some AdvisorySink
    ) throws {
        var name = name
        let outcome: (advisory: Advisory, faults: [RecordFault])
        do {
            let record = try CVERecord(try parser.parse(bytes))
            name = record.id
            guard isWanted(record.id) else { return }
            outcome = try record.advisory(feed: reading.feed)
        } catch let fault as JSONDocumentError {
            return reading.setAside(name, fault.description, in: &sink)
        } catch let fault as RecordFault {
            return reading.setAside(name, fault.description, in: &sink)
        }
        for fault in outcome.faults { reading.setAside(name, fault.description, in: &sink) }
        try reading.pass(outcome.advisory, to: &sink)
    }
}
