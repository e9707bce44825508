import Archives
import JSONDocuments

/// Reads the National Vulnerability Database: pages of its API 2.0, as snapshot and increments.
///
/// One record is held at a time. Products become ``AffectedPackage``s in the scopes `cpe:a`, `cpe:o` and `cpe:h` under the name
/// `vendor:product`; platforms and attributes behind the version become their ``Condition``. Rejected records are withdrawn. What the
/// NVD repeats of KEV is not read: that catalogue speaks for itself.
///
/// - Source: <https://nvd.nist.gov/developers/vulnerabilities>
public enum NVDFeed {
    /// Reads a page, or every page in a folder.
    ///
    /// Of a record that stands in several pages the one changed last counts, of equal ones that of the last page by name. A broken
    /// record is set aside under its id, or as `page.json record 12`; a part of a record that cannot be read is set aside likewise, and
    /// the rest goes on.
    ///
    /// - Parameter path: A page, plain or compressed, or a folder with `*.json` and their compressed forms. A folder of several pages is
    ///   read twice.
    /// - Throws: `ArchiveError`, ``FeedError``, or what the sink throws.
    @discardableResult
    public static func read(
        _ path: String, feed: FeedID = .nvd, limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        let pages = try FeedFiles.list(path) { FeedFiles.isNamed($0, type: "json") }
        let newest = pages.count > 1 ? try newestRecords(pages, limits: limits) : NewestRecords()
        var reader = NVDReader(feed: feed, newest: newest, limits: limits)
        for page in pages {
            reader.end(
                try forEachRecord(page, limits: limits) { try reader.take($0, at: $1, in: page, to: &sink) })
        }
        return reader.finished
    }

    /// Reads one page that is in memory.
    ///
    /// - Parameter name: Names the page in issues and errors.
    @discardableResult
    public static func read(
        bytes: [UInt8], named name: String = "page", feed: FeedID = .nvd, limits: FeedLimits = .standard,
        into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reader = NVDReader(feed: feed, newest: NewestRecords(), limits: limits)
        var page = NVDPage(limits: limits)
        do {
            try bytes.withUnsafeBytes { bytes in
                try page.feed(bytes) { try reader.take($0, at: $1, in: name, to: &sink) }
            }
            try page.finish(path: name)
        } catch let fault as JSONDocumentError {
            throw FeedError.malformed(path: name, fault: fault)
        }
        reader.end(page.head)
        return reader.finished
    }

    /// What a page says of itself, read without its records.
    ///
    /// - Throws: ``FeedError`` when it is no whole page.
    public static func head(ofPage bytes: [UInt8], named name: String = "page", limits: FeedLimits = .standard) throws
        -> NVDPageHead
    {
        var page = NVDPage(limits: limits)
        do {
            try bytes.withUnsafeBytes { try page.feed($0) { _, _ in } }
            try page.finish(path: name)
        } catch let fault as JSONDocumentError {
            throw FeedError.malformed(path: name, fault: fault)
        }
        return page.head
    }

    /// CISA's decision points, which the NVD repeats for newer records.
    ///
    /// - Throws: `ArchiveError` or ``FeedError``.
    public static func readIntelligence(
        _ path: String, feed: FeedID = .nvd, limits: FeedLimits = .standard
    ) throws -> IntelligenceReading {
        var result = IntelligenceReading(feed: feed)
        for page in try FeedFiles.list(path, where: { FeedFiles.isNamed($0, type: "json") }) {
            try forEachRecord(page, limits: limits) { record, _ in
                guard let value = try? record.get(), let record = try? NVDRecord(value),
                    let points = record.decisionPoints
                else { return }
                result.intelligence.ssvc[record.id] = points
                result.reading.records += 1
                if let changed = record.modified {
                    result.reading.date = max(result.reading.date ?? changed, changed)
                }
            }
        }
        return result
    }

    /// Turns one parsed record into an advisory, without the parts that cannot be read.
    ///
    /// - Parameter record: An element of a page's `vulnerabilities`.
    /// - Throws: ``FeedRecordIssue`` with the record's id if it has one.
    public static func parse(record: JSONValue, feed: FeedID = .nvd) throws(FeedRecordIssue) -> Advisory {
        do throws(RecordFault) {
            return try NVDRecord(record).advisory(feed: feed).advisory
        } catch {
            let name = (record["cve"] ?? record)["id"]?.string ?? "record without id"
            throw FeedRecordIssue(feed: feed, record: name, reason: error.description)
        }
    }

    private static func newestRecords(_ pages: [String], limits: FeedLimits) throws -> NewestRecords {
        var newest = NewestRecords()
        for page in pages {
            try forEachRecord(page, limits: limits) { record, _ in
                guard let value = try? record.get(), let record = try? NVDRecord(value) else { return newest.skip() }
                newest.note(record.id, changed: record.modified)
            }
        }
        return newest
    }

    /// Reads a page from a file; what it says of itself is known at its end.
    @discardableResult
    private static func forEachRecord(
        _ path: String, limits: FeedLimits, _ body: (Result<JSONValue, JSONDocumentError>, _ index: Int) throws -> Void
    ) throws -> NVDPageHead {
        var page = NVDPage(limits: limits)
        do {
            try Archive.forEachChunk(inCompressed: path, limit: limits.feedBytes) { try page.feed($0, body) }
            try page.finish(path: path)
        } catch let fault as JSONDocumentError {
            throw FeedError.malformed(path: path, fault: fault)
        }
        return page.head
    }
}

/// Counts and hands on the records of all pages.
struct NVDReader {
    private var reading: FeedReading
    private let newest: NewestRecords
    private let limits: FeedLimits
    /// The place of the next record in reading order.
    private var place = 0
    /// The newest answer's time.
    private var answered: Int64?

    init(feed: FeedID, newest: NewestRecords, limits: FeedLimits) {
        reading = FeedReading(feed: feed)
        self.newest = newest
        self.limits = limits
    }

    mutating func take(
        _ record: Result<JSONValue, JSONDocumentError>, at index: Int, in page: String, to sink: inout some AdvisorySink
    ) throws {
        defer { place += 1 }
        guard place < limits.records else {
            throw FeedError.unexpected(path: page, reason: "has more than \(limits.records) records")
        }
        var name = "\(FeedFiles.name(page)) record \(index + 1)"
        let outcome: (advisory: Advisory, faults: [RecordFault])
        do {
            let record = try NVDRecord(try record.get())
            name = record.id
            guard newest.isNewest(record.id, at: place) else { return }
            outcome = try record.advisory(feed: reading.feed)
        } catch let fault as JSONDocumentError {
            return reading.setAside(name, fault.description, in: &sink)
        } catch let fault as RecordFault {
            return reading.setAside(name, fault.description, in: &sink)
        }
        for fault in outcome.faults { reading.setAside(name, fault.description, in: &sink) }
        try reading.pass(outcome.advisory, to: &sink)
    }

    /// Takes the time of a page that was read to its end.
    mutating func end(_ head: NVDPageHead) {
        if let timestamp = head.timestamp { answered = max(answered ?? timestamp, timestamp) }
    }

    /// The counts; the date is the newest answer's, else the newest record's.
    var finished: FeedReading {
        var finished = reading
        finished.date = answered ?? reading.date
        return finished
    }
}
