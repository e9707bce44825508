import Events
import Foundation
import Logging
import Matching
import ServiceLifecycle
import Stores
import Verdicts

/// Carries every new index to the findings: the path from feed to device.
public struct FeedChangeProcessor: Service {
    private let store: any Store
    private let changeFeed: any AdvisoryChangeFeed
    private let matchmaker: Matchmaker
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// Names looked up in the catalogue at a time.
    static let nameBatch = 500
    /// Rests between tries when the store or the service refuses.
    static let retryDelay = Duration.seconds(1)

    /// Makes one from its parts.
    public init(
        store: any Store, verdicts: any VerdictService, changeFeed: any AdvisoryChangeFeed, events: any EventBus,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.changeFeed = changeFeed
        matchmaker = Matchmaker(store: store, verdicts: verdicts, events: events, now: now)
        self.logger = logger
        self.now = now
    }

    /// Follows the index until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await digest in changeFeed.indexDigests() {
                await applyUntilDone(digest)
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

    /// Brings the catalogue from the index it was last matched with to the one in use.
    ///
    /// Killed half-way it starts over from the same older index: the digest is written last.
    /// - Returns: How many package versions were matched again.
    func applyChanges() async throws -> Int {
        let applied = try await store.fetchVerdictBasis().flatMap(VerdictBasis.indexDigest)
        let changes = try await changeFeed.changes(since: applied)
        if changes.indexDigest == applied { return 0 }
        let matched =
            if let names = changes.names { try await matchAgain(named: names) } else { try await matchEverything() }
        for start in stride(from: 0, to: changes.vulnerabilities.count, by: Matchmaker.batchSize) {
            let end = min(start + Matchmaker.batchSize, changes.vulnerabilities.count)
            try await store.updateVulnerabilities(Array(changes.vulnerabilities[start..<end]), at: now())
        }
        try await store.setVerdictBasis(VerdictBasis.text(indexDigest: changes.indexDigest), at: now())
        return matched
    }

    private func matchAgain(named names: [AdvisoryName]) async throws -> Int {
        var matched = 0
        for start in stride(from: 0, to: names.count, by: Self.nameBatch) {
            let batch = Array(names[start..<min(start + Self.nameBatch, names.count)])
            matched += try await matchPages { after in
                try await store.fetchPackages(named: batch, after: after, limit: Matchmaker.batchSize)
            }
        }
        return matched
    }

    private func matchEverything() async throws -> Int {
        try await matchPages { after in
            try await store.fetchAllPackages(after: after, limit: Matchmaker.batchSize)
        }
    }

    private func matchPages(_ fetch: (PackageID?) async throws -> [CataloguePackage]) async throws -> Int {
        var matched = 0
        var after: PackageID?
        while true {
            let page = try await fetch(after)
            try await matchmaker.match(page)
            matched += page.count
            guard page.count == Matchmaker.batchSize, let last = page.last else { return matched }
            after = last.id
        }
    }
}
