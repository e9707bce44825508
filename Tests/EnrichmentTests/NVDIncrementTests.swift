import Advisories
import Foundation
import LoopbackTesting
import Synchronization
import Testing

@testable import Enrichment

/// Time that passes only when somebody sleeps.
private final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private let state = Mutex(Duration.zero)
    var now: Instant { Instant(offset: state.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { $0 = max($0, deadline.offset) }
    }
}

/// Syncs with a server that pages, bounds windows and refuses haste as the NVD's does.
@Suite(.timeLimit(.minutes(15))) struct NVDIncrementTests {
    private final class Publisher: Sendable {
        struct State {
            /// By number, the time of the last change.
            var changed: [Int: String] = [:]
            var queries: [String] = []
            var keys: [String?] = []
            var asked: [Duration] = []
            var refusals = 0
            /// Questions answered before the line breaks; `nil` never breaks.
            var answersLeft: Int?
            var failures: [LoopbackServer.Reply] = []
        }
        let state: Mutex<State>
        let clock = ManualClock()
        let limit: Int

        init(limit: Int, records: Int) {
            self.limit = limit
            var state = State()
            for number in 0..<records { state.changed[number] = "2026-01-01T00:00:00.000" }
            self.state = Mutex(state)
        }

        func serve(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
            let now = clock.now.offset
            return state.withLock { state in
                if !state.failures.isEmpty { return state.failures.removeFirst() }
                if let left = state.answersLeft {
                    guard left > 0 else { return .hangUp }
                    state.answersLeft = left - 1
                }
                state.keys.append(request.headers["apiKey"].first)
                state.asked.append(now)
                guard state.asked.filter({ $0 > now - .seconds(30) }).count <= limit else {
                    state.refusals += 1
                    return .answer(403)
                }
                state.queries.append(request.query)
                return Self.page(request.query, of: state.changed)
            }
        }

        private static func page(_ query: String, of changed: [Int: String]) -> LoopbackServer.Reply {
            let items = URLComponents(string: "?" + query)?.queryItems ?? []
            let values = Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
            var numbers = changed.keys.sorted()
            if let start = values["lastModStartDate"], let end = values["lastModEndDate"] {
                let span = Self.date(end).timeIntervalSince(Self.date(start))
                guard span <= 120 * 86_400, span >= 0 else { return .answer(404) }
                numbers = numbers.filter { (Self.date(start)...Self.date(end)).contains(Self.date(changed[$0] ?? "")) }
            }
            let from = Int(values["startIndex"] ?? "") ?? -1
            let size = Int(values["resultsPerPage"] ?? "") ?? 0
            guard from >= 0, 1...2_000 ~= size else { return .answer(404) }
            let records = numbers.dropFirst(from).prefix(size).map { number in
                #"{"cve":{"id":"CVE-2026-\#(10_000 + number)","published":"2026-01-01T00:00:00.000","lastModified":"\#(changed[number] ?? "")","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"d"}],"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:v:p\#(number):1.0:*:*:*:*:*:*:*"}]}]}]}}"#
            }
            let body =
                #"{"resultsPerPage":\#(records.count),"startIndex":\#(from),"totalResults":\#(numbers.count),"format":"NVD_CVE","version":"2.0","timestamp":"t","vulnerabilities":[\#(records.joined(separator: ","))]}"#
            return .answer(200, body: Array(body.utf8))
        }

        private static func date(_ text: String) -> Date {
            (try? Date(String(text.prefix(19)) + "Z", strategy: .iso8601)) ?? .distantPast
        }
    }

    private let outer: TemporaryFolder
    private let place: String

    init() throws {
        outer = try TemporaryFolder()
        place = outer.file("feeds/nvd")
        try FileManager.default.createDirectory(atPath: outer.file("feeds"), withIntermediateDirectories: true)
    }

    /// One fetch; what it brought takes the place of the snapshot.
    private func fetch(
        _ publisher: Publisher, url: String, key: String? = nil, cursor: FeedCursor? = nil,
        at time: String = "2026-01-02T00:00:00Z"
    ) async throws -> FeedCursor? {
        let now = try Date(time, strategy: .iso8601)
        return try await FeedDownloader.withClient(followsRedirects: false) { client in
            let increment = NVDIncrement(
                client: NVDClient(client: client, key: key, clock: publisher.clock, progress: { _ in }),
                url: url + "/rest", now: { now })
            let staging = outer.file("feeds/.staging/nvd")
            let held = HeldSnapshot(path: place, cursor: cursor)
            guard case .fetched(_, let cursor) = try await increment.fetch(to: staging, held: held) else { return nil }
            try SnapshotFiles.install(staging, at: place)
            return cursor
        }
    }

    private func read() throws -> [String: Int64] {
        var sink = CollectedAdvisories()
        try FeedSource(feed: .nvd, kind: .nvd, path: place).readAdvisories(into: &sink)
        #expect(sink.issues.isEmpty && Set(sink.advisories.map(\.id)).count == sink.advisories.count)
        return Dictionary(sink.advisories.map { ($0.id, $0.modified ?? 0) }) { $1 }
    }

    private func withServer(_ publisher: Publisher, _ body: (String) async throws -> Void) async throws {
        try await LoopbackServer.with(handler: { publisher.serve($0) }) { try await body($0.url) }
    }

    @Test(arguments: [(nil, 5), ("secret-key", 50)] as [(String?, Int)])
    func allPagesComeAtThePaceThatIsAllowed(key: String?, limit: Int) async throws {
        let publisher = Publisher(limit: limit, records: 13_000)
        try await withServer(publisher) { url in
            let cursor = try await fetch(publisher, url: url, key: key)
            #expect(cursor?.text == "2026-01-02T00:00:00Z")
            #expect(try read().count == 13_000)
            publisher.state.withLock { state in
                #expect(state.refusals == 0 && state.queries.count == 7)
                #expect(state.keys.allSatisfy { $0 == key })
                #expect(state.queries.allSatisfy { !$0.contains("secret") }, "the key stands in no URL")
            }
        }
    }

    @Test func afterThatOnlyWhatChangedIsAskedForInWindowsThatTheAPITakes() async throws {
        let publisher = Publisher(limit: 5, records: 2_500)
        try await withServer(publisher) { url in
            var cursor = try await fetch(publisher, url: url)
            publisher.state.withLock { state in
                state.queries = []
                state.changed[7] = "2026-09-01T00:00:00.000"
                state.changed[9_000] = "2026-03-01T00:00:00.000"
            }
            cursor = try await fetch(publisher, url: url, cursor: cursor, at: "2026-10-01T00:00:00Z")
            #expect(publisher.state.withLock { $0.queries.count } == 3, "272 days are three windows")
            #expect(publisher.state.withLock { $0.refusals } == 0, "a window over the limit would have been refused")
            var records = try read()
            #expect(records.count == 2_501)
            #expect(records["CVE-2026-10007"] == 1_788_220_800)
            // The same record again, and again: one page of changes holds them.
            for day in 2...5 {
                publisher.state.withLock { $0.changed[7] = "2026-10-0\(day)T00:00:00.000" }
                cursor = try await fetch(publisher, url: url, cursor: cursor, at: "2026-10-0\(day)T01:00:00Z")
            }
            records = try read()
            #expect(records.count == 2_501 && records["CVE-2026-10007"] == 1_791_158_400)
            #expect(outer.files().filter { $0.contains("nvd-change") }.count == 1)
        }
    }

    @Test func anInterruptedRunGoesOnWhereItWas() async throws {
        let publisher = Publisher(limit: 5, records: 9_000)
        try await withServer(publisher) { url in
            publisher.state.withLock { $0.answersLeft = 3 }
            await #expect(throws: FeedFetchError.self) { try await fetch(publisher, url: url) }
            #expect(!FileManager.default.fileExists(atPath: place), "half a snapshot is none")
            publisher.state.withLock { state in
                state.answersLeft = nil
                state.queries = []
            }
            _ = try await fetch(publisher, url: url)
            #expect(publisher.state.withLock { $0.queries.count } == 2, "three of five pages were there")
            #expect(try read().count == 9_000)
            #expect(!outer.files().contains { $0.contains(".nvd-run") })
        }
    }

    @Test func refusalsAreWaitedOutAndOtherAnswersAreNot() async throws {
        let publisher = Publisher(limit: 5, records: 10)
        try await withServer(publisher) { url in
            publisher.state.withLock {
                $0.failures = [
                    .answer(403), .answer(503, headers: ["Retry-After": "20"]), .hangUp,
                    .cutShort([1, 2, 3, 4], after: 2),
                ]
            }
            _ = try await fetch(publisher, url: url)
            #expect(try read().count == 10)
            #expect(publisher.clock.now.offset >= .seconds(12 + 20))
            for bad in [
                LoopbackServer.Reply.answer(404), .answer(200, body: Array("{}".utf8)), .answer(200, body: [0]),
            ] {
                publisher.state.withLock { $0.failures = [bad] }
                await #expect(throws: FeedFetchError.self) { try await fetch(publisher, url: url) }
            }
        }
    }
}
