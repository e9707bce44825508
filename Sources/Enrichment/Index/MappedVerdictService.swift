import Foundation
import Matching
import PackageIdentity
import Verdicts

/// Answers from the index mapped in this process.
public struct MappedVerdictService: VerdictService, AdvisoryChangeFeed {
    private let holder: IndexHolder
    private let data: DataFolder

    /// Makes one from its parts.
    public init(holder: IndexHolder, data: DataFolder) {
        self.holder = holder
        self.data = data
    }

    private func currentIndex() throws(VerdictServiceError) -> AdvisoryIndex {
        guard let index = holder.index else { throw .noIndex }
        return index
    }

    /// Answers all of them from the index that is in use as it begins.
    public func verdicts(for packages: [PackageURL]) async throws -> VerdictBatch {
        VerdictBatch(of: packages, from: try currentIndex())
    }

    /// Explains by the index in use.
    public func explain(_ package: PackageURL, vulnerability id: String) async throws -> Explanation {
        try currentIndex().explain(package, vulnerability: id)
    }

    /// Looks an id up, canonical or alias.
    public func vulnerability(_ id: String) async throws -> VulnerabilityRecord? {
        try currentIndex().vulnerability(id)
    }

    /// The index in use, and the feeds as the last sync left them.
    public func status() async -> AdvisoryStatus {
        let index = holder.index
        return AdvisoryStatus(
            indexDigest: index?.digest, vulnerabilities: index?.vulnerabilityCount ?? 0, feeds: feeds)
    }

    /// The feeds as the last sync left them.
    public var feeds: [FeedStatus] {
        // A state file that cannot be read leaves the feeds' ages unknown; the index itself says what it was made of.
        ((try? SnapshotState.load(folder: data.feeds)) ?? SnapshotState()).statuses
    }

    /// The index in use; `nil` before the first.
    public var indexDigest: String? { get async { holder.index?.digest } }

    /// See ``IndexHolder/digests()``.
    public func indexDigests() -> AsyncStream<String> { holder.digests() }

    /// Compares the index in use with an older one, as far as that is still held.
    public func changes(since digest: String?) async throws -> AdvisoryChanges {
        let index = try currentIndex()
        // An older index that is gone or damaged cannot be compared with: then everything is matched again.
        guard let digest, let older = try? holder.index(digest: digest) else {
            return AdvisoryChanges(names: nil, vulnerabilities: [], indexDigest: index.digest)
        }
        return AdvisoryChanges(
            names: index.changedNames(since: older),
            vulnerabilities: index.changedVulnerabilities(since: older).compactMap(index.vulnerability),
            indexDigest: index.digest)
    }
}
