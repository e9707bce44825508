import Advisories
import Foundation
import LoopbackTesting
import Matching
import PackageIdentity
import Synchronization
import Testing

@testable import Enrichment

/// Syncs with a publisher that speaks as OSV does: an export, records one by one, and a list of what changed.
@Suite(.timeLimit(.minutes(15))) struct OSVIncrementTests {
    /// The publisher's records by id, with the time of their last change.
    private final class Publisher: Sendable {
        struct State {
            var records: [String: (changed: String, text: String)] = [:]
            var asked: [String] = []
            var missing: Set<String> = []
        }
        let state = Mutex(State())

        func put(_ id: String, fixed: String, changed: String) {
            let text = Feeds.record(id, package: "tool-\(id.lowercased())", fixed: fixed)
            state.withLock { $0.records[id] = (changed, text) }
        }

        func serve(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
            state.withLock { state in
                let name = String(request.path.dropFirst("/PyPI/".count))
                state.asked.append(name)
                switch name {
                case "all.zip": return .answer(200, body: Feeds.zip(named: state.records.mapValues(\.text)))
                case "modified_id.csv":
                    let lines = state.records.sorted { $0.value.changed > $1.value.changed }
                    return .answer(200, body: Array(lines.map { "\($1.changed),\($0)\n" }.joined().utf8))
                default:
                    let id = String(name.dropLast(".json".count))
                    guard !state.missing.contains(id), let record = state.records[id] else { return .answer(404) }
                    return .answer(200, body: Array(record.text.utf8))
                }
            }
        }

        /// What was asked for since the last call.
        func takeAsked() -> [String] {
            state.withLock { state in
                defer { state.asked = [] }
                return state.asked.sorted()
            }
        }
    }

    private let publisher = Publisher()
    private let outer: TemporaryFolder
    private let data: DataFolder

    init() throws {
        outer = try TemporaryFolder()
        data = DataFolder(path: outer.path)
        for number in 10..<40 {
            publisher.put("A-\(number)", fixed: "2", changed: "2026-01-\(number % 28 + 1)T00:00:00Z".padded)
        }
    }

    private func sync(_ url: String, accepting feeds: Set<String> = []) async throws -> FeedSync.Report {
        var options = FeedSync.Options()
        options.acceptedWithdrawals = feeds
        var sync = FeedSync(
            data: data, origin: .publishers, includesHostArchive: false, options: options, progress: { _ in })
        sync.publisherFiles = [FeedFile(feed: .osv("PyPI"), path: "osv/PyPI", source: .osv(url + "/PyPI"))]
        return try await sync.run()
    }

    private func withPublisher(_ body: (String) async throws -> Void) async throws {
        let publisher = publisher
        try await LoopbackServer.with(handler: { publisher.serve($0) }) { try await body($0.url) }
    }

    private func isAffected(_ id: String, at version: String) throws -> Bool {
        let folder = IndexFolder(path: data.indexes)
        let index = try #require(try folder.currentDigest().flatMap { try folder.open(digest: $0) })
        return try !index.verdicts(for: PackageURL("pkg:pypi/tool-\(id.lowercased())@\(version)")).isEmpty
    }

    @Test func onlyWhatChangedIsFetchedOnceTheExportIsHeld() async throws {
        try await withPublisher { url in
            #expect(try await sync(url).feeds.map(\.records) == [30])
            #expect(publisher.takeAsked() == ["all.zip", "modified_id.csv"])
            _ = try await sync(url)
            #expect(publisher.takeAsked() == ["modified_id.csv"], "nothing changed")
            publisher.put("A-11", fixed: "3", changed: "2026-02-01T00:00:00.5Z")
            publisher.put("B-1", fixed: "1", changed: "2026-02-01T00:00:00.25Z")
            let third = try await sync(url)
            #expect(publisher.takeAsked() == ["A-11.json", "B-1.json", "modified_id.csv"])
            #expect(third.changed && third.feeds.map(\.records) == [31] && third.feeds.map(\.error) == [nil])
            #expect(try isAffected("A-11", at: "2.5") && isAffected("B-1", at: "0.5") && isAffected("A-12", at: "1"))
            #expect(try !isAffected("A-12", at: "2.5"))
            publisher.put("A-11", fixed: "2.1", changed: "2026-02-01T00:00:00.75Z")
            _ = try await sync(url)
            #expect(publisher.takeAsked() == ["A-11.json", "modified_id.csv"])
            #expect(try !isAffected("A-11", at: "2.5") && isAffected("B-1", at: "0.5"))
        }
    }

    @Test func theSnapshotOfIncrementsSaysWhatANewExportSays() async throws {
        try await withPublisher { url in
            _ = try await sync(url)
            publisher.put("A-11", fixed: "3", changed: "2026-02-01T00:00:00Z")
            let grown = try await sync(url)
            try FileManager.default.removeItem(atPath: data.feeds + "/osv")
            let whole = try await sync(url)
            #expect(whole.indexDigest == grown.indexDigest)
            #expect(!outer.exists("feeds/osv/PyPI/changes.zip"))
        }
    }

    @Test func aListedRecordThatIsNotThereLeadsBackToTheExport() async throws {
        try await withPublisher { url in
            _ = try await sync(url)
            publisher.put("B-1", fixed: "1", changed: "2026-02-01T00:00:00Z")
            publisher.state.withLock { _ = $0.missing.insert("B-1") }
            _ = publisher.takeAsked()
            #expect(try await sync(url).feeds.map(\.records) == [31])
            #expect(publisher.takeAsked() == ["B-1.json", "all.zip", "modified_id.csv"])
        }
    }

    @Test func aSyncThatWouldWithdrawMuchStopsAndSaysSo() async throws {
        try await withPublisher { url in
            let first = try await sync(url)
            for number in 10..<14 {
                let id = "A-\(number)"
                publisher.state.withLock { state in
                    let text = state.records[id]?.text.replacing(
                        #"{"id""#, with: #"{"withdrawn":"2026-02-01T00:00:00Z","id""#)
                    state.records[id] = ("2026-02-01T00:00:0\(number % 10)Z", text ?? "")
                }
            }
            let second = try await sync(url)
            #expect(second.feeds.first?.error?.contains("would withdraw 4 of 30 records (13 %)") == true)
            #expect(second.indexDigest == first.indexDigest && second.feeds.map(\.records) == [30])
            #expect(outer.exists("feeds/.refused/osv/PyPI/changes.zip"), "kept aside")
            let third = try await sync(url, accepting: ["osv/PyPI"])
            #expect(third.feeds.map(\.error) == [nil] && third.indexDigest != first.indexDigest)
            #expect(try !isAffected("A-11", at: "1") && !outer.exists("feeds/.refused/osv/PyPI"))
        }
    }
}

extension String {
    /// `2026-01-3T…` with two digits of the day.
    fileprivate var padded: String { replacing(/-([0-9])T/) { "-0\($0.1)T" } }
}
