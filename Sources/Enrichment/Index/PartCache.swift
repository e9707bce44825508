import Advisories
import Foundation
import Synchronization

/// Feeds as the compiler took them apart, kept for the next compile, so that only feeds that changed are read; and beside them the notes on the
/// index in use.
///
/// A part is named after the digest of its snapshot and this very program: another program may read the same bytes otherwise. Every file holds the
/// digest of its own content. Whatever is wrong with a part, the feed is read instead.
final class PartCache: Sendable {
    private let folder: String
    /// What a source's part is named after, apart from the program; `nil` for one that has none.
    private let identity: @Sendable (FeedSource) -> String?
    private let program: String
    private let used = Mutex(Set<String>())
    /// What threads do with texts.
    private let reading = DispatchGroup()
    private let known = Mutex<SharedTexts?>(nil)

    /// The parts of the snapshots in use.
    convenience init(data: DataFolder, state: SnapshotState) {
        self.init(data: data, root: data.feeds, digests: state.files.mapValues(\.digest))
    }

    /// The parts of snapshots that lie in a folder.
    ///
    /// - Parameters:
    ///   - root: The snapshot folder, or one where snapshots lie as they will lie there.
    ///   - digests: Of the snapshots, by path below it.
    convenience init(data: DataFolder, root: String, digests: [String: String]) {
        self.init(folder: data.parts) { source in
            guard source.path.hasPrefix(root + "/") else { return nil }
            let relative = String(source.path.dropFirst(root.utf8.count + 1))
            let unit = digests.first { relative == $0.key || relative.hasPrefix($0.key + "/") }
            guard let digest = unit?.value, !digest.isEmpty else { return nil }
            return "\(digest)\n\(relative)"
        }
    }

    /// The parts of sources wherever they lie, as they are now: each is read for its digest.
    convenience init(folder: String, sources: [FeedSource]) {
        let digests = Mutex([FeedSource: String]())
        DispatchQueue.concurrentPerform(iterations: sources.count) { number in
            let source = sources[number]
            let files = [source.path] + (source.overlay.map { [$0] } ?? [])
            let lines = files.map { "\((try? SnapshotFiles.digest(of: $0)) ?? "")\n\($0)" }
            // What cannot be read has no digest; its loader says why.
            guard !lines.contains(where: { $0.hasPrefix("\n") }) else { return }
            digests.withLock { $0[source] = lines.joined(separator: "\n") }
        }
        let all = digests.withLock { $0 }
        self.init(folder: folder) { all[$0] }
    }

    private init(folder: String, identity: @escaping @Sendable (FeedSource) -> String?) {
        self.folder = folder
        self.identity = identity
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        let modified = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        program = "\(facts?[.size] ?? 0) \(modified)"
    }

    /// What reading a source came to, apart from what it says.
    struct Counts: Codable {
        /// A record that was set aside, and why.
        struct Issue: Codable {
            var record: String
            var reason: String
        }

        var records: Int
        var setAside: Int
        var date: Int64?
        var issues: [Issue]
        /// The names of the parts that the source is kept in; `nil` for one of the source's own name.
        var pieces: [String]?

        init(_ reading: FeedReading, issues: [FeedRecordIssue]) {
            records = reading.records
            setAside = reading.setAside
            date = reading.date
            self.issues = issues.map { Issue(record: $0.record, reason: $0.reason) }
        }

        /// Takes over the counts of a further piece.
        mutating func add(_ other: Counts) {
            records += other.records
            setAside += other.setAside
            if let changed = other.date { date = max(date ?? changed, changed) }
            issues += other.issues.prefix(FeedReader.issueLimit - issues.count)
        }

        /// As the loader said it.
        func reading(of feed: FeedID) -> FeedReading {
            FeedReading(feed: feed, records: records, setAside: setAside, date: date)
        }

        /// As the loader said them.
        func issues(of feed: FeedID) -> [FeedRecordIssue] {
            issues.map { FeedRecordIssue(feed: feed, record: $0.record, reason: $0.reason) }
        }
    }

