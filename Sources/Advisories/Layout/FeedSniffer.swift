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
    /// The folder's name counts where the file lies as `osv/<Ecosystem>/all.zip`. Elsewhere it is the ecosystem that most of
    /// the first records speak of: each record of an export speaks of its ecosystem, but maybe of others first.
    private static func ecosystem(ofZip path: String) throws -> String? {
        guard try start(of: path).starts(with: [0x50, 0x4B]) else { return nil }
        let parser = JSONParser()
        var tally: [String: Int] = [:]
        var records = 0
        do {
            try Archive.forEachEntry(in: path, entryLimit: FeedLimits.standard.recordBytes, totalLimit: 1 << 30) {
                name, bytes in
                guard name.hasSuffix(".json"), let root = try? parser.parse(bytes) else { return }
                for ecosystem in ecosystems(ofRecord: root) { tally[ecosystem, default: 0] += 1 }
                records += 1
                if records == 64 { throw Enough() }
            }
        } catch is Enough {}
        let common = tally.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let common else { throw FeedError.unknownKind(path: path) }
        return ecosystem(ofPath: path) ?? common.key
    }

    private static func ecosystem(ofPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 3] == "osv" else { return nil }
        return String(parts[parts.count - 2])
    }

    /// The ecosystems before the colon that an OSV record speaks of, `GIT` for packages of none; empty when it is no OSV
    /// record. The first is that of the first package.
    private static func ecosystems(ofRecord root: JSONValue) -> [String] {
        guard root["id"]?.string != nil, let affected = root["affected"]?.array else { return [] }
        var ecosystems: [String] = []
        for entry in affected {
            let scope = entry["package"]?["ecosystem"]?.string ?? "GIT"
            let ecosystem = String(scope.prefix { $0 != ":" })
            if !ecosystems.contains(ecosystem) { ecosystems.append(ecosystem) }
        }
        return ecosystems.isEmpty ? ["GIT"] : ecosystems
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
        return ecosystems(ofRecord: root).first.map { .osvRecord(ecosystem: $0) }
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
