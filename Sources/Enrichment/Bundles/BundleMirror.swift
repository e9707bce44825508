import Foundation

/// A folder, often one that a web server offers, with signed bundles and a list of them.
///
/// The list is not signed: who alters it can keep bundles back, which the age of the feeds shows, but can bring in none of their own.
struct BundleMirror {
    /// A folder, or an HTTP base URL.
    let place: String
    let trust: [BundleKey]
    let progress: @Sendable (String) -> Void

    static let listName = "bundles.json"
    /// What a mirror without a list has: one bundle with everything.
    static let wholeName = "bundle.ztb"
    static let listLimit = 4 << 20

    /// The bundles of a mirror.
    struct List: Codable, Equatable {
        var bundles: [Item] = []

        /// One bundle.
        struct Item: Codable, Equatable {
            var file: String
            var sequence: Int64
            var base: Int64?
        }

        init() {}

        /// - Throws: ``BundleError/damaged(path:reason:)``.
        init(_ bytes: Data, path: String) throws(BundleError) {
            guard let list = try? JSONDecoder().decode(Self.self, from: bytes) else {
                throw .damaged(path: path, reason: "it is no list of bundles")
            }
            self = list
        }

        /// The bundles that lead from the one held to the newest, the first to import first; empty when that is held.
        func steps(from held: Int64?) -> [Item] {
            guard var item = bundles.max(by: { $0.sequence < $1.sequence }), item.sequence != held else { return [] }
            // The list is not signed and may be long: each step is one look-up.
            let bySequence = Dictionary(bundles.map { ($0.sequence, $0) }) { first, _ in first }
            var steps = [item]
            while let base = item.base, base != held {
                guard let before = bySequence[base], base < item.sequence else { return [] }
                steps.append(before)
                item = before
            }
            return steps.reversed()
        }
    }

    /// Imports what is newer than what is held.
    ///
    /// - Throws: ``BundleError``, ``FeedFetchError``. Bundles before the one that failed are imported.
    func update(_ state: inout SnapshotState, data: DataFolder, options: FeedSync.Options) async throws {
        guard let text = try await read(Self.listName, data: data) else {
            return try await take(Self.wholeName, state: &state, data: data, options: options)
        }
        let list = try List(text, path: "\(place)/\(Self.listName)")
        let steps = list.steps(from: state.bundle?.sequence)
        if steps.isEmpty {
            guard list.bundles.contains(where: { $0.sequence == state.bundle?.sequence }) else {
                throw BundleError.damaged(path: "\(place)/\(Self.listName)", reason: "no bundle in it has everything")
            }
            progress("bundle \(state.bundle?.sequence ?? 0): unchanged")
        }
        for step in steps {
            guard step.file.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*\.ztb/) != nil else {
                throw BundleError.damaged(path: "\(place)/\(Self.listName)", reason: "it names an impossible file")
            }
            try await take(step.file, state: &state, data: data, options: options)
            try state.save(folder: data.feeds)
        }
    }

    private func take(
        _ file: String, state: inout SnapshotState, data: DataFolder, options: FeedSync.Options
    ) async throws {
        progress("importing \(file)")
        let importer = BundleImport(data: data, trust: trust, options: options, progress: progress)
        guard isRemote else {
            let path = place + "/" + file
            guard FileManager.default.fileExists(atPath: path) else { throw missing(file) }
            try importer.run(path, state: &state)
            return
        }
        let path = data.feeds + "/.download-" + UUID().uuidString + ".ztb"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let answer = try await FeedDownloader.withClient { client in
            try await FeedDownloader(client: client).download(FeedDownloader.url(place, file), to: path)
        }
        guard case .file = answer else { throw missing(file) }
        try importer.run(path, state: &state)
    }

    /// A mirror without a list may have the one bundle; what a list names must be there.
    private func missing(_ file: String) -> BundleError {
        file == Self.wholeName
            ? .noBundles(place: place) : .damaged(path: "\(place)/\(file)", reason: "it is not there")
    }

    private func read(_ file: String, data: DataFolder) async throws -> Data? {
        guard isRemote else { return FileManager.default.contents(atPath: place + "/" + file) }
        return try await FeedDownloader.withClient { client in
            try await FeedDownloader(client: client).read(FeedDownloader.url(place, file), limit: Self.listLimit)
                .map { Data($0) }
        }
    }

    private var isRemote: Bool { place.hasPrefix("http://") || place.hasPrefix("https://") }
}

extension BundleWriter {
    /// Increments on the way from one whole bundle to the next.
    static let incrementLimit = 24
    /// Bundles that a mirror keeps, so that who comes rarely still finds a way.
    static let keptBundles = 2 * (incrementLimit + 1)

    /// Adds a bundle to a mirror's folder: an increment to the newest, and every so often one with everything.
    public func publish(to folder: String, now: Date = Date()) async throws -> Summary {
        try SnapshotFiles.makeFolder(folder)
        let listPath = folder + "/" + BundleMirror.listName
        var list = BundleMirror.List()
        if let data = FileManager.default.contents(atPath: listPath) {
            list = try BundleMirror.List(data, path: listPath)
        }
        let newest = list.bundles.max { $0.sequence < $1.sequence }
        let isDue = list.bundles.reversed().prefix { $0.base != nil }.count >= Self.incrementLimit
        let since = (isDue ? nil : newest).map { folder + "/" + $0.file }
        let staging = folder + "/.staging-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let summary = try await write(to: staging, since: since, now: now)
        let file = "zerotrace-\(summary.sequence).ztb"
        try SnapshotFiles.install(staging, at: folder + "/" + file)
        list.bundles.append(.init(file: file, sequence: summary.sequence, base: summary.base))
        let dropped = list.bundles.dropLast(Self.keptBundles)
        list.bundles = Array(list.bundles.suffix(Self.keptBundles))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(list).write(to: URL(filePath: listPath), options: .atomic)
        try SnapshotFiles.openToAll(listPath)
        for old in dropped { try? FileManager.default.removeItem(atPath: folder + "/" + old.file) }
        return summary
    }
}
