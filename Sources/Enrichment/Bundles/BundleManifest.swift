import Foundation

/// What a bundle says of itself: the whole state of all its feeds, and which of their files it carries.
///
/// A bundle is a tar under zstd: `manifest.json`, `manifest.sig`, then one member for each file that it carries, named by its digest, so
/// that no name in it is ever a path. The signature is Ed25519 over ``signedContext`` and the manifest's bytes, and the manifest has the
/// size and SHA-256 of every file.
struct BundleManifest: Codable, Sendable, Equatable {
    /// Of this form.
    static let currentFormat = 1
    static let fileName = "manifest.json"
    static let signatureName = "manifest.sig"
    static let memberPrefix = "files/"
    /// Bytes of a manifest, at most; a feed of 100,000 files takes about 20 MB.
    static let sizeLimit = 64 << 20
    /// Unix seconds up to the end of the year 9999, so that ages and next numbers can be worked out whatever a manifest says.
    static let possibleTimes: ClosedRange<Int64> = 0...253_402_300_799
    /// Goes before the manifest under the signature, so that the key's signatures mean nothing else.
    static let signedContext = Data("zerotrace feed bundle 1\n".utf8)

    var format = Self.currentFormat
    /// Grows with every bundle of a source: Unix seconds of its making, or one more than its base's.
    var sequence: Int64
    /// Sequence of the bundle that this one adds to; `nil` when it has everything.
    var base: Int64?
    var feeds: [Feed]

    /// One feed.
    struct Feed: Codable, Sendable, Equatable {
        var feed: String
        /// Path below the snapshot folder.
        var path: String
        /// Of the snapshot as a whole, see ``SnapshotFiles/digest(of:)``.
        var digest: String
        /// Unix seconds of when it was known to be its publisher's newest.
        var fetchedAt: Int64?
        var files: [File]
    }

    /// One file of a feed.
    struct File: Codable, Sendable, Equatable {
        /// Path below the feed's; empty where the feed is one file.
        var name: String
        var size: Int
        /// Lowercase hex SHA-256.
        var sha256: String
        /// Whether the bundle has it; otherwise its base has.
        var isIncluded: Bool
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads a manifest whose signature was checked, and refuses what would lead out of the snapshot folder all the same: a key can be
    /// stolen.
    init(_ bytes: Data, path: String) throws(BundleError) {
        struct Head: Decodable { let format: Int }
        do {
            let head = try JSONDecoder().decode(Head.self, from: bytes)
            guard head.format == Self.currentFormat else {
                throw BundleError.newerFormat(path: path, format: head.format)
            }
            self = try JSONDecoder().decode(Self.self, from: bytes)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .damaged(path: path, reason: "the manifest cannot be read")
        }
        for feed in feeds {
            guard Self.isPlace(feed.path), Set(feed.files.map(\.name)).count == feed.files.count,
                feed.files.allSatisfy({ $0.isSound }),
                feed.files.map(\.name) == [""] || feed.files.allSatisfy({ Self.isPath($0.name) })
            else { throw .damaged(path: path, reason: "the manifest names impossible files for \(feed.feed)") }
        }
        let times = [sequence, base ?? 0] + feeds.map { $0.fetchedAt ?? 0 }
        guard times.allSatisfy(Self.possibleTimes.contains) else {
            throw .damaged(path: path, reason: "the manifest names impossible times")
        }
        let places = feeds.map { $0.path + "/" }.sorted()
        guard zip(places, places.dropFirst()).allSatisfy({ !$1.hasPrefix($0) }) else {
            throw .damaged(path: path, reason: "the manifest has feeds within feeds")
        }
    }

    init(sequence: Int64, base: Int64?, feeds: [Feed]) {
        self.sequence = sequence
        self.base = base
        self.feeds = feeds
    }

    /// A feed's place lies in a folder of its own: the snapshot folder itself holds the state, which no bundle brings.
    private static func isPlace(_ path: String) -> Bool {
        isPath(path) && path != "state.json" && path != "lock" && path.prefix { $0 != "/" } != AptSnapshot.folder
    }

    private static func isPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && parts.count <= 16
            && parts.allSatisfy { part in
                !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
                    && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
            }
    }

    /// Digests of the files that the bundle carries, with their sizes.
    var includedSizes: [String: Int] {
        var sizes: [String: Int] = [:]
        for file in feeds.flatMap(\.files) where file.isIncluded { sizes[file.sha256] = file.size }
        return sizes
    }
}

extension BundleManifest.File {
    fileprivate var isSound: Bool {
        size >= 0 && size <= FeedDownloader.sizeLimit && sha256.utf8.count == 64
            && sha256.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }
    }
}

/// Which bundle an installation imported last.
struct BundleMark: Codable, Sendable, Equatable {
    var sequence: Int64
    /// SHA-256 of its manifest.
    var manifest: String
}
