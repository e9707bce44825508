import Archives
import Foundation

/// Writes the snapshots of an installation as one signed file.
public struct BundleWriter: Sendable {
    private let data: DataFolder
    private let key: BundleSigningKey

    /// Makes one from its parts.
    public init(data: DataFolder, key: BundleSigningKey) {
        self.data = data
        self.key = key
    }

    /// What was written.
    public struct Summary: Sendable, Hashable {
        /// The bundle's number, which grows.
        public let sequence: Int64
        /// The number of the bundle that it adds to; `nil` when it has everything.
        public let base: Int64?
        /// Feeds that it speaks of.
        public let feeds: Int
        /// Files that it carries.
        public let files: Int
        /// Its bytes.
        public let size: Int
    }

    /// Writes a bundle in one step: the path shows the whole of it or what was there before. Everybody may read it.
    ///
    /// - Parameters:
    ///   - since: A bundle of the same key; files that it speaks of with the same content are left out. `nil` writes everything.
    ///   - now: For the sequence.
    /// - Throws: ``BundleError``, ``FileFailure``, `ArchiveError`.
    @discardableResult
    public func write(to output: String, since: String? = nil, now: Date = Date()) async throws -> Summary {
        let lock = try await FileLock(path: data.feeds + "/lock")
        defer { lock.unlock() }
        let base = try since.map { try BundleReader(path: $0, trust: [key.publicKey]).readManifest().manifest }
        let manifest = BundleManifest(
            sequence: max(Int64(now.timeIntervalSince1970), (base?.sequence ?? 0) + 1), base: base?.sequence,
            feeds: try feeds(base: base))
        let staging = output + ".staging-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: staging) }
        do {
            try write(manifest, to: staging)
        } catch ArchiveError.cannotWrite(staging, let reason) {
            throw BundleError.unwritable("\(output): \(reason)")
        }
        try SnapshotFiles.openToAll(staging)
        try SnapshotFiles.install(staging, at: output)
        let size = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int
        return Summary(
            sequence: manifest.sequence, base: manifest.base, feeds: manifest.feeds.count,
            files: manifest.includedSizes.count, size: size ?? 0)
    }

    /// Every feed that is held, but for what this host's own archive said.
    private func feeds(base: BundleManifest?) throws -> [BundleManifest.Feed] {
        let state = try SnapshotState.load(folder: data.feeds)
        let held = state.files.filter { $0.key != AptSnapshot.folder && !$0.value.digest.isEmpty }
        guard !held.isEmpty else { throw BundleError.nothingHeld }
        let before = Dictionary(
            (base?.feeds ?? []).map { ($0.path, Dictionary($0.files.map { ($0.name, $0.sha256) }) { $1 }) }
        ) { $1 }
        return try held.sorted { $0.key < $1.key }.map { path, entry in
            let place = data.feeds + "/" + path
            let names = SnapshotFiles.isFolder(place) ? try SnapshotFiles.files(in: place) : [""]
            let files = try names.map { name in
                let file = name.isEmpty ? place : place + "/" + name
                let digest = try FileDigest.sha256(path: file)
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
                return BundleManifest.File(
                    name: name, size: size ?? 0, sha256: digest, isIncluded: before[path]?[name] != digest)
            }
            return BundleManifest.Feed(
                feed: entry.feed, path: path, digest: try SnapshotFiles.digest(of: place), fetchedAt: entry.fetchedAt,
                files: files)
        }
    }

    private func write(_ manifest: BundleManifest, to path: String) throws {
        let bytes = try manifest.encoded()
        let writer = try ArchiveWriter(path: path, format: .tarZstandard)
        try writer.add(BundleManifest.fileName, Array(bytes))
        try writer.add(BundleManifest.signatureName, Array(key.signature(for: BundleManifest.signedContext + bytes)))
        var written: Set<String> = []
        for feed in manifest.feeds {
            for file in feed.files where file.isIncluded && written.insert(file.sha256).inserted {
                let source = data.feeds + "/" + feed.path + (file.name.isEmpty ? "" : "/" + file.name)
                try writer.add(BundleManifest.memberPrefix + file.sha256, contentOf: source)
            }
        }
        try writer.finish()
    }
}
