import Events
import Foundation
import JobQueue
import Logging
import Matching
import ServiceLifecycle
import Stores
import Verdicts

/// Carries every new index to the findings: the path from feed to device. Of several processes one does it; the others stand by.
public struct FeedChangeProcessor: Service {
    private let store: any Store
    private let changeFeed: any AdvisoryChangeFeed
    private let matchmaker: Matchmaker
    private let leadership: any Leadership
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// Names looked up in the catalogue at a time.
    static let nameBatch = 500
    /// Rests between tries when the store or the service refuses.
    static let retryDelay = Duration.seconds(1)

    /// - Parameter leadership: Shared by the processes of which one follows the index.
    public init(
        store: any Store, verdicts: any VerdictService, changeFeed: any AdvisoryChangeFeed, events: any EventBus,
        leadership: any Leadership = SoleLeadership(), logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.changeFeed = changeFeed
        matchmaker = Matchmaker(store: store, verdicts: verdicts, events: events, now: now)
        self.leadership = leadership
        self.logger = logger
        self.now = now
    }

    /// Follows the index, while this process leads, until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await leadership.whileLeading {
                for await digest in changeFeed.indexDigests() {
                    await applyUntilDone(digest)
                }
            }
        }
    }

    private func applyUntilDone(_ digest: String) async {
        while !Task.isCancelled {
            do {
                let matched = try await applyChanges()
                logger.info("index applied", metadata: ["index": "\(digest)", "packages": "\(matched)"])
                return
            } catch {
                logger.error("index not applied yet", metadata: ["index": "\(digest)", "reason": "\(error)"])
                try? await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    /// Brings the catalogue from the index it was last matched with to the one in use; what is being exploited goes first.
    ///
    /// Killed half-way it starts over from the same older index: the digest is written last.
    /// - Returns: How many package versions were matched again.
    func applyChanges() async throws -> Int {
        let applied = try await store.fetchVerdictBasis().flatMap(VerdictBasis.indexDigest)
        let changes = try await changeFeed.changes(since: applied)
        if changes.indexDigest == applied { return 0 }
        let exploited = changes.vulnerabilities.filter { $0.kev != nil }
        try await update(exploited)
        let matched: Int
        if let names = changes.names {
            let first = exploited.isEmpty ? [] : try await matchExploited(named: names)
            matched = try await first.count + matchAgain(named: names, but: first)
        } else {
            matched = try await matchEverything()
        }
        try await update(changes.vulnerabilities.filter { $0.kev == nil })
        try await store.setVerdictBasis(VerdictBasis.text(indexDigest: changes.indexDigest), at: now())
        return matched
    }

    private func update(_ vulnerabilities: [VulnerabilityRecord]) async throws {
        for start in stride(from: 0, to: vulnerabilities.count, by: Matchmaker.batchSize) {
            let end = min(start + Matchmaker.batchSize, vulnerabilities.count)
            try await store.updateVulnerabilities(Array(vulnerabilities[start..<end]), at: now())
        }
    }

    /// Records verdicts of the packages with exploited vulnerabilities alone: asking costs little beside recording.
    private func matchExploited(named names: [AdvisoryName]) async throws -> Set<PackageID> {
        var matched: Set<PackageID> = []
        try await eachPage(named: names) { page in matched.formUnion(try await matchmaker.matchExploited(page)) }
        return matched
    }

    private func matchAgain(named names: [AdvisoryName], but done: Set<PackageID>) async throws -> Int {
        var matched = 0
        try await eachPage(named: names) { page in
            let rest = page.filter { !done.contains($0.id) }
            try await matchmaker.match(rest)
            matched += rest.count
        }
        return matched
    }

    private func eachPage(
        named names: [AdvisoryName], _ body: ([CataloguePackage]) async throws -> Void
    ) async throws {
        for start in stride(from: 0, to: names.count, by: Self.nameBatch) {
            let batch = Array(names[start..<min(start + Self.nameBatch, names.count)])
            try await eachPage(body) { after in
                try await store.fetchPackages(named: batch, after: after, limit: Matchmaker.batchSize)
            }
        }
    }

    private func matchEverything() async throws -> Int {
        var matched = 0
        try await eachPage { page in
            try await matchmaker.match(page)
            matched += page.count
        } fetch: { after in
            try await store.fetchAllPackages(after: after, limit: Matchmaker.batchSize)
        }
        return matched
    }

    private func eachPage(
        _ body: ([CataloguePackage]) async throws -> Void, fetch: (PackageID?) async throws -> [CataloguePackage]
    ) async throws {
        var after: PackageID?
        while true {
            let page = try await fetch(after)
            try await body(page)
            guard page.count == Matchmaker.batchSize, let last = page.last else { return }
            after = last.id
        }
    }
}
