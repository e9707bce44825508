import Archives
import JSONDocuments

/// Reads the Debian Security Tracker's JSON: source package → CVE → what each release has.
///
/// The file is one object of 30 to 70 MB. It is cut into its source packages while it is unpacked, so memory holds one of
/// them at a time. Each pair of source and CVE becomes one advisory under the CVE's id.
///
/// Source: <https://security-tracker.debian.org/tracker/data/json>,
/// <https://security-team.debian.org/security_tracker.html>
public enum DebianTrackerFeed {
    /// Reads the file, plain or compressed.
    ///
    /// A broken pair of source and CVE is set aside as `openssl CVE-2023-0464`, a broken source under its name.
    ///
    /// - Throws: `ArchiveError` for a damaged file, ``FeedError/malformed(path:fault:)`` when it is no object of sources,
    ///   or what the sink throws.
    @discardableResult
    public static func read(
        _ path: String, feed: FeedID = .debianTracker, limits: FeedLimits = .standard,
        into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        var splitter = JSONMemberSplitter(memberLimit: limits.recordBytes)
        let parser = JSONParser()
        do {
            try Archive.forEachChunk(inCompressed: path, limit: limits.feedBytes) { chunk in
                try splitter.feed(chunk) { member, offset in
                    try passSource(member, at: offset, of: path, parser: parser, reading: &reading, to: &sink)
                }
            }
            try splitter.finish()
        } catch let fault as JSONDocumentError {
            throw FeedError.malformed(path: path, fault: fault)
        }
        return reading
    }

    /// - Parameter offset: Where it begins in the file; `nil` where nobody knows, and a source without a name is an error.
    static func passSource(
        _ member: [UInt8], at offset: Int?, of path: String, parser: JSONParser, reading: inout FeedReading,
        to sink: inout some AdvisorySink
    ) throws {
        func setAsideByPlace(_ reason: String) throws {
            guard let offset else { throw FeedError.unexpected(path: path, reason: "a source \(reason)") }
            reading.setAside("source at byte \(offset)", reason, in: &sink)
        }

        let root: JSONValue
        do throws(JSONDocumentError) {
            root = try parser.parse(member)
        } catch {
            return try setAsideByPlace(error.description)
        }
        guard let (source, value) = root.object?.first(where: { _ in true }) else { return }
        guard !source.isEmpty else {
            return try setAsideByPlace("has no name")
        }
        guard let pairs = value.object else {
            return reading.setAside(source, "is not an object of vulnerabilities", in: &sink)
        }
        for (id, facts) in pairs {
            let advisory: Advisory
            do throws(RecordFault) {
                advisory = try DebianTrackerRecord(source: source, id: id, facts: facts).advisory(feed: reading.feed)
            } catch {
                reading.setAside("\(source) \(id)", error.description, in: &sink)
                continue
            }
            try reading.pass(advisory, to: &sink)
        }
    }
}
