import Matching
import PackageIdentity
import SeededRandom
import Testing
import Verdicts

@testable import Advisories
@testable import VerdictClient
@testable import VerdictServer

/// The client's answers beside those of the index itself, over real connections.
struct RoundTripTests {
    /// Two indexes drawn by chance that share most of their advisories, and packages that they know, know in other versions, or do not.
    private static func world(seed: UInt64) throws -> (old: AdvisoryIndex, new: AdvisoryIndex, packages: [PackageURL]) {
        var random = SplitMix(seed: seed)
        var advisories: [[Advisory]] = [[], []]
        for number in 0..<120 {
            let name = "pack\(Int.random(in: 0..<60, using: &random))"
            let details = String(repeating: "lörem ", count: Int.random(in: 0..<40, using: &random))
            let aliases = Bool.random(using: &random) ? ["CVE-2024-\(2000 + number / 2)"] : []
            for place in 0..<2 where Int.random(in: 0..<8, using: &random) > 0 {
                let fixed = "\(Int.random(in: 1...3, using: &random)).\(place * Int.random(in: 0...1, using: &random))"
                advisories[place].append(
                    advisory("PYSEC-2024-\(number)", aliases: aliases, name: name, fixed: fixed, details: details))
            }
        }
        let packages = try (0..<150).map { _ in
            let name = "pack\(Int.random(in: 0..<80, using: &random))"
            let version = ["0.5", "1.0", "2.0", "3.1", "no version"][Int.random(in: 0..<5, using: &random)]
            let texts = ["pkg:pypi/\(name)@\(version)", "pkg:pypi/\(name)", "pkg:npm/\(name)@1.0", "pkg:generic/x@1"]
            return try PackageURL(texts[min(3, Int.random(in: 0..<12, using: &random) % 9)].replacing(" ", with: "%20"))
        }
        return (try makeIndex(advisories[0]), try makeIndex(advisories[1]), packages)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theRemoteServiceSaysWhatTheIndexSays(seed: UInt64) async throws {
        let (old, new, packages) = try Self.world(seed: seed)
        let held = TestIndexes([new, old])
        try await Installation.with([held, TestIndexes([new, old])]) { world in
            let batch = try await world.client.verdicts(for: packages)
            #expect(batch.equals(VerdictBatch(of: packages, from: new)))
            #expect(batch.verdicts.contains { !$0.isEmpty })
            for package in packages.prefix(20) {
                for id in ["CVE-2024-2005", "PYSEC-2024-7", "CVE-1999-1", "ü"] {
                    let explanation = try await world.client.explain(package, vulnerability: id)
                    #expect(explanation == new.explain(package, vulnerability: id))
                }
            }
            for number in 0..<30 {
                for id in ["CVE-2024-\(2000 + number)", "PYSEC-2024-\(number)", "GHSA-\(number)"] {
                    #expect(try await world.client.vulnerability(id) == new.vulnerability(id))
                }
            }
            let changes = try await world.client.changes(since: old.digest)
            #expect(changes.names == new.changedNames(since: old))
            #expect(changes.vulnerabilities == new.changedVulnerabilities(since: old).compactMap(new.vulnerability))
            #expect(changes.indexDigest == new.digest)
            #expect(changes.names?.isEmpty == false)
            #expect(!changes.vulnerabilities.isEmpty)
        }
    }

    @Test func changesComeInPagesAsOne() async throws {
        let (old, new, _) = try Self.world(seed: 9)
        let configure = { (configuration: inout VerdictServerConfiguration) in
            configuration.limits.pageNames = 7
            configuration.limits.pageBytes = 700
        }
        try await Installation.with([TestIndexes([new, old])], server: configure) { world in
            let changes = try await world.client.changes(since: old.digest)
            #expect(changes.names == new.changedNames(since: old))
            #expect(changes.vulnerabilities == new.changedVulnerabilities(since: old).compactMap(new.vulnerability))
            #expect((changes.names?.count ?? 0) > 7)
        }
    }

    @Test func whatCannotBeComparedIsSaidToBeSo() async throws {
        let (old, new, _) = try Self.world(seed: 4)
        try await Installation.with([TestIndexes([new])]) { world in
            for digest in [old.digest, nil, "none", String(repeating: "0", count: 64)] {
                let changes = try await world.client.changes(since: digest)
                #expect(changes.names == nil)
                #expect(changes.vulnerabilities.isEmpty)
                #expect(changes.indexDigest == new.digest)
            }
            #expect(try await world.client.changes(since: new.digest).names == [])
        }
    }

    /// Only one of the endpoints holds the older index.
    @Test func changesAreAskedOfWhoHoldsTheOlderIndex() async throws {
        let (old, new, _) = try Self.world(seed: 5)
        let indexes = [TestIndexes([new]), TestIndexes([new]), TestIndexes([new, old])]
        try await Installation.with(indexes) { world in
            for _ in 0..<5 {
                let changes = try await world.client.changes(since: old.digest)
                #expect(changes.names == new.changedNames(since: old))
            }
        }
    }

    @Test func statusAndDigestAreTold() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index])]) { world in
            let status = await world.client.status()
            #expect(
                status
                    == AdvisoryStatus(
                        indexDigest: index.digest, vulnerabilities: index.vulnerabilityCount, feeds: Samples.feeds))
            #expect(await world.client.indexDigest == index.digest)
        }
    }

    @Test func moreThanOneRequestTakesIsAskedInPartsOfOneIndex() async throws {
        let index = try markedIndex("2001")
        let indexes = [TestIndexes([index]), TestIndexes([index])]
        try await Installation.with(indexes, client: { $0.batchSize = 7 }) { world in
            let packages = try tools(0..<200)
            let batch = try await world.client.verdicts(for: packages)
            #expect(batch.equals(VerdictBatch(of: packages, from: index)))
            #expect(try await world.client.verdicts(for: []).verdicts.isEmpty)
        }
    }
}
