#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds the feeds in a folder, or says what a single file is.
///
/// A folder is laid out as below; `*` may end in `.gz`, `.xz`, `.bz2` or `.zst` besides.
/// ```
/// osv/<Ecosystem>/all.zip             with changes.zip beside it, or records one a file
/// debian/tracker.json*, DSA-list*, DLA-list*
/// alpine/secdb/<release>/{main,community}.json*
/// csaf/<publisher>/{vex,advisories}/  or documents and archives in csaf/<publisher>/
/// cve5/                               archives or records
/// nvd/*.json*                         pages
/// kev/*.json*
/// epss/*.csv*
/// exploits/                           files_exploits.csv*, modules_metadata_base.json*
/// eol/debian-security-support/, eol/endoflife.date/
/// vex/                                documents of the user
/// ```
/// Where `kev` or `epss` hold several files, the last by name counts, as their names carry dates. Whatever else lies there, and every
/// folder of another layout, is looked through file by file, and each is known by its content.
public struct FeedLayout: Sendable {
    /// What a folder holds.
    public struct Survey: Sendable {
        /// The feeds, in a fixed order.
        public internal(set) var sources: [FeedSource] = []
        /// Files of no known kind, by path.
        public internal(set) var unknown: [String] = []

        mutating func add(_ other: Survey) {
            sources += other.sources
            unknown += other.unknown
        }
    }

    /// Lists the feeds of a folder in a fixed order (the layout's, then others by path), or the one feed of a file.
    ///
    /// - Parameter path: A folder, or a file of any supported kind, known by its content.
    /// - Throws: ``FeedError`` when there is nothing of use, `ArchiveError` when a file cannot be read.
    public static func discover(_ path: String) throws -> [FeedSource] {
        try survey(path).sources
    }

    /// Like ``discover(_:)``, also naming the files that are no feed.
    public static func survey(_ path: String) throws -> Survey {
        guard let isFolder = FeedFolder.isFolder(path) else {
            throw FeedError.unreadable(path: path, reason: "no such file or folder")
        }
        guard isFolder else { return Survey(sources: [try FeedSniffer.source(path)]) }
        let root = FeedFolder(path: path)
        let names = try root.names()
        var survey = Survey()
        let places = try root.layoutSources()
        survey.sources = places.flatMap(\.sources)
        let known = Set(places.filter { !$0.sources.isEmpty }.map(\.name))
        survey.add(try FolderSniffer.survey(root, names: names.filter { !known.contains($0) }))
        guard !survey.sources.isEmpty else {
            throw FeedError.nothingFound(path: path, seen: contents(names: names, unknown: survey.unknown))
        }
        return survey
    }

    /// What a folder without feeds holds, in words for people: the first files by name.
    private static func contents(names: [String], unknown: [String]) -> String {
        guard !names.isEmpty else { return "it is empty" }
        let (files, limit) = (unknown.isEmpty ? names : unknown, 3)
        let named = files.prefix(limit).map { file in
            // A file that vanished since is named all the same.
            unknown.isEmpty ? file : "\(file) (\((try? FeedSniffer.appearance(of: file)) ?? "gone"))"
        }
        return "it holds \(files.count == 1 ? "only " : "")" + named.joined(separator: ", ")
            + (files.count > limit ? " and \(files.count - limit) more" : "")
    }
}
