import Advisories
import Foundation

/// A mirror in a folder: whatever feeds ``Advisories/FeedLayout`` finds there.
struct FolderFeedFetcher: FeedFetcher {
    let folder: String

    func listFiles() throws -> [FeedFile] {
        var files: [String: FeedFile] = [:]
        for source in try FeedLayout.discover(folder) where source.kind != .vex {
            let file = file(of: source)
            files[file.path] = file
        }
        return files.values.sorted { $0.path < $1.path }
    }

    private func file(of source: FeedSource) -> FeedFile {
        // EPSS files carry their date in the name; the snapshot has one name, or each day would leave a file behind.
        let path = source.feed == .epss ? "epss/epss_scores-current.csv.gz" : relative(source.path)
        // An export and its changes belong together.
        guard source.kind == .osvExport, path.hasPrefix("osv/"), path.hasSuffix("/all.zip") else {
            return FeedFile(feed: source.feed, path: path, source: .local(source.path))
        }
        return FeedFile(
            feed: source.feed, path: String(path.dropLast("/all.zip".count)),
            source: .local(source.path.parentFolder))
    }

    private func relative(_ path: String) -> String {
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : (path as NSString).lastPathComponent
    }

    func fetch(_ file: FeedFile, to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        guard case .local(let origin) = file.source else { return .absent }
        do {
            let version = FeedVersion(text: "\(origin) \(try signature(origin))")
            if version == held.version { return .unchanged }
            for name in try names(origin) {
                let target = staging + (name.isEmpty ? "" : "/" + name)
                try FileManager.default.createDirectory(
                    atPath: target.parentFolder, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: origin + (name.isEmpty ? "" : "/" + name), toPath: target)
            }
            return .fetched(version)
        } catch {
            throw FeedFetchError.unreadable((error as NSError).localizedDescription)
        }
    }

    /// The files of a folder; a file is itself, under an empty name.
    private func names(_ path: String) throws -> [String] {
        SnapshotFiles.isFolder(path) ? try SnapshotFiles.files(in: path) : [""]
    }

    /// Sizes and times, which change when a file does.
    private func signature(_ origin: String) throws -> String {
        let parts = try names(origin).map { name in
            let attributes = try FileManager.default.attributesOfItem(
                atPath: name.isEmpty ? origin : origin + "/" + name)
            let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(name) \(attributes[.size] ?? 0) \(modified)"
        }
        return parts.count == 1 ? parts[0] : FileDigest.sha256(Data(parts.joined(separator: "\n").utf8))
    }
}
