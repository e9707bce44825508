import Advisories
import Foundation
import LoopbackTesting
import Synchronization
import Testing
import Verdicts

@testable import Enrichment

/// Syncs with a mirror over HTTP.
@Suite(.timeLimit(.minutes(15))) struct HTTPMirrorTests {
    /// What the mirror holds and was asked.
    private final class Mirror: Sendable {
        struct State {
            var files: [String: LoopbackServer.Reply] = [:]
            /// Path, and the entity tag asked with.
            var requests: [String: String?] = [:]
        }
        let state = Mutex(State())

        func serve(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
            state.withLock { state in
                let tag = request.headers["If-None-Match"].first
                state.requests[request.path] = tag
                guard let reply = state.files[request.path] else { return .answer(404) }
                if case .answer(200, let headers, _) = reply, let tag, headers["ETag"].first == tag {
                    return .answer(304)
                }
                return reply
            }
        }

        func put(_ path: String, _ reply: LoopbackServer.Reply) { state.withLock { $0.files["/" + path] = reply } }

        func tagAskedWith(_ path: String) -> String?? { state.withLock { $0.requests["/" + path] } }
    }

    private let mirror = Mirror()
    private let outer: TemporaryFolder
    private let data: DataFolder

    private static let pypi = "osv/PyPI/all.zip"
    private static let kev = "kev/known_exploited_vulnerabilities.json"

    init() throws {
        outer = try TemporaryFolder()
        data = DataFolder(path: outer.path)
        mirror.put(Self.pypi, Self.zip(fixed: "2", tag: "\"1\""))
        mirror.put(Self.kev, .answer(200, body: Array(Feeds.kev.utf8)))
    }

    private static func zip(fixed: String, tag: String) -> LoopbackServer.Reply {
        .answer(
            200, headers: ["ETag": tag], body: Feeds.zip([Feeds.record("A", package: "tool", fixed: fixed)]))
    }

    private func sync(_ url: String) async throws -> FeedSync.Report {
        try await FeedSync(
            data: data, origin: .mirror(url), includesHostArchive: false, progress: { _ in }
        ).run()
    }

    private func withMirror(_ body: (String) async throws -> Void) async throws {
        let mirror = mirror
        try await LoopbackServer.with(handler: { mirror.serve($0) }) { try await body($0.url) }
    }

    private func error(_ report: FeedSync.Report, _ feed: String = "osv/PyPI") -> String? {
        report.feeds.first { $0.feed == feed }?.error
    }

    @Test func whatTheMirrorDoesNotCarryIsNoError() async throws {
        try await withMirror { url in
            let report = try await sync(url + "/")
            #expect(report.feeds.map(\.feed) == ["kev", "osv/PyPI"])
            #expect(report.feeds.allSatisfy { $0.error == nil && $0.records == 1 })
            #expect(report.changed)
        }
        let asked = mirror.state.withLock { Set($0.requests.keys) }
        #expect(asked.isSuperset(of: ["/osv/Go/all.zip", "/debian/tracker.json", "/exploits/files_exploits.csv"]))
        #expect(mirror.tagAskedWith(Self.pypi) == .some(nil))
    }

    @Test func anEntityTagSavesTheBody() async throws {
        try await withMirror { url in
            let first = try await sync(url)
            let second = try await sync(url)
            #expect(mirror.tagAskedWith(Self.pypi) == "\"1\"")
            #expect(second.indexDigest == first.indexDigest && error(second) == nil)
            mirror.put(Self.pypi, Self.zip(fixed: "3", tag: "\"2\""))
            #expect(try await sync(url).changed)
            _ = try await sync(url)
            #expect(mirror.tagAskedWith(Self.pypi) == "\"2\"")
        }
    }

    @Test func aTagOfOneSourceIsNotSaidToAnother() async throws {
        try await withMirror { _ = try await sync($0) }
        try await withMirror { url in
            _ = try await sync(url)
            #expect(mirror.tagAskedWith(Self.pypi) == .some(nil))
        }
    }

    @Test(
        arguments: [
            (.answer(500), "answered 500"), (.answer(403), "answered 403"), (.hangUp, "cannot be reached"),
            (
                .cutShort(Feeds.zip((0..<50).map { Feeds.record("X\($0)", package: "x", fixed: "1") }), after: 3_000),
                "cannot be reached"
            ),
            (.answer(200, body: Array("<html>".utf8)), "osv/PyPI/all.zip"),
        ] as [(LoopbackServer.Reply, String)])
    func aFailureIsShownAndTheSnapshotStays(reply: LoopbackServer.Reply, reason: String) async throws {
        try await withMirror { url in
            let first = try await sync(url)
            let good = try outer.read("feeds/" + Self.pypi)
            mirror.put(Self.pypi, reply)
            let second = try await sync(url)
            #expect(error(second)?.contains(reason) == true, "\(error(second) ?? "none")")
            #expect(error(second, "kev") == nil, "the others go on")
            #expect(second.feeds.map(\.fetchedAt).contains(nil) == false)
            #expect(second.indexDigest == first.indexDigest)
            #expect(try outer.read("feeds/" + Self.pypi) == good)
            #expect(!outer.files().contains { $0.contains(".staging") })
            mirror.put(Self.pypi, Self.zip(fixed: "2", tag: "\"1\""))
            let third = try await sync(url)
            #expect(error(third) == nil && third.indexDigest == first.indexDigest)
        }
    }

    @Test func aMirrorThatIsDownLeavesEverythingInUse() async throws {
        let server = try await LoopbackServer(handler: { [mirror] in mirror.serve($0) })
        let first = try await sync(server.url)
        try await server.stop()
        let second = try await sync(server.url)
        #expect(second.indexDigest == first.indexDigest && !second.changed)
        #expect(error(second)?.contains("cannot be reached") == true)
        #expect(error(second, "kev")?.contains("cannot be reached") == true)
        #expect(second.feeds.first { $0.feed == "kev" }?.records == 1)
    }
}
