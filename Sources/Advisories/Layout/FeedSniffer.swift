import Archives
import JSONDocuments

/// Tells what a single file is by its content: its name may be anything.
enum FeedSniffer {
    /// Ends a reading once enough was seen.
    private struct Enough: Error {}

    static func source(_ path: String) throws -> FeedSource {
        if let ecosystem = try ecosystem(ofZip: path) {
            return FeedSource(feed: .osv(ecosystem), kind: .osvExport, path: path)
        }
        let start = try start(of: path)
        if start.starts(with: "#model_version".utf8) || start.starts(with: "cve,epss".utf8) {
            return FeedSource(feed: .epss, kind: .epss, path: path)
        }
        switch try kind(ofJSON: path) {
        case .kev: return FeedSource(feed: .kev, kind: .kev, path: path)
        case .debianTracker: return FeedSource(feed: .debianTracker, kind: .debianTracker, path: path)
        case .osvRecord(let ecosystem): return FeedSource(feed: .osv(ecosystem), kind: .osvRecord, path: path)
        case nil: throw FeedError.unknownKind(path: path)
        }
    }

    // MARK: - Zip

    /// The ecosystem of an OSV export; `nil` when the file is no zip at all.
    ///
    /// The folder's name counts where the file lies as `osv/<Ecosystem>/all.zip`, else the first record's first package.
    private static func ecosystem(ofZip path: String) throws -> String? {
        guard try start(of: path).starts(with: [0x50, 0x4B]) else { return nil }
        var found: String?
        do {
            try Archive.forEachEntry(in: path, entryLimit: FeedLimits.standard.recordBytes, totalLimit: 1 << 30) {
                name, bytes in
                guard name.hasSuffix(".json"), let root = try? JSONParser().parse(bytes) else { return }
                found = try ecosystem(ofRecord: root) ?? { throw FeedError.unknownKind(path: path) }()
                throw Enough()
            }
        } catch is Enough {}
        guard let found else { throw FeedError.unknownKind(path: path) }
        return ecosystem(ofPath: path) ?? found
    }

    private static func ecosystem(ofPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 3] == "osv" else { return nil }
        return String(parts[parts.count - 2])
    }

    /// The ecosystem before the colon of an OSV record's first package; `GIT` for a record without package, `nil` when it
    /// is no OSV record.
    private static func ecosystem(ofRecord root: JSONValue) -> String? {
        guard root["id"]?.string != nil, let affected = root["affected"]?.array else { return nil }
        for entry in affected {
            if let scope = entry["package"]?["ecosystem"]?.string { return String(scope.prefix { $0 != ":" }) }
        }
        return "GIT"
    }

    // MARK: - JSON

    private enum JSONKind {
        case kev, debianTracker
        case osvRecord(ecosystem: String)
    }

    /// Looks at the members of the outermost object until one decides; the tracker is too large to be parsed whole.
    private static func kind(ofJSON path: String) throws -> JSONKind? {
        var splitter = JSONMemberSplitter(memberLimit: FeedLimits.standard.recordBytes)
        let parser = JSONParser()
        var kind: JSONKind?
        var isRecord = false
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                try splitter.feed(chunk) { member, _ in
                    guard let (name, value) = try parser.parse(member).object?.first(where: { _ in true }) else {
                        return
                    }
                    if name == "id" || name == "affected" {
                        isRecord = true
                    } else {
                        kind = Self.kind(ofMember: name, value)
                        if kind != nil { throw Enough() }
                    }
                }
            }
        } catch is Enough {
            return kind
        } catch is JSONDocumentError {
            return nil
        }
        return isRecord ? try recordKind(path) : nil
    }

    private static func kind(ofMember name: String, _ value: JSONValue) -> JSONKind? {
        if name == "catalogVersion" || name == "vulnerabilities" { return .kev }
        let first = value.object?.first { _ in true }
        return first?.value["releases"]?.kind == .object ? .debianTracker : nil
    }

    private static func recordKind(_ path: String) throws -> JSONKind? {
        let bytes = try Archive.readCompressed(path, limit: FeedLimits.standard.recordBytes)
        guard let root = try? JSONParser().parse(bytes) else { return nil }
        return ecosystem(ofRecord: root).map { .osvRecord(ecosystem: $0) }
    }

    /// The first bytes of the unpacked content.
    private static func start(of path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                bytes.append(contentsOf: chunk.prefix(64))
                throw Enough()
            }
        } catch is Enough {}
        return bytes
    }
}
