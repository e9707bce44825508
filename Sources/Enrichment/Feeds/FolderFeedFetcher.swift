import Advisories
import Foundation

/// A mirror in a folder: whatever feed files ``Advisories/FeedLayout`` finds there.
struct FolderFeedFetcher: FeedFetcher {
    let folder: String

    func listFiles() throws -> [FeedFile] {
        var newest: [String: FeedFile] = [:]
        for source in try FeedLayout.discover(folder).sorted(by: { $0.path < $1.path }) {
            let path = snapshotPath(of: source)
            // Two dated files of one feed: the later name wins, as dates in file names sort.
            newest[path] = FeedFile(feed: source.feed, path: path, origin: source.path)
        }
        return newest.values.sorted { $0.path < $1.path }
    }

    /// EPSS files carry their date in the name; the snapshot has one name, or each day would leave a file behind.
    private func snapshotPath(of source: FeedSource) -> String {
        if source.feed == .epss { return "epss/epss_scores-current.csv.gz" }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return source.path.hasPrefix(prefix)
            ? String(source.path.dropFirst(prefix.count)) : (source.path as NSString).lastPathComponent
    }

    func fetch(_ file: FeedFile, to staging: String, unlessStill known: FeedVersion?) async throws -> FetchOutcome {
        let origin = file.origin
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: origin)
            let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            let version = FeedVersion(text: "\(origin) \(attributes[.size] ?? 0) \(modified)")
            if version == known { return .unchanged }
            try FileManager.default.copyItem(atPath: origin, toPath: staging)
            return .fetched(version)
        } catch {
            throw FeedFetchError.unreadable((error as NSError).localizedDescription)
        }
    }
}
