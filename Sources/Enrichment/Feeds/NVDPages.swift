import Archives
import BoundedInput
import Foundation

/// The pages of an NVD snapshot: those of the last time everything was fetched, then those of changes, which have later names.
package struct NVDPages {
    private let folder: String

    package init(_ folder: String) { self.folder = folder }

    package static func name(_ number: Int, isChange: Bool) -> String {
        let digits = String(repeating: "0", count: max(0, 6 - "\(number)".count)) + "\(number)"
        return (isChange ? "nvd-change-" : "nvd-all-") + digits + ".json.gz"
    }

    private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }
    private var changes: [String] { names.filter { $0.hasPrefix("nvd-change-") } }

    /// The name of the newest page of changes; `nil` before the first.
    package var lastChange: String? { changes.last }

    /// Whether changes repeat so much that fetching everything again is due.
    var isOvergrown: Bool { changes.count > max(20, (names.count - changes.count) / 2) }

    /// Repeats all pages in another folder.
    func link(to other: String) throws {
        for name in names { try SnapshotFiles.link("\(folder)/\(name)", to: "\(other)/\(name)") }
    }

    /// Adds pages of changes: into the last one as long as that has room, then as new ones.
    package func append(_ pages: [String], after last: String?) throws {
        var number = last.flatMap { Int($0.dropFirst("nvd-change-".count).prefix(6)) } ?? 0
        var records = try last.map { try Self.records("\(folder)/\($0)") } ?? []
        for page in pages {
            let new = try Self.records(page)
            if records.count + new.count > NVDIncrement.pageSize && !records.isEmpty {
                try write(records, number)
                number += 1
                records = []
            }
            let ids = Set(new.compactMap(Self.id))
            records.removeAll { Self.id($0).map(ids.contains) ?? false }
            records += new
        }
        if !records.isEmpty { try write(records, number) }
    }

    private static func id(_ record: Any) -> String? {
        ((record as? [String: Any])?["cve"] as? [String: Any])?["id"] as? String
    }

    private static func records(_ path: String) throws -> [Any] {
        let bytes = try Archive.readCompressed(path, limit: NVDClient.pageLimit)
        let page = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return page?["vulnerabilities"] as? [Any] ?? []
    }

    private func write(_ records: [Any], _ number: Int) throws {
        let page: [String: Any] = [
            "resultsPerPage": records.count, "startIndex": 0, "totalResults": records.count, "format": "NVD_CVE",
            "version": "2.0", "vulnerabilities": records,
        ]
        let bytes = try JSONSerialization.data(withJSONObject: page, options: [.sortedKeys, .withoutEscapingSlashes])
        let path = "\(folder)/\(Self.name(number, isChange: true))"
        // The name may stand for the same bytes as in the snapshot held: those are replaced here, not written into.
        try Data(Gzip.compress(Array(bytes))).write(to: URL(filePath: path), options: .atomic)
    }
}
