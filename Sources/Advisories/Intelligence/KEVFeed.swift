import Archives
import JSONDocuments
import Scoring

/// Reads CISA's catalogue: `{"dateReleased": …, "vulnerabilities": [{"cveID": …, "dateAdded": …}, …]}`.
enum KEVFeed {
    static func read(_ path: String, limits: FeedLimits) throws -> IntelligenceReading {
        let bytes = try Archive.readCompressed(path, limit: limits.recordBytes)
        let root: JSONValue
        do throws(JSONDocumentError) {
            root = try JSONParser().parse(bytes)
        } catch {
            throw FeedError.malformed(path: path, fault: error)
        }
        guard let entries = root["vulnerabilities"]?.array else {
            throw FeedError.unexpected(path: path, reason: "has no list of vulnerabilities")
        }
        var result = IntelligenceReading(feed: .kev)
        result.reading.date = root["dateReleased"]?.string.flatMap { Timestamp.parse($0) }
        for (index, entry) in entries.enumerated() {
            take(entry, index: index, into: &result)
        }
        return result
    }

    private static func take(_ entry: JSONValue, index: Int, into result: inout IntelligenceReading) {
        let id = entry["cveID"]?.withUTF8String { CVEIdentifier.canonical($0) } ?? nil
        guard let id else { return result.setAside("entry \(index + 1)", "cveID is missing or no CVE id") }
        guard let added = date(entry["dateAdded"]) else { return result.setAside(id, "dateAdded is not a date") }
        result.intelligence.kev[id] = KnownExploitation(
            dateAdded: added, dueDate: date(entry["dueDate"]),
            ransomware: entry["knownRansomwareCampaignUse"]?.isString("Known") ?? false)
        result.reading.records += 1
    }

    /// An ISO date, checked but kept as text; `nil` when it is none.
    private static func date(_ value: JSONValue?) -> String? {
        value?.string.flatMap { $0.utf8.count == 10 && Timestamp.parse($0) != nil ? $0 : nil }
    }
}
