import Advisories
import AsyncHTTPClient
import Crypto
import Foundation
import Verdicts

/// Brings the snapshots up to date and compiles them into the index.
public struct FeedSync: Sendable {
    /// Whom to ask.
    public enum Origin: Sendable, Hashable {
        /// Each feed's publisher, over HTTPS.
        case publishers
        /// A folder or an HTTP base URL in the layout of the snapshot folder.
        case mirror(String)
    }

    private let data: DataFolder
    private let origin: Origin
    private let includesHostArchive: Bool
    private let progress: @Sendable (String) -> Void

    /// Files asked for at once: enough to fill a line, few enough for one publisher.
    static let concurrency = 4

    /// - Parameters:
    ///   - includesHostArchive: Whether to ask this host's apt as well; ignored where there is none.
    ///   - progress: Told one line for each step, from any task.
    public init(
        data: DataFolder, origin: Origin, includesHostArchive: Bool, progress: @escaping @Sendable (String) -> Void
    ) {
        self.data = data
        self.origin = origin
        self.includesHostArchive = includesHostArchive
        self.progress = progress
    }

    /// How a sync ended.
    public struct Report: Sendable {
        /// Every feed, by name.
        public let feeds: [FeedStatus]
        /// Digest of the index in use afterwards; `nil` when no feed has ever been fetched.
        public let indexDigest: String?
        /// Whether this sync put a new index into use.
        public let changed: Bool
    }

    /// What is known of the feeds of an installation, without asking anybody.
    public static func status(data: DataFolder) throws -> Report {
        let feeds = try SnapshotState.load(folder: data.feeds).statuses
        return Report(feeds: feeds, indexDigest: IndexFolder(path: data.indexes).currentDigest(), changed: false)
    }

    /// One sync at a time for a data folder: a second one waits for the first.
    ///
    /// - Throws: Only what stops all feeds: the folder cannot be written, or the index cannot be built. A feed that fails is in the
    ///   report.
    public func run() async throws -> Report {
        try data.create()
        let lock = try await FileLock(path: data.feeds + "/lock")
        defer { lock.unlock() }
        var state = try SnapshotState.load(folder: data.feeds)
        for (path, entry) in try await fetchAll(known: held(state.files)) {
            state.files[path] = entry
            if entry.error == nil { removeNamesakes(of: path, feed: entry.feed, from: &state) }
        }
        if includesHostArchive, AptArchive.isPresent {
            state.files[AptSnapshot.folder] = await refreshHostArchive(known: state.files[AptSnapshot.folder])
        }
        try state.save(folder: data.feeds)
        let compiler = IndexCompiler(data: data, progress: progress)
        let compiled = try compiler.compile(state)
        return Report(
            feeds: state.statuses, indexDigest: compiled.digest,
            changed: compiled.changed)
    }

    /// The entries with what is said of files that are not there any more taken back, so that those are fetched again.
    private func held(_ entries: [String: SnapshotState.Entry]) -> [String: SnapshotState.Entry] {
        var entries = entries
        for path in entries.keys where !FileManager.default.fileExists(atPath: data.feeds + "/" + path) {
            entries[path]?.version = nil
            entries[path]?.digest = ""
        }
        return entries
    }

    /// Mirrors pack and date their files as they like: what a feed was called before must not be read in its place, or beside it.
    private func removeNamesakes(of path: String, feed: String, from state: inout SnapshotState) {
        for other in state.files.keys where other != path && state.files[other]?.feed == feed {
            try? FileManager.default.removeItem(atPath: data.feeds + "/" + other)
            state.files[other] = nil
        }
    }

    private func fetchAll(known: [String: SnapshotState.Entry]) async throws -> [String: SnapshotState.Entry] {
        switch origin {
        case .mirror(let place) where !place.hasPrefix("http://") && !place.hasPrefix("https://"):
            return try await fetchAll(with: FolderFeedFetcher(folder: place), known: known)
        case .mirror(let url): return try await fetchAll(overHTTPFrom: url, known: known)
        case .publishers: return try await fetchAll(overHTTPFrom: nil, known: known)
        }
    }

