import Advisories
import ZipGroups

/// A part of a feed that is read by itself. All of them together say what the feed says, and one of which the bytes are what they were says what it
/// said.
enum FeedPiece {
    /// A group of entries of an OSV export.
    case export(ZipGroups, Int)
    /// Source packages of the Debian Security Tracker's JSON.
    case tracker([UInt8], path: String)

    /// Everything that reading it depends on, apart from the feed's name.
    func bytes() throws -> [UInt8] {
        switch self {
        case .export(let zip, let number): try zip.packed(number)
        case .tracker(let piece, _): piece
        }
    }

    /// Reads its advisories.
    ///
    /// - Throws: What says that the feed has to be read as a whole.
    func readAdvisories(feed: FeedID, into sink: inout some AdvisorySink) throws -> FeedReading {
        switch self {
        case .export(let zip, let number):
            try OSVFeed.read(feed: feed, into: &sink) { try zip.forEachEntry(of: number, $0) }
        case .tracker(let piece, let path):
            try DebianTrackerFeed.read(piece: piece, of: path, feed: feed, into: &sink)
        }
    }
}

extension FeedSource {
    /// Cuts the source; `nil` for one that has to be read as a whole, such as a damaged one.
    func pieces() -> [FeedPiece]? {
        switch kind {
        case .debianTracker: DebianTrackerFeed.pieces(of: path)?.map { .tracker($0, path: path) }
        case .osvExport: exportPieces()
        default: nil
        }
    }

    /// Newer records beside the export stand in place of its records of the same file name.
    private func exportPieces() -> [FeedPiece]? {
        guard let overlay else { return Self.zip(path).map(Self.pieces) }
        guard let newer = Self.zip(overlay), let base = Self.zip(path, except: newer.names) else { return nil }
        return Self.pieces(base) + Self.pieces(newer)
    }

    private static func zip(_ path: String, except names: Set<String> = []) -> ZipGroups? {
        let limits = FeedLimits.standard
        return ZipGroups(
            of: path, except: names, entryLimit: limits.recordBytes, totalLimit: limits.feedBytes,
            countLimit: limits.records)
    }

    private static func pieces(_ zip: ZipGroups) -> [FeedPiece] { (0..<zip.count).map { .export(zip, $0) } }
}
