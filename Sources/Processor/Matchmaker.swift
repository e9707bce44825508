import Events
import Foundation
import Logging
import PackageIdentity
import Stores
import Verdicts

/// Has package versions matched and records what came out, for whoever needs it: a new inventory or a new index.
struct Matchmaker: Sendable {
    let store: any Store
    let verdicts: any VerdictService
    let events: any EventBus
    let now: @Sendable () -> Date

    /// Packages that go through one call of the verdict service and one transaction of the store.
    static let batchSize = 1_000

    /// Makes sure that each of these package versions has a catalogue row with verdicts.
    ///
    /// - Throws: ``VerdictServiceError``, ``StoreError``.
    func ensureMatched(_ packages: [PackageURL]) async throws {
        try await match(store.fetchUnevaluatedPackages(among: packages, at: now()))
    }

    /// Matches these rows against the index in use and records the verdicts.
    func match(_ packages: [CataloguePackage]) async throws {
        for start in stride(from: 0, to: packages.count, by: Self.batchSize) {
            try await matchBatch(Array(packages[start..<min(start + Self.batchSize, packages.count)]))
        }
    }

    /// Matches these rows, and records the verdicts of those with a vulnerability that is being exploited.
    /// - Returns: Which they are.
    func matchExploited(_ packages: [CataloguePackage]) async throws -> [PackageID] {
        var urgent: [CataloguePackage] = []
        for start in stride(from: 0, to: packages.count, by: Self.batchSize) {
            let part = packages[start..<min(start + Self.batchSize, packages.count)]
            let batch = try await verdicts.verdicts(for: part.map(\.purl))
            let exploited = Set(batch.vulnerabilities.lazy.filter { $0.kev != nil }.map(\.id))
            urgent += zip(part, batch.verdicts).filter { $1.contains { exploited.contains($0.vulnerability) } }.map(\.0)
        }
        try await match(urgent)
        return urgent.map(\.id)
    }

    /// A new index may come into use between the answer and the record of it, and its own pass over the catalogue may already be
    /// past these rows: then the answer is asked for again, so that the newest index has the last word.
    private func matchBatch(_ packages: [CataloguePackage]) async throws {
        while true {
            let batch = try await verdicts.verdicts(for: packages.map(\.purl))
            let changes = try await store.recordVerdicts(
                zip(packages, batch.verdicts).map { PackageVerdicts(package: $0.id, verdicts: $1) },
                vulnerabilities: batch.vulnerabilities, indexDigest: batch.indexDigest, at: now())
            for (scope, event) in changes { await events.publish(event, scope: scope) }
            if await verdicts.indexDigest == batch.indexDigest { return }
        }
    }
}
