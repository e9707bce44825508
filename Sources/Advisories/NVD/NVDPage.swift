import JSONDocuments

/// What a page of the NVD's API says of itself.
///
/// - Source: <https://nvd.nist.gov/developers/vulnerabilities>
public struct NVDPageHead: Sendable, Hashable {
    /// The place of the page's first record among all that were asked for, from 0.
    public internal(set) var startIndex: Int?
    /// How many records the page says to have.
    public internal(set) var resultsPerPage: Int?
    /// How many records were asked for over all pages.
    public internal(set) var totalResults: Int?
    /// When the answer was made, in Unix seconds; the next increment starts here.
    public internal(set) var timestamp: Int64?
    /// How many records the page has.
    public internal(set) var records = 0

    /// Whether the page has the records it says to have.
    public var isComplete: Bool { resultsPerPage == records }

    /// Where the next page starts; `nil` after the last one, and when the page does not say.
    public var nextStartIndex: Int? {
        guard let startIndex, let totalResults, records > 0 else { return nil }
        let (next, overflow) = startIndex.addingReportingOverflow(records)
        return !overflow && next < totalResults ? next : nil
    }

    mutating func take(member value: JSONValue, named name: String) {
        switch name {
        case "startIndex": startIndex = value.int.flatMap { $0 >= 0 ? $0 : nil }
        case "resultsPerPage": resultsPerPage = value.int
        case "totalResults": totalResults = value.int
        case "timestamp": timestamp = value.string.flatMap { Timestamp.parse($0) ?? Timestamp.parse($0 + "Z") }
        default: break
        }
    }
}

/// Reads one page piece by piece: `{"resultsPerPage": …, "vulnerabilities": [{"cve": {…}}, …]}`.
struct NVDPage {
    private var splitter: JSONListSplitter
    private let parser = JSONParser()
    private(set) var head = NVDPageHead()

    init(limits: FeedLimits) {
        splitter = JSONListSplitter(list: "vulnerabilities", pieceLimit: limits.recordBytes)
    }

    /// Hands over each record that ends in the chunk, with its place in the page from 0.
    mutating func feed(
        _ chunk: UnsafeRawBufferPointer, _ body: (Result<JSONValue, JSONDocumentError>, _ index: Int) throws -> Void
    ) throws {
        let parser = parser
        var head = head
        defer { self.head = head }
        try splitter.feed(chunk) { piece in
            switch piece {
            case .element(let bytes, let index):
                head.records += 1
                let element = Result { () throws(JSONDocumentError) in try parser.parse(bytes) }
                try body(element, index)
            case .member(let bytes):
                guard let (name, value) = try parser.parse(bytes).object?.first(where: { _ in true }) else { return }
                head.take(member: value, named: name)
            }
        }
    }

    /// Says that the page is over.
    ///
    /// - Throws: `JSONDocumentError` when it was cut off, ``FeedError`` when it has no list of records.
    func finish(path: String) throws {
        try splitter.finish()
        guard splitter.sawList else {
            throw FeedError.unexpected(path: path, reason: "has no list of vulnerabilities")
        }
    }
}
