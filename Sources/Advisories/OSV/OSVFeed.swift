import Archives
import JSONDocuments

/// Reads advisories in the OSV format: `all.zip` exports of an ecosystem, and single records.
///
/// Source: <https://ossf.github.io/osv-schema/>, <https://google.github.io/osv.dev/data/>. Cost: about 25 µs a record,
/// unpacking included.
public enum OSVFeed {
    /// Reads every record of an export, one at a time.
    ///
    /// A record that is broken is set aside under its file name. A broken archive ends the reading: what was handed over
    /// before is then only a part of the feed.
    ///
    /// - Parameter replaced: File names that are stepped over, because newer records stand elsewhere.
    /// - Throws: `ArchiveError`, or what the sink throws.
    @discardableResult
    public static func read(
        zip path: String, except replaced: Set<String> = [], feed: FeedID, limits: FeedLimits = .standard,
        into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let parser = JSONParser()
        try Archive.forEachEntry(
            in: path, entryLimit: limits.recordBytes, totalLimit: limits.feedBytes, countLimit: limits.records
        ) { name, bytes in
            if !replaced.isEmpty && replaced.contains(name) { return }
            try pass(entry: bytes, named: name, parser: parser, reading: &reading, to: &sink)
        }
        return reading
    }

    /// Reads records that somebody else takes out of an export.
    ///
    /// - Parameter entries: Hands over the files of the export, each with its name.
    /// - Throws: What `entries` throws, or the sink.
    public static func read(
        feed: FeedID, into sink: inout some AdvisorySink,
        entries: (_ body: (_ name: String, _ bytes: [UInt8]) throws -> Void) throws -> Void
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let parser = JSONParser()
        try entries { name, bytes in
            try pass(entry: bytes, named: name, parser: parser, reading: &reading, to: &sink)
        }
        return reading
    }

    /// Reads one record from a file, plain or compressed.
    ///
    /// - Throws: `ArchiveError`, or what the sink throws. A broken record is set aside, as in an export.
    @discardableResult
    public static func read(
        file path: String, feed: FeedID, limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let bytes = try Archive.readCompressed(path, limit: limits.recordBytes)
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) } ?? nil
        try pass(bytes, named: name ?? path, parser: JSONParser(), reading: &reading, to: &sink)
        return reading
    }

    /// Turns one parsed record into an advisory.
    ///
    /// Fields that decide a match (id, aliases, withdrawal, packages, ranges) must have their right types; fields that only
    /// describe (texts, dates, severities, references) count as absent otherwise.
    ///
    /// - Throws: ``FeedRecordIssue`` with the record's id if it has one.
    public static func parse(record: JSONValue, feed: FeedID) throws(FeedRecordIssue) -> Advisory {
        do throws(RecordFault) {
            return try OSVRecord(record).advisory(feed: feed)
        } catch {
            let name = record["id"]?.string ?? "record without id"
            throw FeedRecordIssue(feed: feed, record: name, reason: error.description)
        }
    }

    private static func pass(
        entry bytes: [UInt8], named name: String, parser: JSONParser, reading: inout FeedReading,
        to sink: inout some AdvisorySink
    ) throws {
        guard name.hasSuffix(".json") else { return reading.setAside(name, "is not a .json file", in: &sink) }
        try pass(bytes, named: name, parser: parser, reading: &reading, to: &sink)
    }

    private static func pass(
        _ bytes: [UInt8], named name: String, parser: JSONParser, reading: inout FeedReading,
        to sink: inout some AdvisorySink
    ) throws {
        let advisory: Advisory
        do {
            advisory = try OSVRecord(try parser.parse(bytes)).advisory(feed: reading.feed)
        } catch let error as JSONDocumentError {
            return reading.setAside(name, error.description, in: &sink)
        } catch let error as RecordFault {
            return reading.setAside(name, error.description, in: &sink)
        }
        try reading.pass(advisory, to: &sink)
    }
}
