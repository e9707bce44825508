import Advisories
import AsyncHTTPClient
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
        /// A folder or an HTTP base URL with signed bundles, and the public keys that are trusted.
        case bundles(String, trust: [BundleKey])
    }

    /// What is asked for, and what is let through.
    public struct Options: Sendable {
        /// Names of feeds or groups of feeds; empty asks for the defaults and whatever is held.
        public var feeds: [String] = []
        /// Feeds whose new snapshot is taken however much it lacks.
        public var acceptedWithdrawals: Set<String> = []
        /// The key for the NVD's API, which allows ten times more requests; `nil` asks without.
        public var nvdKey: String?
        /// Whether a bundle that is older than the newest imported one is taken.
        public var allowsRollback = false

        /// The defaults.
        public init() {}
    }

    private let data: DataFolder
    private let origin: Origin
    private let includesHostArchive: Bool
    private let options: Options
    private let progress: @Sendable (String) -> Void
    /// Feeds listed instead of the catalogue's, so that tests need no publisher.
    var publisherFiles: [FeedFile]?

    /// Feeds asked for at once: enough to fill a line, few enough for one publisher.
    static let concurrency = 4

    /// - Parameters:
    ///   - includesHostArchive: Whether to ask this host's apt as well; ignored where there is none.
    ///   - progress: Told one line for each step, from any task.
    public init(
        data: DataFolder, origin: Origin, includesHostArchive: Bool, options: Options = Options(),
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.data = data
        self.origin = origin
        self.includesHostArchive = includesHostArchive
        self.options = options
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
        /// Feeds that this sync asked for in vain, or whose new snapshot it refused, by name.
        public let failed: [String]
        /// Why the snapshots were not compiled, so that the index before stays in use; `nil` when they were.
        public let compileError: String?
    }

    /// What is known of the feeds of an installation, without asking anybody.
    public static func status(data: DataFolder) throws -> Report {
        let feeds = try SnapshotState.load(folder: data.feeds).statuses
        return Report(
            feeds: feeds, indexDigest: IndexFolder(path: data.indexes).currentDigest(), changed: false, failed: [],
            compileError: nil)
    }

    /// One sync at a time for a data folder: a second one waits for the first.
    ///
    /// - Throws: Only what stops all feeds: the folder cannot be written, a feed is asked for that nobody knows, or the index cannot be
    ///   built. A feed that fails is in the report.
    public func run() async throws -> Report {
        try data.create()
        let lock = try await FileLock(path: data.feeds + "/lock")
        defer { lock.unlock() }
        var failed: Set<String> = []
        var state = try SnapshotState.load(folder: data.feeds)
        if case .bundles(let place, let trust) = origin {
            let mirror = BundleMirror(place: place, trust: trust, progress: progress)
            try await mirror.update(&state, data: data, options: options)
        } else {
            failed = take(try await fetchAll(known: held(state.files)), into: &state)
        }
        if includesHostArchive, AptArchive.isPresent {
            let entry = await refreshHostArchive(known: state.files[AptSnapshot.folder])
            state.files[AptSnapshot.folder] = entry
            if entry.error != nil { failed.insert(entry.feed) }
        }
        return try compile(&state, failed: failed)
    }

    /// Compiles the snapshots held, which somebody changed under the lock, and says how the feeds stand.
    func compile(_ state: inout SnapshotState, failed: Set<String> = []) throws -> Report {
        let compiled: (digest: String?, changed: Bool)
        var compileError: String?
        do {
            compiled = try IndexCompiler(data: data, progress: progress).compile(state)
        } catch let error as SnapshotDamage {
            // A snapshot was whole when it was taken. What is in use stays, and the next sync fetches that feed again.
            for (path, entry) in state.files where entry.feed == error.feed.rawValue {
                state.files[path]?.error = "\(error)"
                state.files[path]?.version = nil
                state.files[path]?.cursor = nil
                state.files[path]?.digest = ""
            }
            compileError = "\(error)"
            progress("\(error)")
            compiled = (IndexFolder(path: data.indexes).currentDigest(), false)
        }
        try state.save(folder: data.feeds)
        return Report(
            feeds: state.statuses, indexDigest: compiled.digest, changed: compiled.changed, failed: failed.sorted(),
            compileError: compileError)
    }

    // MARK: - Fetching

    /// What came of asking for feeds, by path.
    private struct Fetched {
        var entries: [String: SnapshotState.Entry] = [:]
        /// All that were asked for, there or not.
        let listed: Set<String>
    }

    private func fetchAll(known: [String: SnapshotState.Entry]) async throws -> Fetched {
        switch origin {
        case .mirror(let place) where !place.hasPrefix("http://") && !place.hasPrefix("https://"):
            return try await fetchAll(with: FolderFeedFetcher(folder: place), known: known)
        case .mirror(let url):
            return try await FeedDownloader.withClient { client in
                let fetcher = MirrorFeedFetcher(base: url, downloader: FeedDownloader(client: client))
                return try await fetchAll(with: fetcher, known: known)
            }
        case .publishers, .bundles:
            let files = try publisherFiles ?? files(holding: known)
            return try await FeedDownloader.withClient { client in
                // A redirect would carry the key on to wherever it leads.
                try await FeedDownloader.withClient(followsRedirects: false) { strict in
                    let fetcher = PublisherFeedFetcher(
                        files: files, downloader: FeedDownloader(client: client),
                        nvd: NVDClient(client: strict, key: options.nvdKey, progress: progress))
                    return try await fetchAll(with: fetcher, known: known)
                }
            }
        }
    }

    /// The mirror that is asked; `nil` for publishers.
    private var mirror: String? { if case .mirror(let place) = origin { place } else { nil } }

    private func files(holding entries: [String: SnapshotState.Entry]) throws -> [FeedFile] {
        guard options.feeds.isEmpty else { return try FeedCatalogue.files(named: options.feeds) }
        return FeedCatalogue.files(holding: Set(entries.values.filter { !$0.digest.isEmpty }.map(\.feed)))
    }

    /// The entries with what is said of files that are not there any more taken back, so that those are fetched again.
    private func held(_ entries: [String: SnapshotState.Entry]) -> [String: SnapshotState.Entry] {
        var entries = entries
        for (path, entry) in entries where !isHeld(entry, at: data.feeds + "/" + path) {
            entries[path]?.version = nil
            entries[path]?.cursor = nil
            entries[path]?.digest = ""
        }
        return entries
    }

    private func isHeld(_ entry: SnapshotState.Entry, at place: String) -> Bool {
        guard let count = entry.fileCount else { return FileManager.default.fileExists(atPath: place) }
        return (try? SnapshotFiles.files(in: place).count) == count
    }

    private func fetchAll(
        with fetcher: some FeedFetcher, known: [String: SnapshotState.Entry]
    ) async throws -> Fetched {
        let all = try fetcher.listFiles()
        for name in options.feeds where !all.contains(where: { $0.isMeant(by: name) }) {
            throw FeedSelectionError(name: name, place: mirror)
        }
        let files = options.feeds.isEmpty ? all : all.filter { options.feeds.contains(where: $0.isMeant(by:)) }
        var fetched = Fetched(listed: Set(files.map(\.path)))
        await BoundedConcurrency.forEach(files, limit: Self.concurrency) { file in
            (file.path, await refresh(file, with: fetcher, known: known[file.path]))
        } finished: { path, entry in
            if let entry { fetched.entries[path] = entry }
        }
        return fetched
    }

    /// - Returns: The feeds that failed or were refused.
    private func take(_ fetched: Fetched, into state: inout SnapshotState) -> Set<String> {
        for (path, entry) in fetched.entries {
            state.files[path] = entry
            if entry.error == nil { removeNamesakes(of: path, feed: entry.feed, except: fetched.listed, from: &state) }
        }
        return Set(fetched.entries.values.filter { $0.error != nil }.map(\.feed))
    }

    /// Mirrors pack and date their files as they like: what a feed was called before must not be read in its place, or beside it.
    private func removeNamesakes(
        of path: String, feed: String, except listed: Set<String>, from state: inout SnapshotState
    ) {
        for other in state.files.keys where state.files[other]?.feed == feed && !listed.contains(other) && other != path
        {
            // What lies within the new place went with the old one.
            if !other.hasPrefix(path + "/") { try? FileManager.default.removeItem(atPath: data.feeds + "/" + other) }
            state.files[other] = nil
        }
    }

    /// Fetches one feed, checks it whole and puts it in place; the entry says how that went. `nil` when the source has no such feed.
    private func refresh(
        _ file: FeedFile, with fetcher: some FeedFetcher, known: SnapshotState.Entry?
    ) async -> SnapshotState.Entry? {
        let now = Int64(Date().timeIntervalSince1970)
        var entry = known ?? SnapshotState.Entry(feed: file.feed.rawValue)
        entry.triedAt = now
        let place = SnapshotPlace(data: data, path: file.path, feed: file.feed)
        let staging = place.makeStaging()
        defer { staging.remove() }
        do {
            let held = HeldSnapshot(path: place.path, version: entry.version, cursor: entry.cursor)
            switch try await fetcher.fetch(file, to: staging.path, held: held) {
            case .absent: return nil
            case .unchanged: progress("\(file.feed): unchanged")
            case .fetched(let version, let cursor):
                try install(staging, at: place, entry: &entry)
                entry.version = version
                entry.cursor = cursor
            }
            entry.fetchedAt = now
            entry.error = nil
        } catch {
            // The staged name is nobody's business.
            let reason = "\(error)".replacing(staging.root + "/", with: "")
            entry.error = reason
            progress("\(file.feed): \(reason)")
        }
        return entry
    }

    private func install(
        _ staging: SnapshotPlace.Staging, at place: SnapshotPlace, entry: inout SnapshotState.Entry
    ) throws {
        let digest = try SnapshotFiles.digest(of: staging.path)
        if digest == entry.digest { return }
        let cache = PartCache(data: data, root: staging.root, digests: [place.relative: digest])
        let checked = try SnapshotReader.check(root: staging.root, feed: place.feed, keepingPartsIn: cache)
        if !options.acceptedWithdrawals.contains(place.feed.rawValue) {
            try place.checkWithdrawals(checked.standing, of: staging, held: entry.digest)
        }
        try place.install(staging, digest: digest, standing: checked.standing)
        entry.digest = digest
        entry.fileCount = try SnapshotFiles.count(at: place.path)
        entry.records = checked.reading.records
        entry.setAside = checked.reading.setAside
        entry.issues = checked.issues
        progress(
            "\(place.feed): \(entry.records) records" + (entry.setAside > 0 ? ", \(entry.setAside) set aside" : ""))
    }

    private func refreshHostArchive(known: SnapshotState.Entry?) async -> SnapshotState.Entry {
        let now = Int64(Date().timeIntervalSince1970)
        var entry = known ?? SnapshotState.Entry(feed: FeedID.aptChangelog.rawValue)
        entry.triedAt = now
        do {
            let snapshot = try await AptArchive(progress: progress).readPendingUpdates()
            try snapshot.save(feedFolder: data.feeds)
            entry.digest = try snapshot.digest
            var sink = CollectedAdvisories()
            let counts = try snapshot.read(into: &sink)
            entry.records = counts.records
            entry.setAside = counts.setAside
            entry.issues = sink.issues.prefix(SnapshotState.Entry.issueLimit).map { "\($0)" }
            entry.fetchedAt = now
            entry.error = nil
        } catch {
            entry.error = "\(error)"
            progress("\(FeedID.aptChangelog): \(error)")
        }
        return entry
    }
}
