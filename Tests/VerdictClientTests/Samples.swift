import Foundation
import Logging
import Matching
import PackageIdentity
import SeededRandom
import Synchronization
import Telemetry
import Verdicts

@testable import Advisories
@testable import VerdictClient
@testable import VerdictServer

/// Writes an index of some advisories and opens it.
func makeIndex(_ advisories: [Advisory]) throws -> AdvisoryIndex {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)").path
    // The mapping outlives the name.
    defer { try? FileManager.default.removeItem(atPath: path) }
    var builder = IndexBuilder()
    for advisory in advisories { try builder.add(advisory) }
    _ = try builder.write(to: path)
    return try AdvisoryIndex(path: path)
}

/// An advisory about one Python package, below the version that repairs it.
func advisory(_ id: String, aliases: [String] = [], name: String, fixed: String, details: String = "") -> Advisory {
    Advisory(
        id: id, feed: .osv("PyPI"), aliases: aliases, upstream: [], summary: "\(id) in short", details: details,
        published: 1_600_000_000, modified: 1_700_000_000, withdrawn: nil, references: ["https://example.org/\(id)"],
        affected: [
            AffectedPackage(
                scope: "PyPI", name: name,
                ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(fixed)])], versions: [],
                state: .unspecified)
        ])
}

/// An index whose every answer about `tool0` to `tool199` names its mark, which is a year.
func markedIndex(_ mark: String, tools: Int = 200) throws -> AdvisoryIndex {
    try makeIndex(
        (0..<tools).map {
            advisory(
                "PYSEC-\(mark)-\($0)", aliases: ["CVE-\(mark)-\(1000 + $0)"], name: "tool\($0)", fixed: "\(mark).0")
        })
}

/// Packages that marked indexes know.
func tools(_ range: Range<Int>) throws -> [PackageURL] { try range.map { try PackageURL("pkg:pypi/tool\($0)@1.0") } }

/// Ids of the advisories behind each package's verdicts.
func advisories(_ batch: VerdictBatch) -> [[String]] { batch.verdicts.map { $0.flatMap(\.advisories) } }

/// What a marked index answers about a range of tools.
func expected(_ mark: String, _ range: Range<Int>) -> [[String]] { range.map { ["PYSEC-\(mark)-\($0)"] } }

/// Indexes that a test exchanges as it likes.
final class TestIndexes: HeldIndexes {
    private let held: Mutex<[AdvisoryIndex]>

    init(_ indexes: [AdvisoryIndex] = []) { held = Mutex(indexes) }

    var index: AdvisoryIndex? { held.withLock { $0.first } }
    func index(digest: String) -> AdvisoryIndex? { held.withLock { $0.first { $0.digest == digest } } }

    /// Puts an index into use; the others stay held if told so.
    func use(_ index: AdvisoryIndex, holdingOthers: Bool = true) {
        held.withLock { held in
            held.removeAll { $0 === index || !holdingOthers }
            held.insert(index, at: 0)
        }
    }
}

/// Something that a test tells its tasks.
final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}

/// A log that says nothing.
let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
