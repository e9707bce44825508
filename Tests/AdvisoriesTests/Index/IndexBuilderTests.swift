import Foundation
import Scoring
import Testing

@testable import Advisories

@Suite struct IndexBuilderTests {
    private func fact(_ source: String, _ summary: String) -> Advisory {
        Advisory(
            id: "CVE-2024-0001", feed: .aptChangelog, summary: summary,
            affected: [
                AffectedPackage(
                    scope: "Debian:12", name: source,
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("2")])])
            ])
    }

    /// One CVE repaired in two source packages, each with a text of its own, as changelogs have it.
    @Test func aSecondFactOfOneRecordMayBringATextNeverSeen() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ztx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func digest(_ facts: [Advisory]) throws -> String {
            var builder = IndexBuilder()
            for fact in facts { try builder.add(fact) }
            let summary = try builder.write(to: path)
            #expect(summary.names == 2)
            #expect(summary.advisories == 1)
            return summary.digest
        }
        let facts = [fact("openssl", "short"), fact("nodejs", "a longer text of another source package")]
        #expect(try digest(facts) == digest(facts.reversed()))
    }
}
