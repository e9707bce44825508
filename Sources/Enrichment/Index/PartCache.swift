import Advisories
import Foundation
import Synchronization

/// Feeds as the compiler took them apart, kept for the next compile, so that only feeds that changed are read.
///
/// A part is named after the digest of its snapshot and this very program: another program may read the same bytes otherwise. Whatever is
/// wrong with a part, the feed is read instead.
final class PartCache: Sendable {
    private let folder: String
    private let feeds: String
    /// Digests of the snapshots by path below the snapshot folder.
    private let digests: [String: String]
    private let program: String
    private let used = Mutex(Set<String>())

    /// The parts of the snapshots in use.
    convenience init(data: DataFolder, state: SnapshotState) {
        self.init(data: data, root: data.feeds, digests: state.files.mapValues(\.digest))
    }

    /// The parts of snapshots that lie in a folder.
    ///
    /// - Parameters:
    ///   - root: The snapshot folder, or one where snapshots lie as they will lie there.
    ///   - digests: Of the snapshots, by path below it.
    init(data: DataFolder, root: String, digests: [String: String]) {
        folder = data.parts
        feeds = root
        self.digests = digests
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        let modified = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        program = "\(facts?[.size] ?? 0) \(modified)"
    }

    /// What a part file says of the reading it came from.
    private struct Counts: Codable {
        var records: Int
        var setAside: Int
        var date: Int64?
    }

    /// The advisories of a source and the counts of their reading; `nil` when they must be read.
    func load(_ source: FeedSource) -> (builder: IndexBuilder, reading: FeedReading)? {
        guard let path = path(of: source), let text = FileManager.default.contents(atPath: path + ".json"),
            let counts = try? JSONDecoder().decode(Counts.self, from: text),
            let builder = try? IndexBuilder(compiled: path + ".ztpart")
        else { return nil }
        return (
            builder,
            FeedReading(feed: source.feed, records: counts.records, setAside: counts.setAside, date: counts.date)
        )
    }

    /// Keeps a part. A disk that is full costs the next compile its time and nothing else.
    func save(_ builder: IndexBuilder, reading: FeedReading, of source: FeedSource) {
        guard let path = path(of: source) else { return }
        let counts = Counts(records: reading.records, setAside: reading.setAside, date: reading.date)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try builder.writeCompiled(to: path + ".ztpart")
            try JSONEncoder().encode(counts).write(to: URL(filePath: path + ".json"), options: .atomic)
        } catch {
            try? FileManager.default.removeItem(atPath: path + ".ztpart")
        }
    }

    // MARK: - Notes on the index in use

    /// Where this very program's notes on an index lie, if there are any.
    func notes(index digest: String) -> String {
        folder + "/" + FileDigest.sha256(Data("\(program)\nnotes\n\(digest)".utf8)) + ".notes"
    }

    /// Where new notes are to be written; `nil` when they cannot be.
    func newNotes() -> String? {
        makeFolder() ? folder + "/.notes-" + UUID().uuidString : nil
    }

    /// Gives new notes the name of the index they are on.
    func keepNotes(_ path: String?, index digest: String) {
        guard let path else { return }
        let place = notes(index: digest)
        if rename(path, place) == 0 {
            used.withLock { _ = $0.insert(stem(of: (place as NSString).lastPathComponent)) }
        }
    }

    private func makeFolder() -> Bool {
        (try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])) != nil
    }

    private func stem(of name: String) -> String { String(name.prefix { $0 != "." }) }

    /// Deletes the parts that neither ``load(_:)`` nor ``save(_:reading:of:)`` named since this cache was made.
    func removeUnused() {
        let kept = used.withLock { $0 }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if !kept.contains(stem(of: name)) { try? FileManager.default.removeItem(atPath: folder + "/" + name) }
        }
    }

    private func path(of source: FeedSource) -> String? {
        guard source.path.hasPrefix(feeds + "/") else { return nil }
        let relative = String(source.path.dropFirst(feeds.utf8.count + 1))
        let unit = digests.first { relative == $0.key || relative.hasPrefix($0.key + "/") }
        guard let digest = unit?.value, !digest.isEmpty else { return nil }
        let name = FileDigest.sha256(Data("\(program)\n\(digest)\n\(relative)\n\(source.kind)\n\(source.feed)".utf8))
        used.withLock { _ = $0.insert(name) }
        return folder + "/" + name
    }
}
