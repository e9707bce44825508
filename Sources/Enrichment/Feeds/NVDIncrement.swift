import BoundedInput
import Foundation
import JSONDocuments

/// Fetches the NVD: all of it once, page by page, and after that the records that changed.
///
/// Pages are kept as they came, one file each; of a record that stands in several, the reader takes the one changed last. Pages of
/// changes are filled up before a new one begins. What was fetched of an unfinished run is kept in a hidden folder beside the snapshots,
/// and the next sync goes on from there. Once changes make up half of the pages, all is fetched again.
///
/// - Source: <https://nvd.nist.gov/developers/vulnerabilities>, <https://nvd.nist.gov/developers/api-workflows>
struct NVDIncrement: Sendable {
    let client: NVDClient
    /// The API's URL without a query.
    let url: String
    var now: @Sendable () -> Date = { Date() }

    /// Records of one page, as many as the API gives.
    static let pageSize = 2_000
    /// The longest time that one question about changes may span.
    static let windowLimit: TimeInterval = 120 * 86_400
    /// Times of two machines differ, and changes show up late: each question goes back this much.
    static let overlap: TimeInterval = 600

    func fetch(to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        let place = NVDRun.folder(beside: held.path)
        var run = NVDRun.load(place) ?? plan(held)
        if run.base != held.cursor?.text { run = plan(held) }
        while let question = run.nextQuestion {
            let bytes = try await client.page(url + question)
            let page = try NVDPageHead(bytes, startIndex: run.startIndex)
            if page.count > 0 { try run.keep(bytes, in: place) }
            run.advance(by: page, pageSize: Self.pageSize)
            try run.save(place)
            client.progress("nvd: \(min(run.startIndex, page.total)) of \(page.total) records")
        }
        let outcome = try finish(run, place: place, staging: staging, held: held)
        try? FileManager.default.removeItem(atPath: place)
        return outcome
    }

    private func plan(_ held: HeldSnapshot) -> NVDRun {
        let now = now()
        try? FileManager.default.removeItem(atPath: NVDRun.folder(beside: held.path))
        guard held.canGrow, !NVDPages(held.path).isOvergrown, let text = held.cursor?.text,
            let since = try? Date(text, strategy: .iso8601)
        else { return NVDRun(base: held.cursor?.text, cursor: now.ISO8601Format(), windows: [nil]) }
        var windows: [NVDRun.Window?] = []
        var start = since.addingTimeInterval(-Self.overlap)
        while start < now {
            let end = min(start.addingTimeInterval(Self.windowLimit), now)
            windows.append(NVDRun.Window(start: start, end: end))
            start = end
        }
        return NVDRun(base: text, cursor: now.ISO8601Format(), windows: windows)
    }

    private func finish(_ run: NVDRun, place: String, staging: String, held: HeldSnapshot) throws -> FetchOutcome {
        let cursor = FeedCursor(
            text: run.cursor,
            wholeAt: run.isWhole ? Int64(now().timeIntervalSince1970) : held.cursor?.wholeAt ?? 0)
        let pages = run.pages(in: place)
        if !run.isWhole {
            let before = NVDPages(held.path)
            try before.link(to: staging)
            try NVDPages(staging).append(pages, after: before.lastChange)
        } else {
            for (number, page) in pages.enumerated() {
                try SnapshotFiles.link(page, to: "\(staging)/\(NVDPages.name(number, isChange: false))")
            }
        }
        return .fetched(nil, cursor: cursor)
    }
}

/// How far a run of questions has come; kept on disk, so that an interruption costs one page.
struct NVDRun: Codable, Sendable {
    /// A time of changes to ask for.
    struct Window: Codable, Sendable {
        let start: Date
        let end: Date
    }

    /// The cursor that the run started from; a run that started from another one is of no use.
    let base: String?
    /// Where the cursor stands once the run is finished: the time at its start.
    let cursor: String
    /// What is asked for, in turn; `nil` asks for everything.
    let windows: [Window?]
    private(set) var window = 0
    private(set) var startIndex = 0
    private(set) var pageCount = 0

    init(base: String?, cursor: String, windows: [Window?]) {
        self.base = base
        self.cursor = cursor
        self.windows = windows
    }

    var isWhole: Bool { windows.contains { $0 == nil } }

    /// The query of the next page; `nil` when all were asked for.
    var nextQuestion: String? {
        guard windows.indices.contains(window) else { return nil }
        var query = "?resultsPerPage=\(NVDIncrement.pageSize)&startIndex=\(startIndex)"
        if let window = windows[window] {
            query += "&lastModStartDate=\(Self.text(window.start))&lastModEndDate=\(Self.text(window.end))"
        }
        return query
    }

    /// The API's form of a time, its `+` encoded.
    private static func text(_ date: Date) -> String {
        date.ISO8601Format().replacing("Z", with: ".000%2B00:00")
    }

    mutating func advance(by page: NVDPageHead, pageSize: Int) {
        startIndex += page.count
        if startIndex >= page.total {
            window += 1
            startIndex = 0
        }
    }

    // MARK: - On disk

    static func folder(beside snapshot: String) -> String {
        snapshot.parentFolder + "/.nvd-run"
    }

    private static func file(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 6 - "\(number)".count)) + "\(number).json.gz"
    }

    mutating func keep(_ page: [UInt8], in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(Gzip.compress(page)).write(to: URL(filePath: "\(folder)/\(Self.file(pageCount))"), options: .atomic)
        pageCount += 1
    }

    func pages(in folder: String) -> [String] { (0..<pageCount).map { "\(folder)/\(Self.file($0))" } }

    func save(_ folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONEncoder().encode(self).write(to: URL(filePath: folder + "/run.json"), options: .atomic)
    }

    /// The unfinished run of a folder; `nil` when there is none, or none whose pages are all there.
    static func load(_ folder: String) -> NVDRun? {
        guard let data = FileManager.default.contents(atPath: folder + "/run.json"),
            let run = try? JSONDecoder().decode(Self.self, from: data),
            run.pages(in: folder).allSatisfy(FileManager.default.fileExists(atPath:))
        else { return nil }
        return run
    }
}

/// What a page says of itself.
package struct NVDPageHead: Sendable, Equatable {
    package let total: Int
    package let count: Int

    /// - Throws: ``FeedFetchError/unreadable(_:)`` when it is no page, or another one than was asked for.
    package init(_ bytes: [UInt8], startIndex: Int) throws(FeedFetchError) {
        let page: JSONValue
        do {
            page = try JSONParser().parse(bytes)
        } catch {
            throw .unreadable("the NVD's answer is \(error)")
        }
        guard let total = page["totalResults"]?.int, total >= 0, let records = page["vulnerabilities"]?.array,
            page["startIndex"]?.int == startIndex
        else { throw .unreadable("the NVD's answer is no page of records from \(startIndex) on") }
        guard records.count > 0 || startIndex >= total else {
            throw .unreadable("the NVD's answer has no records though \(total - startIndex) are left")
        }
        self.total = total
        count = records.count
    }
}
