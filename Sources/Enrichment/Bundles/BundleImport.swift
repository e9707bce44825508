import Advisories
import Foundation

/// Takes a bundle: proves it, reads every feed in it that is new to its end, and only then puts them into place.
struct BundleImport {
    let data: DataFolder
    let trust: [BundleKey]
    let options: FeedSync.Options
    let progress: @Sendable (String) -> Void

    /// One feed on its way.
    private struct Pending {
        let feed: BundleManifest.Feed
        let place: SnapshotPlace
        let staging: SnapshotPlace.Staging
        let checked: SnapshotReader.Result
    }

    /// - Returns: Whether anything came in; a bundle that is held already brings nothing.
    /// - Throws: ``BundleError``; nothing has changed then.
    @discardableResult
    func run(_ path: String, state: inout SnapshotState) throws -> Bool {
        let folder = data.feeds + "/.bundle-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let held = state.bundle
        let proven = try BundleReader(path: path, trust: trust).unpack(into: folder) { proven in
            try checkOrder(proven, held: held, path: path)
        }
        let mark = BundleMark(sequence: proven.manifest.sequence, manifest: proven.digest)
        var pending: [Pending] = []
        defer { for feed in pending { feed.staging.remove() } }
        for feed in proven.manifest.feeds {
            if let ready = try prepare(feed, of: proven.manifest, unpacked: folder, held: state, path: path) {
                pending.append(ready)
            }
        }
        for feed in pending { try install(feed, state: &state) }
        for feed in proven.manifest.feeds { state.files[feed.path]?.fetchedAt = feed.fetchedAt }
        let isNew = held != mark
        state.bundle = mark
        return isNew
    }

    /// Older bundles are signed as well: who can choose which one arrives could hide what was found since.
    private func checkOrder(_ proven: BundleReader.Proven, held: BundleMark?, path: String) throws {
        guard let held, !options.allowsRollback else { return }
        let sequence = proven.manifest.sequence
        guard sequence > held.sequence || (sequence == held.sequence && proven.digest == held.manifest) else {
            throw BundleError.older(path: path, sequence: sequence, held: held.sequence)
        }
    }

    /// Puts a feed together from the bundle and from what is held, and reads it to its end.
    ///
    /// - Returns: `nil` when the very same snapshot is held.
    private func prepare(
        _ feed: BundleManifest.Feed, of manifest: BundleManifest, unpacked folder: String, held state: SnapshotState,
        path: String
    ) throws -> Pending? {
        let place = SnapshotPlace(data: data, path: feed.path, feed: FeedID(rawValue: feed.feed))
        let entry = state.files[feed.path]
        if entry?.digest == feed.digest, entry?.feed == feed.feed, FileManager.default.fileExists(atPath: place.path) {
            return nil
        }
        let staging = place.makeStaging()
        do {
            for file in feed.files {
                let suffix = file.name.isEmpty ? "" : "/" + file.name
                let source = file.isIncluded ? folder + "/" + file.sha256 : place.path + suffix
                guard file.isIncluded || (try? FileDigest.sha256(path: source)) == file.sha256 else {
                    throw BundleError.baseMissing(path: path, base: manifest.base ?? 0)
                }
                try SnapshotFiles.link(source, to: staging.path + suffix)
            }
            guard try SnapshotFiles.digest(of: staging.path) == feed.digest else {
                throw BundleError.damaged(path: path, reason: "\(feed.feed) is not what its manifest says")
            }
            let checked = try check(staging, at: place, held: entry?.digest ?? "")
            return Pending(feed: feed, place: place, staging: staging, checked: checked)
        } catch {
            staging.remove()
            throw error
        }
    }

    private func check(
        _ staging: SnapshotPlace.Staging, at place: SnapshotPlace, held: String
    ) throws -> SnapshotReader.Result {
        do {
            let checked = try SnapshotReader.check(root: staging.root, feed: place.feed)
            if !options.acceptedWithdrawals.contains(place.feed.rawValue) {
                try place.checkWithdrawals(checked.standing, of: staging, held: held)
            }
            return checked
        } catch {
            throw BundleError.feedRefused(
                feed: place.feed.rawValue, reason: "\(error)".replacing(staging.root + "/", with: ""))
        }
    }

    private func install(_ pending: Pending, state: inout SnapshotState) throws {
        try pending.place.install(
            pending.staging, digest: pending.feed.digest, standing: pending.checked.standing)
        var entry = state.files[pending.feed.path] ?? SnapshotState.Entry(feed: pending.feed.feed)
        entry.feed = pending.feed.feed
        entry.version = nil
        entry.cursor = nil
        entry.digest = pending.feed.digest
        entry.fileCount = try SnapshotFiles.count(at: pending.place.path)
        entry.records = pending.checked.reading.records
        entry.setAside = pending.checked.reading.setAside
        entry.issues = pending.checked.issues
        entry.triedAt = Int64(Date().timeIntervalSince1970)
        entry.error = nil
        state.files[pending.feed.path] = entry
        progress("\(pending.feed.feed): \(entry.records) records")
    }
}

extension FeedSync {
    /// Takes one bundle and compiles what it brought.
    ///
    /// - Throws: ``BundleError`` when it is not taken, and then nothing has changed.
    public static func importBundle(
        _ path: String, data: DataFolder, trust: [BundleKey], options: Options = Options(),
        progress: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try data.create()
        let lock = try await FileLock(path: data.feeds + "/lock")
        defer { lock.unlock() }
        var state = try SnapshotState.load(folder: data.feeds)
        try BundleImport(data: data, trust: trust, options: options, progress: progress).run(path, state: &state)
        try state.save(folder: data.feeds)
        let sync = FeedSync(
            data: data, origin: .publishers, includesHostArchive: false, options: options, progress: progress)
        return try sync.compile(&state)
    }
}