    /// The advisories of a source, in one part or several, and the counts of their reading; `nil` when they must be read.
    func load(_ source: FeedSource) -> (parts: [CompiledAdvisories], counts: Counts)? {
        guard let name = name(of: source), let counts: Counts = read(path(name) + ".json") else { return nil }
        var parts: [CompiledAdvisories] = []
        for piece in counts.pieces ?? [name] {
            guard let part = part(piece) else { return nil }
            parts.append(part)
        }
        return (parts, counts)
    }

    /// The advisories of a piece of a source and the counts of their reading; `nil` when they must be read.
    func load(_ piece: String) -> (part: CompiledAdvisories, counts: Counts)? {
        guard let part = part(piece), let counts = try? JSONDecoder().decode(Counts.self, from: Data(part.note)) else {
            return nil
        }
        return (part, counts)
    }

    private func part(_ name: String) -> CompiledAdvisories? {
        try? CompiledAdvisories(path: path(name) + ".ztpart", texts: texts)
    }

    /// The counts of a source's reading alone; `nil` when it must be read.
    func counts(of source: FeedSource) -> Counts? {
        name(of: source).flatMap { read(path($0) + (source.holdsAdvisories ? ".json" : ".intel.json")) }
    }

    /// Keeps a part that is a whole source. A disk that is full costs the next compile its time and nothing else.
    func save(
        _ builder: inout IndexBuilder, reading: FeedReading, issues: [FeedRecordIssue] = [], of source: FeedSource
    ) {
        guard let name = name(of: source) else { return }
        let counts = Counts(reading, issues: issues)
        if save(&builder, counts, as: name) { save(counts, of: source) }
    }

    /// Keeps a part that is a piece of a source; `false` when that cannot be.
    @discardableResult
    func save(_ builder: inout IndexBuilder, _ counts: Counts, as name: String) -> Bool {
        guard makeFolder(), let note = try? JSONEncoder().encode(counts) else { return false }
        return (try? builder.keepCompiled(at: path(name) + ".ztpart", note: Array(note))) != nil
    }

    /// Keeps what reading a source came to, and of which pieces it is.
    func save(_ counts: Counts, of source: FeedSource) {
        guard let name = name(of: source) else { return }
        try? write(counts, to: path(name) + ".json")
    }

    /// What a piece is named after: this program, the feed, and everything that is read.
    func name(of bytes: [UInt8], of source: FeedSource) -> String {
        FileDigest.sha256(Data("\(program)\n\(FileDigest.sha256(Data(bytes)))\npiece\n\(source.feed)".utf8))
    }

    // MARK: - Texts of all parts

    private var textsName: String { FileDigest.sha256(Data("\(program)\ntexts".utf8)) }

    /// The texts of the last build; `nil` when there are none, or before ``readTexts()``.
    var texts: SharedTexts? {
        reading.wait()
        return known.withLock { $0 }
    }

    /// Begins to read the texts of the last build, on a thread of its own.
    func readTexts() {
        let path = path(textsName) + ".zttexts"
        DispatchQueue.global().async(group: reading) { [self] in
            let texts = SharedTexts(path: path)
            known.withLock { $0 = texts }
        }
    }

    /// Keeps the texts of all parts, on a thread of its own, where those of the last build have become of little use.
    func keepTexts(of builder: inout IndexBuilder) {
        let texts = texts
        guard builder.isFarFrom(texts), makeFolder() else { return }
        let path = path(textsName) + ".zttexts"
        let draft = builder.shareTexts(since: texts)
        DispatchQueue.global().async(group: reading) { try? draft.write(to: path) }
    }

    /// The threat intelligence of a source and the counts of its reading; `nil` when it must be read.
    func loadIntelligence(_ source: FeedSource) -> (intelligence: ThreatIntelligence, counts: Counts)? {
        guard let path = name(of: source).map(path), let counts: Counts = read(path + ".intel.json"),
            let intelligence = try? ThreatIntelligence(compiled: path + ".ztintel")
        else { return nil }
        return (intelligence, counts)
    }

