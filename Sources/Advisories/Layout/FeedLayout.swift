#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds the feeds in a folder, or says what a single file is.
///
/// A folder is laid out as
/// ```
/// osv/<Ecosystem>/all.zip
/// debian/tracker.json[.gz|.xz|.bz2]
/// kev/*.json[.gz|…]
/// epss/*.csv[.gz|…]
/// ```
/// Other files and folders are left alone. Where `kev` or `epss` hold several files, the last by name counts, as their names
/// carry dates.
public struct FeedLayout: Sendable {
    /// Lists the feeds of a folder in a fixed order (OSV by ecosystem, tracker, KEV, EPSS), or the one feed of a file.
    ///
    /// - Parameter path: A folder in the layout above, or a file of any supported kind, known by its content.
    /// - Throws: ``FeedError`` when there is nothing of use, `ArchiveError` when a single file cannot be read.
    public static func discover(_ path: String) throws -> [FeedSource] {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FeedError.unreadable(path: path, reason: "no such file or folder")
        }
        guard isFolder else { return [try FeedSniffer.source(path)] }
        let sources =
            try osvExports(in: "\(path)/osv") + trackers(in: "\(path)/debian")
            + last(in: "\(path)/kev", type: "json", feed: .kev, kind: .kev)
            + last(in: "\(path)/epss", type: "csv", feed: .epss, kind: .epss)
        guard !sources.isEmpty else { throw FeedError.nothingFound(path: path) }
        return sources
    }

    private static func osvExports(in folder: String) throws -> [FeedSource] {
        try names(in: folder).compactMap { ecosystem in
            let path = "\(folder)/\(ecosystem)/all.zip"
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return FeedSource(feed: .osv(ecosystem), kind: .osvExport, path: path)
        }
    }

    private static func trackers(in folder: String) throws -> [FeedSource] {
        try names(in: folder).filter { isNamed($0, "tracker", type: "json") }.suffix(1).map {
            FeedSource(feed: .debianTracker, kind: .debianTracker, path: "\(folder)/\($0)")
        }
    }

    private static func last(
        in folder: String, type: String, feed: FeedID, kind: FeedSource.Kind
    ) throws -> [FeedSource] {
        try names(in: folder).filter { isNamed($0, nil, type: type) }.suffix(1).map {
            FeedSource(feed: feed, kind: kind, path: "\(folder)/\($0)")
        }
    }

    /// Whether a file name is `stem.type` or that with the ending of a compression; `nil` stands for any stem.
    private static func isNamed(_ name: String, _ stem: String?, type: String) -> Bool {
        ["", ".gz", ".xz", ".bz2"].contains { ending in
            stem.map { name == "\($0).\(type)\(ending)" } ?? name.hasSuffix(".\(type)\(ending)")
        }
    }

    /// The visible names in a folder by their bytes; none when the folder is missing.
    private static func names(in folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw FeedError.unreadable(path: folder, reason: "cannot be listed")
        }
    }
}
