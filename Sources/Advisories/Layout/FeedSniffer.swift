import Archives
import JSONDocuments

/// Tells what a single file is by its content: its name may be anything.
enum FeedSniffer {
    /// Ends a reading once enough was seen.
    private struct Enough: Error {}

    /// - Throws: ``FeedError/unknownKind(path:seen:)``, `ArchiveError` when the file cannot be read.
    static func source(_ path: String) throws -> FeedSource {
        guard let source = try recognise(path) else {
            throw FeedError.unknownKind(path: path, seen: try appearance(of: path))
        }
        return source
    }

    /// What a file that is no feed looks like, in words for people.
    static func appearance(of path: String) throws -> String {
        FileAppearance.words(start: try start(of: path), path: path)
    }

    /// What a file is; `nil` when it is of no known kind.
    static func recognise(_ path: String) throws -> FeedSource? {
        let start = try start(of: path)
        if start.starts(with: [0x50, 0x4B]) || FileAppearance.isTar(start) { return try archive(path) }
        if let source = text(start, path) { return source }
        switch start.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"): return try document(path)
        case UInt8(ascii: "["): return try list(path)
        default: return nil
        }
    }

    // MARK: - Text

    private static func text(_ start: [UInt8], _ path: String) -> FeedSource? {
        if start.starts(with: "#model_version".utf8) || start.starts(with: "cve,epss".utf8) {
            return FeedSource(feed: .epss, kind: .epss, path: path)
        }
        if start.starts(with: "id,file,description,".utf8) {
            return FeedSource(feed: .exploitDatabase, kind: .exploitDatabase, path: path)
        }
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? ""
        if name.hasPrefix("security-support-") {
            return FeedSource(feed: .debianSupport, kind: .debianSupport, path: path)
        }
        // `[31 Mar 2023] DSA-5381-1 tomcat9 - security update`
        guard start.first == UInt8(ascii: "["), start.count > 20, start[12...13].elementsEqual("] ".utf8) else {
            return nil
        }
        let id = start[14..<18]
        if id.elementsEqual("DSA-".utf8) {
            return FeedSource(feed: .debianSecurityAdvisories, kind: .debianSecurityList, path: path)
        }
        guard id.elementsEqual("DLA-".utf8) else { return nil }
        return FeedSource(feed: .debianLongTermAdvisories, kind: .debianSecurityList, path: path)
    }

    // MARK: - Archives

    /// Records of an archive that are looked at.
    private static let sampleSize = 64
    /// Bytes of an archive that are looked at: enough for that many large records.
    private static let sampleBytes = 1 << 30

    /// What most of the first records of an archive are.
    ///
    /// For OSV, the folder's name counts where the file lies as `osv/<Ecosystem>/all.zip`. Elsewhere it is the ecosystem that most of
    /// the records speak of: each record of an export speaks of its ecosystem, but maybe of others first.
    private static func archive(_ path: String) throws -> FeedSource? {
        let parser = JSONParser()
        var kinds: [FeedSource.Kind: Int] = [:]
        var feeds: [FeedID: Int] = [:]
        var records = 0
        do {
            try Archive.forEachEntry(
                in: path, entryLimit: FeedLimits.standard.recordBytes, totalLimit: sampleBytes
            ) { name, bytes in
                guard name.hasSuffix(".json"), let root = try? parser.parse(bytes) else { return }
                records += 1
                if let clues = DocumentClues(root), let kind = clues.kind {
                    kinds[kind, default: 0] += 1
                    for feed in clues.feeds(path: path) { feeds[feed, default: 0] += 1 }
                }
                if records == sampleSize { throw Enough() }
            }
        } catch is Enough {}
        guard let kind = kinds.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) })?.key else {
            return nil
        }
        let common = feeds.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        switch kind {
        case .osvRecord:
            return (ecosystem(ofPath: path) ?? common).map { FeedSource(feed: $0, kind: .osvExport, path: path) }
        case .cveList, .csaf: return common.map { FeedSource(feed: $0, kind: kind, path: path) }
        default: return nil
        }
    }

    private static func ecosystem(ofPath path: String) -> FeedID? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 3] == "osv" else { return nil }
        return .osv(String(parts[parts.count - 2]))
    }

    // MARK: - JSON

    /// Looks at the members of the outermost object until one decides; the tracker is too large to be parsed whole.
    private static func document(_ path: String) throws -> FeedSource? {
        var splitter = JSONMemberSplitter(memberLimit: FeedLimits.standard.recordBytes)
        let parser = JSONParser()
        var clues = DocumentClues()
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                try splitter.feed(chunk) { member, _ in
                    guard let (name, value) = try parser.parse(member).object?.first(where: { _ in true }) else {
                        return
                    }
                    clues.take(name, value)
                    if clues.kind != nil { throw Enough() }
                }
            }
        } catch is Enough {
        } catch is JSONDocumentError {
            return nil
        }
        guard let kind = clues.kind else { return nil }
        if kind == .osvRecord { clues = try wholeRecord(path) ?? clues }
        return clues.feeds(path: path).first.map { FeedSource(feed: $0, kind: kind, path: path) }
    }

    /// Only the whole record says which ecosystems it speaks of.
    private static func wholeRecord(_ path: String) throws -> DocumentClues? {
        let bytes = try Archive.readCompressed(path, limit: FeedLimits.standard.recordBytes)
        return (try? JSONParser().parse(bytes)).flatMap(DocumentClues.init)
    }

    /// A list of cycles is what endoflife.date's older API says of one product.
    private static func list(_ path: String) throws -> FeedSource? {
        let bytes: [UInt8]
        do {
            bytes = try Archive.readCompressed(path, limit: FeedLimits.standard.recordBytes)
        } catch ArchiveError.entryTooLarge {
            return nil
        }
        let root = try? JSONParser().parse(bytes)
        guard root?.array?.first(where: { _ in true })?["cycle"] != nil else { return nil }
        return FeedSource(feed: .endOfLife, kind: .endOfLife, path: path)
    }

    /// The first bytes of the unpacked content; of a zip, its own.
    private static func start(of path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                bytes.append(contentsOf: chunk.prefix(512 - bytes.count))
                if bytes.count == 512 { throw Enough() }
            }
        } catch is Enough {}
        return bytes
    }
}