    /// Keeps threat intelligence, as ``save(_:reading:issues:of:)`` keeps advisories.
    func save(_ known: IntelligenceReading, of source: FeedSource) {
        guard let path = name(of: source).map(path), makeFolder() else { return }
        do {
            try known.intelligence.writeCompiled(to: path + ".ztintel")
            let issues = Array(known.issues.prefix(FeedReader.issueLimit))
            try write(Counts(known.reading, issues: issues), to: path + ".intel.json")
        } catch {
            try? FileManager.default.removeItem(atPath: path + ".ztintel")
        }
    }

    // MARK: - Small files

    /// JSON behind the digest of its bytes: a damaged count would be taken for a true one.
    private func read<Value: Decodable>(_ path: String) -> Value? {
        guard let bytes = FileManager.default.contents(atPath: path), let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let json = bytes[(end + 1)...]
        guard bytes[..<end].elementsEqual(FileDigest.sha256(Data(json)).utf8) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(json))
    }

    private func write(_ value: some Encodable, to path: String) throws {
        let json = try JSONEncoder().encode(value)
        try Data(Array(FileDigest.sha256(json).utf8) + [UInt8(ascii: "\n")] + json)
            .write(to: URL(filePath: path), options: .atomic)
    }

    // MARK: - The last compile

    /// What was compiled last, and from what.
    private struct Last: Codable {
        var key: String
        var summary: IndexSummary
    }

    private var lastPath: String { folder + "/zerotrace-last.json" }

    /// A digest of everything that an index is compiled from by this program; `nil` when some source has no digest.
    ///
    /// - Parameter others: What goes into it besides the sources.
    func key(of sources: [FeedSource], others: [String] = []) -> String? {
        var lines: [String] = []
        for source in sources {
            guard let name = name(of: source) else { return nil }
            lines.append(name)
        }
        return FileDigest.sha256(Data((lines.sorted() + others).joined(separator: "\n").utf8))
    }

    /// What a compile of the same made; `nil` when the last was of something else.
    func summary(of key: String?) -> IndexSummary? {
        guard let key, let last: Last = read(lastPath), last.key == key else { return nil }
        return last.summary
    }

    /// Keeps what a compile made; for the next of the same.
    func keep(_ summary: IndexSummary, of key: String?) {
        guard let key, makeFolder() else { return }
        try? write(Last(key: key, summary: summary), to: lastPath)
    }

    // MARK: - Notes on the index in use

    /// Where this very program's notes on an index lie, if there are any.
    func notes(index digest: String) -> String {
        folder + "/" + FileDigest.sha256(Data("\(program)\nnotes\n\(digest)".utf8)) + ".notes"
    }

    /// An index and the notes on it; `nil` when there are none.
    func previous(index: String, digest: String) -> PreviousBuild? {
        let notes = notes(index: digest)
        return FileManager.default.fileExists(atPath: notes) ? PreviousBuild(index: index, notes: notes) : nil
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

    /// Deletes the parts that nobody loaded or saved since this cache was made.
    func removeUnused() {
        reading.wait()
        let kept = used.withLock { $0 }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard isOwn(name), !kept.contains(stem(of: name)) else { continue }
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// Whether a file has a name that only a cache gives: the folder may be one that somebody named by mistake.
    private func isOwn(_ name: String) -> Bool {
        name.hasPrefix(".notes-") || (stem(of: name).utf8.count == 64 && stem(of: name).allSatisfy(\.isHexDigit))
    }

    private func name(of source: FeedSource) -> String? {
        identity(source).map { FileDigest.sha256(Data("\(program)\n\($0)\n\(source.kind)\n\(source.feed)".utf8)) }
    }

    /// Where the files of a name lie, which are in use from now on.
    private func path(_ name: String) -> String {
        used.withLock { _ = $0.insert(name) }
        return folder + "/" + name
    }
}
