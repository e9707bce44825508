import Advisories
import Foundation

/// Where one feed's snapshot lies, and how another takes its place.
struct SnapshotPlace {
    let data: DataFolder
    /// Path below the snapshot folder.
    let relative: String
    let feed: FeedID

    init(data: DataFolder, path: String, feed: FeedID) {
        self.data = data
        relative = path
        self.feed = feed
    }

    /// The snapshot's place.
    var path: String { data.feeds + "/" + relative }

    /// Where a snapshot is kept that was refused because it lacks too much; hidden, so that nobody reads it.
    private var refused: String { data.feeds + "/.refused/" + relative }

    /// Where the ids of the records that stand are kept.
    private var standing: String {
        data.feeds + "/.standing/" + FileDigest.sha256(Data(relative.utf8))
    }

    /// A snapshot on its way: alone in a hidden folder, at its place in the layout.
    struct Staging {
        let root: String
        let path: String

        func remove() { try? FileManager.default.removeItem(atPath: root) }
    }

    func makeStaging() -> Staging {
        let root = data.feeds + "/.staging-" + UUID().uuidString
        try? FileManager.default.createDirectory(
            atPath: (root + "/" + relative).parentFolder, withIntermediateDirectories: true)
        return Staging(root: root, path: root + "/" + relative)
    }

    /// Holds a new snapshot against the one held.
    ///
    /// - Parameter digest: Of the snapshot held; empty when none is.
    /// - Throws: ``FeedFetchError/wouldWithdraw(lost:of:feed:)``; the new snapshot is then kept aside.
    func checkWithdrawals(_ new: StandingRecords, of staging: Staging, held digest: String) throws {
        guard let old = standingRecords(digest) else { return }
        do {
            try old.check(against: new, feed: feed)
        } catch {
            try? SnapshotFiles.install(staging.path, at: refused)
            throw error
        }
    }

    /// The records that stand in the snapshot held; `nil` when none is held, or what is there cannot be read, which anything betters.
    private func standingRecords(_ digest: String) -> StandingRecords? {
        guard !digest.isEmpty, FileManager.default.fileExists(atPath: path) else { return nil }
        if let kept = StandingRecords(path: standing, snapshot: digest) { return kept }
        let staging = makeStaging()
        defer { staging.remove() }
        for name in SnapshotFiles.isFolder(path) ? (try? SnapshotFiles.files(in: path)) ?? [] : [""] {
            let suffix = name.isEmpty ? "" : "/" + name
            try? SnapshotFiles.link(path + suffix, to: staging.path + suffix)
        }
        return try? SnapshotReader.check(root: staging.root, feed: feed).standing
    }

    /// Puts a snapshot that was checked into its place.
    func install(_ staging: Staging, digest: String, standing records: StandingRecords) throws {
        try SnapshotFiles.install(staging.path, at: path)
        try? FileManager.default.removeItem(atPath: refused)
        try records.save(path: standing, snapshot: digest)
    }
}
