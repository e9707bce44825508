import Advisories
import Foundation
import Matching
import PackageIdentity
import Synchronization

@testable import Enrichment

/// A folder of its own per test, gone afterwards.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "enrichment-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        let folder = (file(name) as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: file(name)))) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Names of all files below, folders left out.
    func files() -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder = ObjCBool(false)
            return FileManager.default.fileExists(atPath: file(name), isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }
}

/// Lines told, in order.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    /// Takes what was told so far.
    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}

/// Feed files of our own making.
enum Feeds {
    /// A record about one PyPI package.
    static func record(_ id: String, package: String, fixed: String, ecosystem: String = "PyPI") -> String {
        """
        {"id":"\(id)","modified":"2024-01-01T00:00:00Z","summary":"Something in \(package)","affected":[{"package":\
        {"ecosystem":"\(ecosystem)","name":"\(package)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},\
        {"fixed":"\(fixed)"}]}]}]}
        """
    }

    static let tracker = #"""
        {"openssl":{"CVE-2024-0001":{"description":"Reads past the end.","releases":{"bookworm":{"status":"resolved",
        "repositories":{"bookworm":"3.0.13-1"},"fixed_version":"3.0.13-1","urgency":"not yet assigned"}}}}}
        """#
    static let kev = #"""
        {"dateReleased":"2024-03-01T15:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0001","dateAdded":"2024-02-01",
        "dueDate":"2024-02-20","knownRansomwareCampaignUse":"Unknown"}]}
        """#
    static let epss = """
        #model_version:v1,score_date:2024-03-01T00:00:00+0000
        cve,epss,percentile
        CVE-2024-0001,0.5,0.9

        """

    /// A zip archive of stored entries (APPNOTE.TXT).
    static func zip(_ texts: [String]) -> [UInt8] {
        zip(entries: texts.enumerated().map { ("\($0).json", $1) })
    }

    /// The same with each text under its id, as a publisher packs them.
    static func zip(named texts: [String: String]) -> [UInt8] {
        zip(entries: texts.sorted { $0.key < $1.key }.map { ($0 + ".json", $1) })
    }

    private static func zip(entries texts: [(name: String, text: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for (name, text) in texts {
            let (content, offset) = (Array(text.utf8), bytes.count)
            let common =
                little(0, 8) + little(checksum(content), 4) + little(content.count, 4) + little(content.count, 4)
                + little(name.utf8.count, 2) + little(0, 2)
            bytes += [0x50, 0x4B, 3, 4] + little(20, 2) + common + Array(name.utf8) + content
            directory += [0x50, 0x4B, 1, 2] + little(0x0314, 2) + little(20, 2) + common + little(0, 6)
            directory += little(0o100644 << 16, 4) + little(offset, 4) + Array(name.utf8)
        }
        return bytes + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(texts.count, 2) + little(texts.count, 2)
            + little(directory.count, 4) + little(bytes.count, 4) + little(0, 2)
    }

    private static func little(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    /// CRC-32 bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var state = ~UInt32(0)
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
        }
        return Int(~state)
    }
}

/// Installs an index that says these PyPI packages are fixed in these versions; each vulnerability is named after its package.
@discardableResult
func install(_ fixes: [String: String], in folder: IndexFolder, kev: Bool = false) throws -> String {
    var builder = IndexBuilder()
    for (package, fixed) in fixes.sorted(by: { $0.key < $1.key }) {
        let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(fixed)])
        try builder.add(
            Advisory(
                id: "CVE-\(package)", feed: .osv("PyPI"), summary: package,
                affected: [AffectedPackage(scope: "PyPI", name: package, ranges: [range])]))
    }
    let staging = folder.stagingPath()
    let summary = try builder.write(to: staging)
    try folder.install(staging: staging, digest: summary.digest)
    return summary.digest
}
