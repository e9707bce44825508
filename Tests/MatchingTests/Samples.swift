import Foundation
import PackageIdentity
import Scoring

@testable import Advisories
@testable import Matching

/// A folder of its own per test, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("matching-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Writes an index of some advisories and opens it.
func makeIndex(
    _ advisories: [Advisory], intelligence: ThreatIntelligence = ThreatIntelligence(), feeds: [FeedSummary] = []
) throws -> AdvisoryIndex {
    let folder = try TemporaryFolder()
    let path = folder.file("index")
    _ = try writeIndex(advisories, intelligence: intelligence, feeds: feeds, to: path)
    return try AdvisoryIndex(path: path)
}

/// Writes an index of some advisories.
func writeIndex(
    _ advisories: [Advisory], intelligence: ThreatIntelligence = ThreatIntelligence(), feeds: [FeedSummary] = [],
    to path: String
) throws -> IndexSummary {
    var builder = IndexBuilder()
    for advisory in advisories { try builder.add(advisory) }
    builder.setIntelligence(intelligence)
    for feed in feeds { builder.addFeed(feed) }
    return try builder.write(to: path)
}

/// An advisory about one package.
func advisory(
    _ id: String, feed: FeedID = .osv("PyPI"), aliases: [String] = [], upstream: [String] = [], scope: String = "PyPI",
    name: String = "tool", events: [AffectedRange.Event]? = nil, versions: [String] = [],
    state: FixState = .unspecified, urgency: String? = nil, withdrawn: Int64? = nil,
    severities: [SeverityStatement] = [], summary: String = "", details: String = ""
) -> Advisory {
    let ranges = events.map { [AffectedRange(kind: .ecosystem, events: $0)] } ?? []
    return Advisory(
        id: id, feed: feed, aliases: aliases, upstream: upstream, summary: summary, details: details,
        withdrawn: withdrawn,
        severities: severities,
        affected: [
            AffectedPackage(
                scope: scope, name: name, ranges: ranges, versions: versions, state: state, urgency: urgency)
        ])
}

/// A statement of the Debian tracker on `openssl` in Debian 12.
func tracker(_ cve: String, fixed: String? = nil, state: FixState, name: String = "openssl", urgency: String? = nil)
    -> Advisory
{
    let events: [AffectedRange.Event]? =
        switch state {
        case .notAffected: nil
        case .fixed: [.introduced("0"), .fixed(fixed ?? "1")]
        default: [.introduced("0")]
        }
    return advisory(
        cve, feed: .debianTracker, scope: "Debian:12", name: name, events: events, state: state, urgency: urgency)
}

extension AdvisoryIndex {
    /// The verdicts on a version of `tool` from PyPI, or of what is named.
    func verdicts(_ version: String, scope: String = "PyPI", name: String = "tool") -> [Verdict] {
        verdicts(at: AdvisoryCoordinates(scope: scope, name: name, version: version), purl: nil)
    }

    /// The explanation for a version of `tool` from PyPI, or of what is named.
    func explain(_ version: String, _ id: String, scope: String = "PyPI", name: String = "tool") -> Explanation {
        explain(at: AdvisoryCoordinates(scope: scope, name: name, version: version), purl: nil, vulnerability: id)
    }
}

/// A generator of numbers that gives the same ones in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