    private func fetchAll(
        overHTTPFrom mirror: String?, known: [String: SnapshotState.Entry]
    ) async throws -> [String: SnapshotState.Entry] {
        let client = HTTPFeedFetcher.makeClient()
        do {
            let entries = try await fetchAll(with: HTTPFeedFetcher(mirror: mirror, client: client), known: known)
            try await client.shutdown()
            return entries
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func fetchAll(
        with fetcher: some FeedFetcher, known: [String: SnapshotState.Entry]
    ) async throws -> [String: SnapshotState.Entry] {
        var results: [String: SnapshotState.Entry] = [:]
        await BoundedConcurrency.forEach(try fetcher.listFiles(), limit: Self.concurrency) { file in
            (file.path, await refresh(file, with: fetcher, known: known[file.path]))
        } finished: { path, entry in
            if let entry { results[path] = entry }
        }
        return results
    }

    /// Fetches one file, checks it whole and puts it in place; the entry says how that went. `nil` when the source has no such file.
    private func refresh(
        _ file: FeedFile, with fetcher: some FeedFetcher, known: SnapshotState.Entry?
    ) async -> SnapshotState.Entry? {
        let now = Int64(Date().timeIntervalSince1970)
        var entry = known ?? SnapshotState.Entry(feed: file.feed.rawValue)
        entry.triedAt = now
        // The staged file keeps its suffix: what a file is, is told by name and content.
        let staging = data.feeds + "/.staging-\(UUID().uuidString)-" + (file.path as NSString).lastPathComponent
        defer { try? FileManager.default.removeItem(atPath: staging) }
        do {
            switch try await fetcher.fetch(file, to: staging, unlessStill: known?.version) {
            case .absent: return nil
            case .unchanged: progress("\(file.feed): unchanged")
            case .fetched(let version):
                try install(file, staging: staging, entry: &entry)
                entry.version = version
            }
            entry.fetchedAt = now
            entry.error = nil
        } catch {
            // The staged name is nobody's business.
            let reason = "\(error)".replacing(staging, with: file.path)
            entry.error = reason
            progress("\(file.feed): \(reason)")
        }
        return entry
    }

    /// Reads the staged file to its end before it replaces the snapshot, so that a truncated download never does.
    private func install(_ file: FeedFile, staging: String, entry: inout SnapshotState.Entry) throws {
        let digest = try FileDigest.sha256(path: staging)
        if digest == entry.digest { return }
        let checked = try SnapshotReader.check(path: staging, feed: file.feed)
        let destination = data.feeds + "/" + file.path
        try FileManager.default.createDirectory(
            atPath: (destination as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        guard rename(staging, destination) == 0 else {
            throw FeedFetchError.unreadable("cannot replace \(destination): \(String(cString: strerror(errno)))")
        }
        entry.digest = digest
        entry.records = checked.reading.records
        entry.setAside = checked.reading.setAside
        entry.issues = checked.issues
        progress("\(file.feed): \(entry.records) records" + (entry.setAside > 0 ? ", \(entry.setAside) set aside" : ""))
    }

    private func refreshHostArchive(known: SnapshotState.Entry?) async -> SnapshotState.Entry {
        let now = Int64(Date().timeIntervalSince1970)
        var entry = known ?? SnapshotState.Entry(feed: FeedID.aptChangelog.rawValue)
        entry.triedAt = now
        do {
            let snapshot = try await AptArchive(progress: progress).readPendingUpdates()
            try snapshot.save(feedFolder: data.feeds)
            entry.digest = try snapshot.digest
            var sink = IssueSink()
            let counts = try snapshot.read(into: &sink)
            entry.records = counts.records
            entry.setAside = counts.setAside
            entry.issues = sink.issues
            entry.fetchedAt = now
            entry.error = nil
        } catch {
            entry.error = "\(error)"
            progress("\(FeedID.aptChangelog): \(error)")
        }
        return entry
    }
}
