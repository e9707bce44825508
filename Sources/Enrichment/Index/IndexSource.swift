import Advisories
import Foundation
import Matching

/// The index that a command line names: a built one, or feeds that are compiled on the spot.
public enum IndexSource {
    /// An index, and what came along with it.
    public struct Opened: Sendable {
        /// The index, mapped.
        public let index: AdvisoryIndex
        /// The user's VEX documents among the paths.
        public let vex: [String]
        /// What came of compiling; `nil` when the index was built before.
        public let build: IndexCompiler.Build?
    }

    /// Opens what paths name.
    ///
    /// - Parameter paths: One built index; or feeds, files or folders of them in any format that is read, and VEX documents of the user.
    ///   An index may stand beside VEX documents, but not beside feeds.
    /// - Throws: `IndexError` for a damaged index; what ``IndexCompiler/build(feeds:output:progress:)`` throws; ``IndexSourceError``.
    public static func open(
        paths: [String], progress: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> Opened {
        let indexes = paths.filter(isIndex)
        let feeds = paths.filter { !isIndex($0) }
        guard let path = indexes.first else { return try compile(feeds, progress: progress) }
        let sources = try feeds.flatMap(FeedLayout.discover)
        guard indexes.count == 1, sources.allSatisfy({ $0.kind == .vex }) else {
            throw IndexSourceError.indexBesideFeeds(path: path)
        }
        return Opened(index: try AdvisoryIndex(path: path), vex: sources.map(\.path), build: nil)
    }

    /// Whether a file starts as an index does, whatever its name.
    static func isIndex(_ path: String) -> Bool {
        guard !SnapshotFiles.isFolder(path), let handle = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: IndexFormat.magic.count)).map { $0.elementsEqual(IndexFormat.magic) }
            ?? false
    }

    /// The file is gone as soon as it is mapped; the mapping keeps its pages.
    private static func compile(_ feeds: [String], progress: @escaping @Sendable (String) -> Void) throws -> Opened {
        let path = NSTemporaryDirectory() + "zerotrace-" + UUID().uuidString + ".ztx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let build = try IndexCompiler.build(feeds: feeds, output: path, progress: progress)
        return Opened(index: try AdvisoryIndex(path: path), vex: build.vex, build: build)
    }
}

/// Paths that cannot be one index.
public enum IndexSourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A built index cannot be joined with other feeds or another index.
    case indexBesideFeeds(path: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .indexBesideFeeds(let path):
            "\(path): a built index stands alone; build one of all feeds together instead"
        }
    }
}
