import Archives
import Scoring

/// Reads EPSS scores line by line: `#model_version:…,score_date:…`, `cve,epss,percentile`, then one CVE a line.
enum EPSSFeed {
    static func read(_ path: String, limits: FeedLimits) throws -> IntelligenceReading {
        var table = EPSSTable()
        var lines = LineSplitter(lineLimit: 4096)
        try Archive.forEachChunk(inCompressed: path, limit: limits.feedBytes) { chunk in
            lines.feed(chunk) { table.take($0) }
        }
        lines.finish { table.take($0) }
        guard table.hasHeader else {
            throw FeedError.unexpected(path: path, reason: "has no header line cve,epss,percentile")
        }
        return table.result
    }
}

/// The scores read so far.
private struct EPSSTable {
    private(set) var result = IntelligenceReading(feed: .epss)
    private(set) var hasHeader = false
    private var lineNumber = 0

    mutating func take(_ line: LineSplitter.Line) {
        lineNumber += 1
        guard case .whole(let bytes) = line else { return result.setAside("line \(lineNumber)", "is too long") }
        if bytes.isEmpty { return }
        if bytes.first == UInt8(ascii: "#") { return takeDate(bytes) }
        guard hasHeader else {
            hasHeader = bytes.starts(with: "cve,epss,percentile".utf8)
            if !hasHeader { result.setAside("line \(lineNumber)", "stands before the header") }
            return
        }
        takeScore(bytes)
    }

    private mutating func takeScore(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let fields = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count >= 3, let id = CVEIdentifier.canonical(fields[0]) else {
            return result.setAside("line \(lineNumber)", "does not start with a CVE id and two numbers")
        }
        guard let probability = Self.share(fields[1]), let percentile = Self.share(fields[2]) else {
            return result.setAside(id, "has a score outside 0 to 1")
        }
        result.intelligence.epss[id] = EPSSScore(probability: probability, percentile: percentile)
        result.reading.records += 1
    }

    private static func share(_ field: Slice<UnsafeRawBufferPointer>) -> Double? {
        guard field.count <= 32, let value = Double(String(decoding: field, as: UTF8.self)), 0...1 ~= value else {
            return nil
        }
        return value
    }

    /// `#model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000`
    private mutating func takeDate(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let line = String(decoding: bytes, as: UTF8.self)
        guard let field = line.split(separator: ",").first(where: { $0.hasPrefix("score_date:") }) else { return }
        // The offset is written without a colon, so only the day is read.
        result.reading.date = Timestamp.parse(field.dropFirst("score_date:".count).prefix(10))
    }
}
